// Local GitHub, effects: what follows when a ref moves: activity, webhooks, pull requests that go along.
import { ownersOf, readCodeowners } from './codeowners.ts'
import { noteDismissal } from './dismissals.ts'
import { changedFiles } from './git/diff.ts'
import { between, copyHistory, isAncestor, mergeBase } from './git/history.ts'
import { issueOf, pullContent, pullJson, reviewJson } from './pull-json.ts'
import { pageUrl, repositoryUrl, teamJson, userJson } from './render.ts'
import { pushedCommitJson } from './commit-json.ts'
import { gates } from './rules.ts'
import type { Account, Activity, Pull, Repository } from './store.ts'
import { account } from './world.ts'
import type { World } from './world.ts'

const ZERO = '0'.repeat(40)

/** A change of one ref that has happened, or is to happen; absent `before` is a creation, absent `after` a deletion. */
export interface Move {
  ref: string
  before: string | undefined
  after: string | undefined
  actor: Account
  /** A merge through the API is recorded as such, and pull requests on a branch it deletes are retargeted here. */
  merge?: { retarget: string | undefined }
}

/** Moves a ref and everything that follows it. */
export function moveRef(world: World, r: Repository, move: Omit<Move, 'before'>): void {
  const { refs } = world.git(r)
  const before = refs.get(move.ref)
  if (before === move.after) return
  if (move.after === undefined) refs.delete(move.ref)
  else refs.set(move.ref, move.after)
  refMoved(world, r, { ...move, before })
}

/** Everything that follows a ref that has already moved (after `git push`). */
export function refMoved(world: World, r: Repository, move: Move): void {
  const kind = /^refs\/(heads|tags)\//.exec(move.ref)?.[1]
  r.pushedAt = world.stamp()
  if (kind === undefined) return
  const name = move.ref.slice(`refs/${kind}/`.length)
  const forced =
    move.before !== undefined && move.after !== undefined && !isAncestor(world.git(r), move.before, move.after)
  if (kind === 'heads') r.activities.push(activity(world, move, forced))
  raisePush(world, r, move, name, kind, forced)
  if (kind !== 'heads') return
  for (const base of Object.values(world.state.repositories)) {
    for (const pull of Object.values(base.pulls)) {
      if (issueOf(base, pull.number).state !== 'open') continue
      if (pull.headRepositoryId === r.id && pull.headRef === name) headMoved(world, base, r, pull, move)
      else if (base.id === r.id && pull.baseRef === name) baseMoved(world, base, pull, move)
    }
  }
}

function activity(world: World, move: Move, forced: boolean): Activity {
  const type =
    move.merge !== undefined && move.after !== undefined
      ? 'pr_merge'
      : move.before === undefined
        ? 'branch_creation'
        : move.after === undefined
          ? 'branch_deletion'
          : forced
            ? 'force_push'
            : 'push'
  return {
    id: world.id(),
    before: move.before ?? ZERO,
    after: move.after ?? ZERO,
    ref: move.ref,
    timestamp: world.stamp(),
    type,
    actorId: move.actor.id
  }
}

function raisePush(world: World, r: Repository, move: Move, name: string, kind: string, forced: boolean): void {
  const { before, after, actor: sender } = move
  const git = world.git(r)
  const refType = kind === 'heads' ? 'branch' : 'tag'
  if (before === undefined) {
    const payload = {
      ref: name,
      ref_type: refType,
      full_ref: move.ref,
      master_branch: r.defaultBranch,
      description: null,
      pusher_type: 'user'
    }
    world.raise({ event: 'create', repository: r, sender, payload })
  }
  if (after === undefined)
    world.raise({
      event: 'delete',
      repository: r,
      sender,
      payload: { ref: name, ref_type: refType, full_ref: move.ref, pusher_type: 'user' }
    })
  const tip = git.refs.get(`refs/heads/${r.defaultBranch}`)
  const start = before ?? (after === tip ? undefined : tip)
  const commits =
    after === undefined || git.commit(after) === undefined ? [] : start === undefined ? [] : between(git, start, after)
  world.raise({
    event: 'push',
    repository: r,
    sender,
    payload: {
      ref: move.ref,
      before: before ?? ZERO,
      after: after ?? ZERO,
      created: before === undefined,
      deleted: after === undefined,
      forced,
      base_ref: null,
      compare: pageUrl(world, r, `/compare/${(before ?? ZERO).slice(0, 12)}...${(after ?? ZERO).slice(0, 12)}`),
      commits: commits.slice(-2048).map(c => pushedCommitJson(world, r, git, c.sha)),
      head_commit: after === undefined ? null : pushedCommitJson(world, r, git, after),
      pusher: { name: sender.login, email: sender.email ?? `${sender.login}@users.noreply.github.com` }
    }
  })
}

function headMoved(world: World, base: Repository, head: Repository, pull: Pull, move: Move): void {
  if (move.after === undefined) return closePull(world, base, pull, move.actor)
  const git = world.git(base)
  if (base.id !== head.id) copyHistory(world.git(head), git, move.after)
  const earlier = contentKey(world, base, pull)
  const before = pull.headSha
  pull.headSha = move.after
  pull.baseSha = git.refs.get(`refs/heads/${pull.baseRef}`) ?? pull.baseSha
  pull.lastPusherId = move.actor.id
  git.refs.set(`refs/pull/${pull.number}/head`, move.after)
  issueOf(base, pull.number).updatedAt = world.stamp()
  raisePull(world, base, pull, 'synchronize', move.actor, { before, after: move.after })
  if (
    gates(world, base, pull.baseRef).some(g => g.reviews?.dismissStale === true) &&
    contentKey(world, base, pull) !== earlier
  ) {
    dismissStale(world, base, pull, move.actor)
  }
}

