// Local GitHub, JSON: pull requests, issues, reviews and comments as the API and webhooks write them.
import { changedFiles } from './git/diff.ts'
import { between, mergeBase } from './git/history.ts'
import { mergeTrees } from './git/trees.ts'
import { appJson, labelJson, nodeId, pageUrl, repositoryJson, repositoryUrl, teamJson, userJson } from './render.ts'
import type { Json } from './render.ts'
import { mergeBlockers } from './rules.ts'
import type { Issue, IssueComment, Pull, Repository, Review } from './store.ts'
import { account } from './world.ts'
import type { World } from './world.ts'

/** GitHub's word for how somebody belongs to a repository. */
export function association(world: World, r: Repository, userId: number): string {
  if (r.ownerId === userId) return 'OWNER'
  if (account(world, r.ownerId).members?.[userId]?.state === 'active') return 'MEMBER'
  return r.collaborators[userId] === undefined ? 'NONE' : 'COLLABORATOR'
}

/** The issue that a pull request or issue number names. */
export function issueOf(r: Repository, number: number): Issue {
  const issue = r.issues[number]
  if (issue === undefined) throw new Error(`issue ${number} is missing`)
  return issue
}

/** Whether a pull request can be merged, without and with regard to rules. */
export function mergeability(
  world: World,
  r: Repository,
  p: Pull
): { mergeable: boolean | null; state: string; tree: string | undefined } {
  const git = world.git(r)
  const tip = git.refs.get(`refs/heads/${p.baseRef}`)
  const [ours, theirs] = [git.commit(tip ?? ''), git.commit(p.headSha)]
  if (p.mergedAt !== null || ours === undefined || theirs === undefined)
    return { mergeable: null, state: 'unknown', tree: undefined }
  const base = git.commit(mergeBase(git, ours.sha, theirs.sha) ?? '')
  const merged = mergeTrees(git, base?.tree, ours.tree, theirs.tree)
  if (merged.tree === undefined) return { mergeable: false, state: 'dirty', tree: undefined }
  const blocked = mergeBlockers(world, r, p, { accountId: 0, app: false })
  return { mergeable: true, state: p.draft ? 'draft' : blocked.length > 0 ? 'blocked' : 'clean', tree: merged.tree }
}

/** The commits and files that a pull request brings, against the present base branch (or the base it was merged on). */
export function pullContent(
  world: World,
  r: Repository,
  p: Pull
): { commits: ReturnType<typeof between>; files: ReturnType<typeof changedFiles> } {
  const git = world.git(r)
  const tip = p.mergedAt === null ? (git.refs.get(`refs/heads/${p.baseRef}`) ?? p.baseSha) : p.baseSha
  const base = mergeBase(git, tip, p.headSha)
  const files = changedFiles(
    git,
    base === undefined ? undefined : git.commit(base)?.tree,
    git.commit(p.headSha)?.tree ?? ''
  )
  return { commits: between(git, tip, p.headSha), files }
}

/** A pull request; `full` adds what only `GET pulls/{n}` and webhooks say. */
export function pullJson(world: World, r: Repository, p: Pull, full = true): Json {
  const issue = issueOf(r, p.number)
  const url = repositoryUrl(world, r, `/pulls/${p.number}`)
  const issueUrl = repositoryUrl(world, r, `/issues/${p.number}`)
  const head = world.state.repositories[p.headRepositoryId]
  const headOwner = head === undefined ? undefined : account(world, head.ownerId)
  const links = {
    self: url,
    html: pageUrl(world, r, `/pull/${p.number}`),
    issue: issueUrl,
    comments: `${issueUrl}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${repositoryUrl(world, r, '/pulls/comments')}{/number}`,
    commits: `${url}/commits`,
    statuses: repositoryUrl(world, r, `/statuses/${p.headSha}`)
  }
  return {
    id: p.id,
    node_id: nodeId('PR', p.id),
    number: p.number,
    url,
    html_url: links.html,
    diff_url: `${links.html}.diff`,
    patch_url: `${links.html}.patch`,
    issue_url: issueUrl,
    commits_url: links.commits,
    comments_url: links.comments,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    statuses_url: links.statuses,
    state: issue.state,
    locked: false,
    title: issue.title,
    user: userJson(world, account(world, issue.userId)),
    body: issue.body,
    labels: labelsJson(world, r, issue),
    milestone: null,
    active_lock_reason: null,
    assignee: null,
    assignees: [],
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: p.mergedAt,
    merge_commit_sha: p.mergeCommitSha,
    draft: p.draft,
    auto_merge: null,
    author_association: association(world, r, issue.userId),
    requested_reviewers: p.requestedReviewers.map(id => userJson(world, account(world, id))),
    requested_teams: p.requestedTeams.flatMap(id => world.state.teams[id] ?? []).map(t => teamJson(world, t)),
    head: {
      label: `${headOwner?.login ?? 'unknown'}:${p.headRef}`,
      ref: p.headRef,
      sha: p.headSha,
      user: headOwner === undefined ? null : userJson(world, headOwner),
      repo: head === undefined ? null : repositoryJson(world, head)
    },
    base: {
      label: `${account(world, r.ownerId).login}:${p.baseRef}`,
      ref: p.baseRef,
      sha: p.baseSha,
      user: userJson(world, account(world, r.ownerId)),
      repo: repositoryJson(world, r)
    },
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
    ...(full ? fullPart(world, r, p) : {})
  }
}

