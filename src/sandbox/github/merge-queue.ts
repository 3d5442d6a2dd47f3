// Local GitHub, effects: the merge queue of a branch: a group for each entry, merged when its required checks succeed.
import { pushedCommitJson } from './commit-json.ts'
import { completeMerge, writeMerge } from './merge-writers.ts'
import { moveRef, raisePull } from './movement.ts'
import { issueOf } from './pull-json.ts'
import { checkPasses, gates, mergeBlockers, queueOf } from './rules.ts'
import type { Gate } from './rules.ts'
import type { Account, Pull, QueueEntry, Repository } from './store.ts'
import { atLeast, roleOf } from './world.ts'
import type { World } from './world.ts'

/** As GitHub names the account that merges and throws out (github.com/apps/github-merge-queue). */
const QUEUE_LOGIN = 'github-merge-queue[bot]'
const QUEUE_ID = 118_344_674

const METHODS = { MERGE: 'merge', SQUASH: 'squash', REBASE: 'rebase' } as const

/** Nobody passes a rule for a group: it is the queue's own. */
const nobody = { accountId: 0, app: false }

/**
 * What "Merge when ready" does (web page and GraphQL alone; REST has no such operation). Throws where the branch has no
 * queue, where this person may not write, and where the pull request does not meet the rules of the branch itself:
 * GitHub would wait for them.
 */
export function enqueue(world: World, r: Repository, number: number, by: Account): void {
  const p = r.pulls[number]
  if (p === undefined) throw new Error(`there is no pull request ${number}`)
  const blocked = mergeBlockers(world, r, p, nobody)
  if (queueOf(world, r, p.baseRef, nobody) === undefined) blocked.push(`${p.baseRef} has no merge queue`)
  if (!atLeast(roleOf(world, r, by.id), 'write')) blocked.push(`${by.login} may not write`)
  if (p.draft || issueOf(r, p.number).state === 'closed') blocked.push('it is a draft or closed')
  if (blocked.length > 0) throw new Error(`#${p.number} cannot be queued: ${blocked.join('; ')}`)
  if (entries(r).some(entry => entry.number === p.number)) return
  r.queue = [...entries(r), { number: p.number, pullHead: p.headSha, group: null }]
  raisePull(world, r, p, 'enqueued', by)
  tendQueue(world, r)
}

/** "Remove from queue". */
export function dequeue(world: World, r: Repository, number: number, by: Account): void {
  const entry = entries(r).find(one => one.number === number)
  if (entry !== undefined) leave(world, r, entry, { by, reason: 'MANUAL' })
  tendQueue(world, r)
}

/**
 * Does whatever is due in the queue, until nothing is: groups are made and made anew, the first one is merged when every
 * required check has succeeded on it and thrown out when one has failed. Called after everything that changes anything.
 * One group merges at a time, and only non-failing ones (`ALLGREEN`). Reviews are not asked for again: whether github.com
 * does is not documented.
 */
export function tendQueue(world: World, r: Repository): void {
  while (entries(r).length > 0 && step(world, r)) continue
}

const entries = (r: Repository): QueueEntry[] => r.queue ?? []

/** Does one thing; false when there is nothing to do. */
function step(world: World, r: Repository): boolean {
  const by = queueAccount(world)
  for (const [index, entry] of entries(r).entries()) {
    const p = r.pulls[entry.number]
    if (p === undefined) continue
    if (issueOf(r, p.number).state === 'closed' || p.headSha !== entry.pullHead) {
      leave(world, r, entry, { by, reason: 'UNKNOWN_REMOVAL_REASON' })
      return true
    }
    const before = entries(r)[index - 1]?.group?.head
    const base = before ?? world.git(r).refs.get(`refs/heads/${p.baseRef}`) ?? ''
    if (entry.group !== null && entry.group.base !== base) {
      destroy(world, r, entry, 'invalidated')
      return true
    }
    if (entry.group === null) {
      build(world, r, p, entry, { base, by })
      return true
    }
    // Whose fault it is when a later group fails is known only once those ahead of it are through.
    if (index > 0) continue
    const verdict = verdictOf(world, r, p, entry.group.head)
    if (verdict === 'failed') leave(world, r, entry, { by, reason: 'CI_FAILURE' })
    if (verdict === 'passed') mergeGroup(world, r, p, { by, entry, head: entry.group.head })
    if (verdict !== 'waiting') return true
  }
  return false
}

