// Local GitHub, operations: issues, comments and labels; a pull request's conversation is its issue.
import { created, forbidden, nothing, notFound, ok, paged, unprocessable } from '../answer.ts'
import { repo, roleIn, who } from '../call.ts'
import type { Call, Handler } from '../call.ts'
import { closePull, raisePull } from '../movement.ts'
import { commentJson, issueJson } from '../pull-json.ts'
import { labelJson } from '../render.ts'
import type { Json } from '../render.ts'
import type { Issue, IssueComment, Label, Repository } from '../store.ts'
import { atLeast } from '../world.ts'
import type { World } from '../world.ts'
import { mayEdit, newIssue } from './pulls.ts'

const MAX_BODY = 65_536

function issue(call: Call): Issue {
  const found = repo(call).issues[Number(call.params['issue_number'])]
  if (found === undefined) throw notFound()
  return found
}

function comment(call: Call): IssueComment {
  const found = repo(call).comments.find(c => c.id === Number(call.params['comment_id']))
  if (found === undefined) throw notFound()
  return found
}

function checkBody(body: string, resource: string): void {
  if (body.trim() === '') throw unprocessable('Validation Failed', [{ resource, field: 'body', code: 'missing_field' }])
  if (body.length > MAX_BODY)
    throw unprocessable('Validation Failed', [
      { resource, field: 'body', code: 'custom', message: `body is too long (maximum is ${MAX_BODY} characters)` }
    ])
}

function raiseIssue(call: Call, r: Repository, i: Issue, action: string, more: Json = {}): void {
  const pull = r.pulls[i.number]
  if (pull !== undefined) return raisePull(call.world, r, pull, action, who(call), more)
  call.world.raise({
    event: 'issues',
    action,
    repository: r,
    sender: who(call),
    payload: { issue: issueJson(call.world, r, i), ...more }
  })
}

interface IssueWrite {
  title?: string | number
  body?: string | null
  state?: 'open' | 'closed'
  state_reason?: Issue['stateReason']
  labels?: (string | { name?: string })[]
}

const labelNames = (labels: IssueWrite['labels']): string[] =>
  (labels ?? []).flatMap(l => (typeof l === 'string' ? l : (l.name ?? [])))

const create: Handler = call => {
  const r = repo(call)
  const asked = call.body as IssueWrite
  const by = who(call)
  const number = r.nextNumber++
  const made = newIssue(call.world, { number, title: String(asked.title), body: asked.body ?? null, userId: by.id })
  r.issues[number] = made
  if (atLeast(roleIn(call, r), 'triage'))
    made.labels = labelNames(asked.labels).map(name => ensureLabel(call.world, r, name).name)
  raiseIssue(call, r, made, 'opened')
  return created(issueJson(call.world, r, made))
}

const update: Handler = call => {
  const [r, i] = [repo(call), issue(call)]
  const asked = call.body as IssueWrite
  if (!mayEdit(call, r, i)) throw forbidden('Must have push access to repository.')
  const changes: Json = {}
  if (asked.title !== undefined && asked.title !== i.title) changes['title'] = { from: i.title }
  if (asked.body !== undefined && asked.body !== i.body) changes['body'] = { from: i.body ?? '' }
  i.title = String(asked.title ?? i.title)
  if (asked.body !== undefined) i.body = asked.body
  if (asked.labels !== undefined) i.labels = labelNames(asked.labels).map(name => ensureLabel(call.world, r, name).name)
  i.updatedAt = call.world.stamp()
  if (Object.keys(changes).length > 0) raiseIssue(call, r, i, 'edited', { changes })
  changeState(call, r, i, asked)
  return ok(issueJson(call.world, r, i))
}

function changeState(call: Call, r: Repository, i: Issue, asked: IssueWrite): void {
  if (asked.state === undefined || asked.state === i.state) return
  const pull = r.pulls[i.number]
  if (pull !== undefined) {
    if (asked.state === 'open')
      throw unprocessable('Validation Failed', [
        { resource: 'Issue', field: 'state', code: 'custom', message: 'Reopen it as a pull request' }
      ])
    return closePull(call.world, r, pull, who(call))
  }
  const closed = asked.state === 'closed'
  Object.assign(i, {
    state: asked.state,
    stateReason: closed ? (asked.state_reason ?? 'completed') : 'reopened',
    closedAt: closed ? call.world.stamp() : null,
    closedById: closed ? who(call).id : null
  })
  raiseIssue(call, r, i, closed ? 'closed' : 'reopened')
}

const list: Handler = call => {
  const r = repo(call)
  const { query } = call
  const state = query.get('state') ?? 'open'
  const labels = (query.get('labels') ?? '').split(',').filter(name => name !== '')
  const creator = query.get('creator')
  const found = Object.values(r.issues).filter(
    i =>
      (state === 'all' || i.state === state) &&
      labels.every(name => i.labels.includes(name)) &&
      (query.get('since') === null || new Date(i.updatedAt) >= new Date(query.get('since') ?? 0)) &&
      (creator === null || call.world.state.accounts[i.userId]?.login.toLowerCase() === creator.toLowerCase())
  )
  found.sort((a, b) => b.number - a.number)
  return paged((query.get('direction') === 'asc' ? found.reverse() : found).map(i => issueJson(call.world, r, i)))
}