/** What an approval was about: dismissal of stale reviews compares the change, not the commit. */
function contentKey(world: World, r: Repository, p: Pull): string {
  return pullContent(world, r, p)
    .files.map(f => `${f.status} ${f.previousPath ?? ''} ${f.path} ${f.sha}`)
    .join('\n')
}

function dismissStale(world: World, r: Repository, p: Pull, sender: Account): void {
  for (const review of p.reviews.filter(v => v.state === 'APPROVED')) {
    const stale = { state: 'APPROVED', message: null, commitId: p.headSha } as const
    noteDismissal(world, p, { reviewId: review.id, actorId: sender.id, ...stale })
    review.state = 'DISMISSED'
    world.raise({
      event: 'pull_request_review',
      action: 'dismissed',
      repository: r,
      sender,
      payload: { review: reviewJson(world, r, p, review, true), pull_request: pullJson(world, r, p, false) }
    })
  }
}

function baseMoved(world: World, r: Repository, pull: Pull, move: Move): void {
  if (move.after === undefined) {
    const target = move.merge?.retarget
    if (target === undefined) return closePull(world, r, pull, move.actor)
    return retarget(world, r, pull, target, move.actor)
  }
  const git = world.git(r)
  // A base that contains the head makes GitHub mark the pull request merged, whatever its rules say (attack 57).
  if (!isAncestor(git, pull.headSha, move.after)) return
  markMerged(world, r, pull, move.actor, pull.headSha)
}

/** Points a pull request at another base branch. */
export function retarget(world: World, r: Repository, pull: Pull, baseRef: string, sender: Account): void {
  const from = { ref: { from: pull.baseRef }, sha: { from: pull.baseSha } }
  pull.baseRef = baseRef
  pull.baseSha = world.git(r).refs.get(`refs/heads/${baseRef}`) ?? pull.baseSha
  issueOf(r, pull.number).updatedAt = world.stamp()
  raisePull(world, r, pull, 'edited', sender, { changes: { base: from } })
}

/** Records a merge and closes the pull request; the base has moved or is about to. */
export function markMerged(world: World, r: Repository, pull: Pull, by: Account, mergeCommitSha: string): void {
  pull.mergedAt = world.stamp()
  pull.mergedById = by.id
  pull.mergeCommitSha = mergeCommitSha
  closePull(world, r, pull, by)
}

/** Closes a pull request, merged or not. */
export function closePull(world: World, r: Repository, pull: Pull, by: Account): void {
  const issue = issueOf(r, pull.number)
  Object.assign(issue, { state: 'closed', closedAt: world.stamp(), closedById: by.id, updatedAt: world.stamp() })
  raisePull(world, r, pull, 'closed', by)
}

/** Sends a `pull_request` event. */
export function raisePull(
  world: World,
  r: Repository,
  p: Pull,
  action: string,
  sender: Account,
  more: Record<string, unknown> = {}
): void {
  world.raise({
    event: 'pull_request',
    action,
    repository: r,
    sender,
    payload: { number: p.number, pull_request: pullJson(world, r, p), ...more }
  })
}

/** Asks people and teams for a review, one event each; who was asked already is not asked again. */
export function requestReviews(
  world: World,
  r: Repository,
  p: Pull,
  users: number[],
  teams: number[],
  sender: Account
): void {
  for (const id of users.filter(one => !p.requestedReviewers.includes(one))) {
    p.requestedReviewers.push(id)
    raisePull(world, r, p, 'review_requested', sender, { requested_reviewer: userJson(world, account(world, id)) })
  }
  for (const id of teams.filter(one => !p.requestedTeams.includes(one))) {
    p.requestedTeams.push(id)
    const team = world.state.teams[id]
    if (team !== undefined)
      raisePull(world, r, p, 'review_requested', sender, { requested_team: teamJson(world, team) })
  }
}

/**
 * Requests the code owners of a pull request that opened or became ready; drafts wait. The base branch's file counts.
 */
export function requestCodeOwners(world: World, r: Repository, p: Pull, sender: Account): void {
  if (p.draft) return
  const git = world.git(r)
  const tip = git.commit(git.refs.get(`refs/heads/${p.baseRef}`) ?? '')
  const codeowners = tip === undefined ? undefined : readCodeowners(world, r, git, tip.tree)
  if (tip === undefined || codeowners === undefined) return
  const base = git.commit(mergeBase(git, tip.sha, p.headSha) ?? '')
  const files = changedFiles(git, base?.tree, git.commit(p.headSha)?.tree ?? '')
  const lines = files.flatMap(f => ownersOf(codeowners, f.path) ?? [])
  const author = issueOf(r, p.number).userId
  const users = new Set(lines.flatMap(line => line.users.map(u => u.id)).filter(id => id !== author))
  requestReviews(world, r, p, [...users], [...new Set(lines.flatMap(line => line.teams.map(t => t.id)))], sender)
}

/** The API's URL of a ref. */
export const refUrl = (world: World, r: Repository, ref: string): string => repositoryUrl(world, r, `/git/${ref}`)
