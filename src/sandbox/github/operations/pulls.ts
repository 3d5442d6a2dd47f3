// Local GitHub, operations: pull requests: open, look, change, close; merging is in merge.ts, reviewing in reviews.ts.
import { created, forbidden, nothing, notFound, ok, paged, unprocessable } from '../answer.ts'
import { repo, roleIn, who } from '../call.ts'
import type { Call, Handler } from '../call.ts'
import { between, copyHistory, mergeBase } from '../git/history.ts'
import { closePull, raisePull, requestCodeOwners, retarget } from '../movement.ts'
import { issueOf, pullContent, pullJson } from '../pull-json.ts'
import { pageUrl, repositoryUrl } from '../render.ts'
import { commitJson } from '../commit-json.ts'
import type { Json } from '../render.ts'
import type { FileChange } from '../git/diff.ts'
import type { Issue, Pull, Repository } from '../store.ts'
import { account, atLeast, roleOf } from '../world.ts'
import type { World } from '../world.ts'
import { pull } from './reviews.ts'

/** GitHub lists so many files of a pull request, and no more. */
const MAX_FILES = 3000
/** …and so many commits. */
const MAX_COMMITS = 250

const list: Handler = call => {
  const r = repo(call)
  const { query, world } = call
  const state = query.get('state') ?? 'open'
  const head = query.get('head')
  const label = (p: Pull): string =>
    `${account(world, world.state.repositories[p.headRepositoryId]?.ownerId ?? r.ownerId).login}:${p.headRef}`
  const found = Object.values(r.pulls).filter(
    p =>
      (state === 'all' || issueOf(r, p.number).state === state) &&
      (head === null || head === '' || label(p).toLowerCase() === head.toLowerCase()) &&
      p.baseRef === (query.get('base') ?? p.baseRef)
  )
  const by =
    query.get('sort') === 'updated'
      ? (p: Pull): string => issueOf(r, p.number).updatedAt
      : (p: Pull): string => issueOf(r, p.number).createdAt
  const direction = query.get('direction') ?? (query.has('sort') && query.get('sort') !== 'created' ? 'asc' : 'desc')
  found.sort((a, b) => (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : a.number - b.number))
  if (direction === 'desc') found.reverse()
  return paged(found.map(p => pullJson(world, r, p, false)))
}

interface NewPull {
  title?: string
  head: string
  base: string
  body?: string
  draft?: boolean
  maintainer_can_modify?: boolean
}

const create: Handler = call => {
  const { world } = call
  const r = repo(call)
  const asked = call.body as NewPull
  const by = who(call)
  const wrong = (field: string): Error =>
    unprocessable('Validation Failed', [{ resource: 'PullRequest', field, code: 'invalid' }])
  if (asked.title === undefined || asked.title === '')
    throw unprocessable('Validation Failed', [{ resource: 'PullRequest', field: 'title', code: 'missing_field' }])
  const baseSha = world.git(r).refs.get(`refs/heads/${asked.base}`)
  if (baseSha === undefined) throw wrong('base')
  const { headRepository, headRef, headSha } = findHead(world, r, asked.head) ?? {}
  if (headRepository === undefined || headRef === undefined || headSha === undefined) throw wrong('head')
  const label = `${account(world, headRepository.ownerId).login}:${headRef}`
  const custom = (message: string): Error =>
    unprocessable('Validation Failed', [{ resource: 'PullRequest', code: 'custom', message }])
  if (openPull(r, headRepository, headRef, asked.base) !== undefined)
    throw custom(`A pull request already exists for ${label}.`)
  if (call.actor.kind === 'user' && !atLeast(roleOf(world, headRepository, by.id), 'write'))
    throw custom('must be a collaborator')
  copyHistory(world.git(headRepository), world.git(r), headSha)
  if (mergeBase(world.git(r), baseSha, headSha) === undefined)
    throw custom(`The ${headRef} branch has no history in common with ${asked.base}`)
  if (between(world.git(r), baseSha, headSha).length === 0)
    throw custom(`No commits between ${asked.base} and ${headRef}`)
  const number = r.nextNumber++
  r.issues[number] = newIssue(world, { number, title: asked.title, body: asked.body ?? null, userId: by.id })
  const made: Pull = {
    id: world.id(),
    number,
    headRepositoryId: headRepository.id,
    headRef,
    headSha,
    baseRef: asked.base,
    baseSha,
    draft: asked.draft === true,
    mergedAt: null,
    mergedById: null,
    mergeCommitSha: null,
    requestedReviewers: [],
    requestedTeams: [],
    reviews: [],
    maintainerCanModify: asked.maintainer_can_modify ?? false,
    lastPusherId: headRepository.activities.findLast(a => a.ref === `refs/heads/${headRef}`)?.actorId ?? null
  }
  r.pulls[number] = made
  world.git(r).refs.set(`refs/pull/${number}/head`, headSha)
  raisePull(world, r, made, 'opened', by)
  requestCodeOwners(world, r, made, by)
  return { ...created(pullJson(world, r, made)), headers: { location: repositoryUrl(world, r, `/pulls/${number}`) } }
}

/** An issue that has just been opened. */
export function newIssue(world: World, given: Pick<Issue, 'number' | 'title' | 'body' | 'userId'>): Issue {
  const at = world.stamp()
  return {
    id: world.id(),
    ...given,
    state: 'open',
    stateReason: null,
    labels: [],
    assignees: [],
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    closedById: null
  }
}