function verdictOf(world: World, r: Repository, p: Pull, sha: string): 'passed' | 'failed' | 'waiting' {
  const required: Gate['checks'] = gates(world, r, p.baseRef).flatMap(gate => gate.checks)
  const failed = required.some(({ context, appId }) => {
    const last = r.checks.findLast(
      run => run.headSha === sha && run.name === context && run.appId === (appId ?? run.appId)
    )
    return last?.status === 'completed' && !checkPasses(r, sha, { context, appId })
  })
  if (failed) return 'failed'
  return required.every(check => checkPasses(r, sha, check)) ? 'passed' : 'waiting'
}

function build(
  world: World,
  r: Repository,
  p: Pull,
  entry: QueueEntry,
  { base, by }: { base: string; by: Account }
): void {
  const method = queueOf(world, r, p.baseRef, nobody)
  const sha = method && writeMerge(METHODS[method], { world, by, repository: r, pull: p, tip: base })
  if (sha === undefined) {
    leave(world, r, entry, { by, reason: method === undefined ? 'QUEUE_CLEARED' : 'MERGE_CONFLICT' })
    return
  }
  entry.group = { ref: `refs/heads/gh-readonly-queue/${p.baseRef}/pr-${p.number}-${base}`, head: sha, base }
  moveRef(world, r, { ref: entry.group.ref, after: sha, actor: by })
  raiseGroup(world, r, p, { entry, action: 'checks_requested', by })
}

function mergeGroup(
  world: World,
  r: Repository,
  p: Pull,
  { by, entry, head }: { by: Account; entry: QueueEntry; head: string }
): void {
  const tip = world.git(r).refs.get(`refs/heads/${p.baseRef}`) ?? ''
  r.queue = entries(r).filter(one => one !== entry)
  completeMerge(world, r, p, { by, tip, sha: head })
  destroy(world, r, entry, 'merged')
  raisePull(world, r, p, 'dequeued', by, { reason: 'MERGE' })
}

function leave(world: World, r: Repository, entry: QueueEntry, { by, reason }: { by: Account; reason: string }): void {
  r.queue = entries(r).filter(one => one !== entry)
  destroy(world, r, entry, 'dequeued')
  const p = r.pulls[entry.number]
  if (p !== undefined) raisePull(world, r, p, 'dequeued', by, { reason })
}

function destroy(world: World, r: Repository, entry: QueueEntry, reason: 'merged' | 'invalidated' | 'dequeued'): void {
  const by = queueAccount(world)
  const p = r.pulls[entry.number]
  if (entry.group === null || p === undefined) return
  raiseGroup(world, r, p, { entry, action: 'destroyed', by, reason })
  const { ref } = entry.group
  entry.group = null
  moveRef(world, r, { ref, after: undefined, actor: by })
}

function raiseGroup(
  world: World,
  r: Repository,
  p: Pull,
  told: { entry: QueueEntry; action: 'checks_requested' | 'destroyed'; by: Account; reason?: string }
): void {
  const { group } = told.entry
  if (group === null) return
  const { id, tree_id, message, timestamp, author, committer } = pushedCommitJson(
    world,
    r,
    world.git(r),
    group.head
  ) as Record<string, unknown>
  world.raise({
    event: 'merge_group',
    action: told.action,
    repository: r,
    sender: told.by,
    payload: {
      ...(told.reason === undefined ? {} : { reason: told.reason }),
      merge_group: {
        head_sha: group.head,
        head_ref: group.ref,
        base_sha: group.base,
        base_ref: `refs/heads/${p.baseRef}`,
        head_commit: { id, tree_id, message, timestamp, author, committer }
      }
    }
  })
}

function queueAccount(world: World): Account {
  const { accounts } = world.state
  return (accounts[QUEUE_ID] ??= {
    id: QUEUE_ID,
    login: QUEUE_LOGIN,
    type: 'Bot',
    name: null,
    email: null,
    createdAt: world.stamp()
  })
}