function fullPart(world: World, r: Repository, p: Pull): Json {
  const { commits, files } = pullContent(world, r, p)
  const { mergeable, state } = mergeability(world, r, p)
  const total = (of: (f: (typeof files)[number]) => number): number => files.reduce((sum, f) => sum + of(f), 0)
  return {
    merged: p.mergedAt !== null,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: state,
    merged_by: p.mergedById === null ? null : userJson(world, account(world, p.mergedById)),
    comments: r.comments.filter(c => c.number === p.number).length,
    review_comments: 0,
    maintainer_can_modify: p.maintainerCanModify,
    commits: commits.length,
    additions: total(f => f.additions),
    deletions: total(f => f.deletions),
    changed_files: files.length
  }
}

const labelsJson = (world: World, r: Repository, issue: Issue): Json[] =>
  r.labels.filter(l => issue.labels.includes(l.name)).map(l => labelJson(world, r, l))

/** An issue; for a pull request's number, the issue side of it. */
export function issueJson(world: World, r: Repository, issue: Issue): Json {
  const url = repositoryUrl(world, r, `/issues/${issue.number}`)
  const pull = r.pulls[issue.number]
  const page = pageUrl(world, r, pull === undefined ? `/issues/${issue.number}` : `/pull/${issue.number}`)
  return {
    id: issue.id,
    node_id: nodeId('I', issue.id),
    url,
    repository_url: repositoryUrl(world, r),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: page,
    number: issue.number,
    state: issue.state,
    state_reason: issue.stateReason,
    title: issue.title,
    body: issue.body,
    user: userJson(world, account(world, issue.userId)),
    labels: labelsJson(world, r, issue),
    assignee: null,
    assignees: issue.assignees.map(id => userJson(world, account(world, id))),
    milestone: null,
    locked: false,
    comments: r.comments.filter(c => c.number === issue.number).length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    closed_by: issue.closedById === null ? null : userJson(world, account(world, issue.closedById)),
    author_association: association(world, r, issue.userId),
    ...(pull === undefined
      ? {}
      : {
          draft: pull.draft,
          pull_request: {
            url: repositoryUrl(world, r, `/pulls/${issue.number}`),
            html_url: page,
            diff_url: `${page}.diff`,
            patch_url: `${page}.patch`,
            merged_at: pull.mergedAt
          }
        })
  }
}

/** A comment; one made by the app says so. */
export const commentJson = (world: World, r: Repository, c: IssueComment): Json => ({
  id: c.id,
  node_id: nodeId('IC', c.id),
  url: repositoryUrl(world, r, `/issues/comments/${c.id}`),
  html_url: pageUrl(world, r, `/issues/${c.number}#issuecomment-${c.id}`),
  issue_url: repositoryUrl(world, r, `/issues/${c.number}`),
  body: c.body,
  user: userJson(world, account(world, c.userId)),
  created_at: c.createdAt,
  updated_at: c.updatedAt,
  author_association: association(world, r, c.userId),
  performed_via_github_app: c.appId === world.app.id ? appJson(world) : null
})

/** A review; webhooks write its state in lower case. */
export function reviewJson(world: World, r: Repository, p: Pull, v: Review, inWebhook = false): Json {
  const pullUrl = repositoryUrl(world, r, `/pulls/${p.number}`)
  const page = pageUrl(world, r, `/pull/${p.number}#pullrequestreview-${v.id}`)
  return {
    id: v.id,
    node_id: nodeId('PRR', v.id),
    user: userJson(world, account(world, v.userId)),
    body: inWebhook && v.body === '' ? null : v.body,
    state: inWebhook ? v.state.toLowerCase() : v.state,
    html_url: page,
    pull_request_url: pullUrl,
    commit_id: v.commitId,
    author_association: association(world, r, v.userId),
    _links: { html: { href: page }, pull_request: { href: pullUrl } },
    ...(v.submittedAt === null ? {} : { submitted_at: v.submittedAt }),
    ...(inWebhook ? { updated_at: v.submittedAt } : {})
  }
}