const createComment: Handler = call => {
  const [r, i] = [repo(call), issue(call)]
  const { body } = call.body as { body: string }
  checkBody(body, 'IssueComment')
  const at = call.world.stamp()
  const made: IssueComment = {
    id: call.world.id(),
    number: i.number,
    userId: who(call).id,
    appId: call.actor.kind === 'installation' ? call.world.app.id : null,
    body,
    createdAt: at,
    updatedAt: at
  }
  r.comments.push(made)
  i.updatedAt = at
  raiseComment(call, r, made, 'created')
  return created(commentJson(call.world, r, made))
}

function raiseComment(call: Call, r: Repository, c: IssueComment, action: string, more: Json = {}): void {
  const i = r.issues[c.number]
  if (i === undefined) return
  call.world.raise({
    event: 'issue_comment',
    action,
    repository: r,
    sender: who(call),
    payload: { issue: issueJson(call.world, r, i), comment: commentJson(call.world, r, c), ...more }
  })
}

/** A comment is its author's; whoever may write may change it too (attack 29). */
function refuseOthers(call: Call, r: Repository, c: IssueComment): void {
  if (c.userId === who(call).id) return
  if (!atLeast(roleIn(call, r), 'write')) throw forbidden('Must have admin rights to Repository.')
}

const updateComment: Handler = call => {
  const [r, c] = [repo(call), comment(call)]
  const { body } = call.body as { body: string }
  refuseOthers(call, r, c)
  checkBody(body, 'IssueComment')
  const from = c.body
  Object.assign(c, { body, updatedAt: call.world.stamp() })
  raiseComment(call, r, c, 'edited', { changes: { body: { from } } })
  return ok(commentJson(call.world, r, c))
}

const deleteComment: Handler = call => {
  const [r, c] = [repo(call), comment(call)]
  refuseOthers(call, r, c)
  r.comments = r.comments.filter(o => o.id !== c.id)
  raiseComment(call, r, c, 'deleted')
  return nothing()
}

/** A label by name in any case; adding an unknown one to an issue makes it, as on GitHub. */
export function ensureLabel(world: World, r: Repository, name: string): Label {
  const known = r.labels.find(l => l.name.toLowerCase() === name.toLowerCase())
  if (known !== undefined) return known
  const made: Label = { id: world.id(), name, color: 'ededed', description: null }
  r.labels.push(made)
  return made
}

const addLabels: Handler = call => {
  const [r, i] = [repo(call), issue(call)]
  const asked = call.body as { labels?: (string | { name: string })[] } | (string | { name: string })[] | undefined
  for (const name of labelNames(Array.isArray(asked) ? asked : asked?.labels)) {
    const label = ensureLabel(call.world, r, name)
    if (i.labels.includes(label.name)) continue
    i.labels.push(label.name)
    raiseIssue(call, r, i, 'labeled', { label: labelJson(call.world, r, label) })
  }
  return ok(labelsOf(call, r, i))
}

const labelsOf = (call: Call, r: Repository, i: Issue): Json[] =>
  r.labels.filter(l => i.labels.includes(l.name)).map(l => labelJson(call.world, r, l))

const removeLabel: Handler = call => {
  const [r, i] = [repo(call), issue(call)]
  const name = i.labels.find(l => l.toLowerCase() === (call.params['name'] ?? '').toLowerCase())
  if (name === undefined) throw notFound()
  i.labels = i.labels.filter(l => l !== name)
  raiseIssue(call, r, i, 'unlabeled', { label: labelJson(call.world, r, ensureLabel(call.world, r, name)) })
  return ok(labelsOf(call, r, i))
}

const createLabel: Handler = call => {
  const r = repo(call)
  const { name, color, description } = call.body as { name: string; color?: string; description?: string }
  if (r.labels.some(l => l.name.toLowerCase() === name.toLowerCase()))
    throw unprocessable('Validation Failed', [{ resource: 'Label', field: 'name', code: 'already_exists' }])
  const made = Object.assign(ensureLabel(call.world, r, name), {
    color: color ?? 'ededed',
    description: description ?? null
  })
  return created(labelJson(call.world, r, made))
}

const getLabel: Handler = call => {
  const r = repo(call)
  const found = r.labels.find(l => l.name.toLowerCase() === (call.params['name'] ?? '').toLowerCase())
  if (found === undefined) throw notFound()
  return ok(labelJson(call.world, r, found))
}

/** Handlers by operation id. */
export const issues: Record<string, Handler> = {
  'issues/create': create,
  'issues/update': update,
  'issues/list-for-repo': list,
  'issues/create-comment': createComment,
  'issues/update-comment': updateComment,
  'issues/delete-comment': deleteComment,
  'issues/add-labels': addLabels,
  'issues/remove-label': removeLabel,
  'issues/create-label': createLabel,
  'issues/get-label': getLabel,
  'issues/get': call => ok(issueJson(call.world, repo(call), issue(call))),
  'issues/get-comment': call => ok(commentJson(call.world, repo(call), comment(call))),
  'issues/list-comments': call => {
    const since = call.query.get('since')
    return paged(
      repo(call)
        .comments.filter(
          c => c.number === issue(call).number && (since === null || new Date(c.updatedAt) >= new Date(since))
        )
        .map(c => commentJson(call.world, repo(call), c))
    )
  },
  'issues/list-labels-on-issue': call => paged(labelsOf(call, repo(call), issue(call))),
  'issues/list-labels-for-repo': call => paged(repo(call).labels.map(l => labelJson(call.world, repo(call), l)))
}