/** `branch`, or `owner:branch` for a fork. */
function findHead(
  world: World,
  r: Repository,
  head: string
): { headRepository: Repository; headRef: string; headSha: string | undefined } | undefined {
  const [, owner, branch = head] = /^([^:]+):(.+)$/.exec(head) ?? []
  const candidates =
    owner === undefined
      ? [r]
      : Object.values(world.state.repositories).filter(
          c =>
            (c.id === r.id || c.forkOf === r.id) &&
            account(world, c.ownerId).login.toLowerCase() === owner.toLowerCase()
        )
  const [headRepository] = candidates
  if (headRepository === undefined) return undefined
  return { headRepository, headRef: branch, headSha: world.git(headRepository).refs.get(`refs/heads/${branch}`) }
}

const openPull = (r: Repository, head: Repository, headRef: string, baseRef: string): Pull | undefined =>
  Object.values(r.pulls).find(
    p =>
      p.headRepositoryId === head.id &&
      p.headRef === headRef &&
      p.baseRef === baseRef &&
      issueOf(r, p.number).state === 'open'
  )

interface PullChange {
  title?: string
  body?: string
  state?: 'open' | 'closed'
  base?: string
}

const update: Handler = call => {
  const { world } = call
  const [r, p] = [repo(call), pull(call)]
  const asked = call.body as PullChange
  const by = who(call)
  const issue = issueOf(r, p.number)
  if (!mayEdit(call, r, issue)) throw forbidden('Must have push access to repository.')
  if (asked.base !== undefined && asked.base !== p.baseRef) {
    if (world.git(r).refs.get(`refs/heads/${asked.base}`) === undefined)
      throw unprocessable('Validation Failed', [{ resource: 'PullRequest', field: 'base', code: 'invalid' }])
    if (issue.state === 'closed')
      throw unprocessable('Validation Failed', [
        {
          resource: 'PullRequest',
          field: 'base',
          code: 'custom',
          message: 'Cannot change the base branch of a closed pull request.'
        }
      ])
    retarget(world, r, p, asked.base, by)
  }
  edit(world, r, p, issue, asked, call)
  if (asked.state === 'closed' && issue.state === 'open') closePull(world, r, p, by)
  if (asked.state === 'open' && issue.state === 'closed') reopen(call, r, p, issue)
  return ok(pullJson(world, r, p))
}

/** The author and writers may edit; a reader only what is theirs. */
export const mayEdit = (call: Call, r: Repository, issue: Issue): boolean =>
  issue.userId === who(call).id || atLeast(roleIn(call, r), 'triage')

function edit(world: World, r: Repository, p: Pull, issue: Issue, asked: PullChange, call: Call): void {
  const changes: Json = {}
  if (asked.title !== undefined && asked.title !== issue.title) changes['title'] = { from: issue.title }
  if (asked.body !== undefined && asked.body !== issue.body) changes['body'] = { from: issue.body ?? '' }
  if (Object.keys(changes).length === 0) return
  Object.assign(issue, { title: asked.title ?? issue.title, body: asked.body ?? issue.body, updatedAt: world.stamp() })
  raisePull(world, r, p, 'edited', who(call), { changes })
}

function reopen(call: Call, r: Repository, p: Pull, issue: Issue): void {
  const { world } = call
  const refuse = (message: string): Error =>
    unprocessable('Validation Failed', [{ resource: 'PullRequest', field: 'state', code: 'custom', message }])
  const head = world.state.repositories[p.headRepositoryId]
  const tip = head === undefined ? undefined : world.git(head).refs.get(`refs/heads/${p.headRef}`)
  if (p.mergedAt !== null) throw refuse('state cannot be changed. The pull request is already merged.')
  if (head === undefined || tip === undefined)
    throw refuse(`state cannot be changed. The ${p.headRef} branch has been deleted.`)
  if (tip !== p.headSha) throw refuse(`state cannot be changed. The ${p.headRef} branch was force-pushed or recreated.`)
  if (openPull(r, head, p.headRef, p.baseRef) !== undefined)
    throw refuse(`state cannot be changed. There is already an open pull request from ${p.headRef}.`)
  Object.assign(issue, { state: 'open', closedAt: null, closedById: null, updatedAt: world.stamp() })
  raisePull(world, r, p, 'reopened', who(call))
}

/** A changed file as `pulls/list-files`, `get-commit` and `compare` answer it. */
export function fileJson(world: World, r: Repository, ref: string, f: FileChange): Json {
  const path = f.path.split('/').map(encodeURIComponent).join('/')
  return {
    sha: f.sha,
    filename: f.path,
    status: f.status,
    additions: f.additions,
    deletions: f.deletions,
    changes: f.additions + f.deletions,
    blob_url: pageUrl(world, r, `/blob/${ref}/${path}`),
    raw_url: pageUrl(world, r, `/raw/${ref}/${path}`),
    contents_url: repositoryUrl(world, r, `/contents/${path}?ref=${ref}`),
    ...(f.patch === undefined ? {} : { patch: f.patch }),
    ...(f.previousPath === undefined ? {} : { previous_filename: f.previousPath })
  }
}

/** Handlers by operation id. */
export const pulls: Record<string, Handler> = {
  'pulls/list': list,
  'pulls/create': create,
  'pulls/get': call => ok(pullJson(call.world, repo(call), pull(call))),
  'pulls/update': update,
  'pulls/list-files': call => {
    const [r, p] = [repo(call), pull(call)]
    return paged(
      pullContent(call.world, r, p)
        .files.slice(0, MAX_FILES)
        .map(f => fileJson(call.world, r, p.headSha, f))
    )
  },
  'pulls/list-commits': call => {
    const [r, p] = [repo(call), pull(call)]
    return paged(
      pullContent(call.world, r, p)
        .commits.slice(0, MAX_COMMITS)
        .map(c => commitJson(call.world, r, c))
    )
  },
  'pulls/check-if-merged': call => {
    if (pull(call).mergedAt === null) throw notFound()
    return nothing()
  }
}
