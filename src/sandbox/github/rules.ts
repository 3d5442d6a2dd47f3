// Local GitHub, rules: branch protection and rulesets as one list of gates; merges, pushes and ref updates ask here.
import type { Call } from './call.ts'
import { readCodeowners, ownersOf } from './codeowners.ts'
import { changedFiles } from './git/diff.ts'
import { isAncestor, mergeBase } from './git/history.ts'
import { who } from './call.ts'
import type { Protection, Pull, Repository, Review, Ruleset } from './store.ts'
import { account, atLeast, inTeam, roleOf } from './world.ts'
import type { World } from './world.ts'

/** What one protection or ruleset demands of a branch. */
export interface Gate {
  reviews: undefined | { count: number; codeOwners: boolean; dismissStale: boolean; lastPush: boolean }
  checks: { context: string; appId: number | null }[]
  strict: boolean
  blockRewrite: boolean
  blockDeletion: boolean
  /** Nobody but those who bypass makes such a branch. */
  blockCreation: boolean
  /** Merges go through a queue, by this method. */
  queue: 'MERGE' | 'SQUASH' | 'REBASE' | undefined
  mayPush: (by: Passer) => boolean
  bypass: (by: Passer, throughPull: boolean) => boolean
}

/** Who wants to pass a gate. */
export interface Passer {
  accountId: number
  app: boolean
}

/** Who asks, as rules see them. */
export const passer = (call: Call): Passer => ({ accountId: who(call).id, app: call.actor.kind === 'installation' })

/** All gates before a branch (its short name). */
export function gates(world: World, r: Repository, branch: string): Gate[] {
  const classic = protectionOf(r, branch)
  return [
    ...(classic === undefined ? [] : [classicGate(world, r, classic)]),
    ...r.rulesets.filter(s => s.enforcement === 'active' && covers(r, s, branch)).map(s => rulesetGate(world, r, s))
  ]
}

/** The classic protection of a branch: an exact name goes before a pattern. */
export function protectionOf(r: Repository, branch: string): Protection | undefined {
  if (Object.hasOwn(r.protections, branch)) return r.protections[branch] // a branch may be called `constructor`
  return Object.entries(r.protections).find(([pattern]) => glob(pattern, branch))?.[1]
}

/** Whether a ruleset applies to a branch. */
export function covers(r: Repository, s: Ruleset, branch: string): boolean {
  const hits = (pattern: string): boolean =>
    pattern === '~ALL' ||
    (pattern === '~DEFAULT_BRANCH' && branch === r.defaultBranch) ||
    glob(pattern, `refs/heads/${branch}`)
  return s.include.some(hits) && !s.exclude.some(hits)
}

function glob(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*?|\?/g, w => (w === '**' ? '.*' : w === '*' ? '[^/]*' : '[^/]'))
  return new RegExp(`^${source}$`).test(text)
}

function classicGate(world: World, r: Repository, p: Protection): Gate {
  const admin = (by: Passer): boolean => !by.app && roleOf(world, r, by.accountId) === 'admin'
  return {
    reviews: p.reviews ?? undefined,
    checks: p.checks.map(c => ({ context: c.context, appId: c.app_id })),
    strict: p.requireChecks && p.strict,
    blockRewrite: !p.allowForcePushes,
    blockDeletion: !p.allowDeletions,
    blockCreation: false,
    queue: undefined,
    mayPush: by =>
      p.restrictions === null ||
      (by.app
        ? p.restrictions.apps.includes(world.app.slug)
        : p.restrictions.users.includes(by.accountId) ||
          p.restrictions.teams.some(id => memberOf(world, id, by.accountId))),
    bypass: by => (admin(by) && !p.enforceAdmins) || p.reviews?.bypass.includes(by.accountId) === true
  }
}

const memberOf = (world: World, teamId: number, accountId: number): boolean => {
  const team = world.state.teams[teamId]
  return team !== undefined && inTeam(world, team, accountId)
}

function rulesetGate(world: World, r: Repository, s: Ruleset): Gate {
  const of = (type: string): Record<string, unknown> | undefined => {
    const rule = s.rules.find(one => one.type === type)
    return rule === undefined ? undefined : (rule.parameters ?? {})
  }
  const [pull, checks] = [of('pull_request'), of('required_status_checks')]
  const required = (checks?.['required_status_checks'] ?? []) as { context: string; integration_id?: number }[]
  return {
    reviews:
      pull === undefined
        ? undefined
        : {
            count: Number(pull['required_approving_review_count'] ?? 0),
            codeOwners: pull['require_code_owner_review'] === true,
            dismissStale: pull['dismiss_stale_reviews_on_push'] === true,
            lastPush: pull['require_last_push_approval'] === true
          },
    checks: required.map(c => ({ context: c.context, appId: c.integration_id ?? null })),
    strict: checks?.['strict_required_status_checks_policy'] === true,
    blockRewrite: of('non_fast_forward') !== undefined,
    blockDeletion: of('deletion') !== undefined,
    blockCreation: of('creation') !== undefined,
    queue: of('merge_queue')?.['merge_method'] as Gate['queue'],
    mayPush: () => of('update') === undefined,
    bypass: (by, throughPull) =>
      s.bypassActors.some(
        actor =>
          (actor.bypass_mode === 'always' ||
            actor.bypass_mode === 'exempt' ||
            (throughPull && actor.bypass_mode === 'pull_request')) &&
          isActor(world, r, actor, by)
      )
  }
}

/** The method of the queue through which somebody must merge to a branch; undefined where they need not. */
export function queueOf(world: World, r: Repository, branch: string, by: Passer): Gate['queue'] {
  return gates(world, r, branch).find(gate => gate.queue !== undefined && !gate.bypass(by, true))?.queue
}

/** How somebody may pass a ruleset: GitHub's `current_user_can_bypass`. */
export function passage(world: World, r: Repository, s: Ruleset, by: Passer): string {
  const modes = s.bypassActors.filter(actor => isActor(world, r, actor, by)).map(actor => actor.bypass_mode)
  if (modes.includes('exempt')) return 'exempt'
  if (modes.includes('always')) return 'always'
  return modes.includes('pull_request') ? 'pull_requests_only' : 'never'
}

/** Ids of the built-in roles in a ruleset's bypass list. */
const ROLE_IDS = { 2: 'maintain', 4: 'write', 5: 'admin' } as const

function isActor(world: World, r: Repository, actor: Ruleset['bypassActors'][number], by: Passer): boolean {
  switch (actor.actor_type) {
    case 'Integration':
      return by.app && actor.actor_id === world.app.id
    case 'OrganizationAdmin':
      return account(world, r.ownerId).members?.[by.accountId]?.role === 'admin'
    case 'Team':
      return memberOf(world, actor.actor_id ?? 0, by.accountId)
    case 'User':
      return !by.app && actor.actor_id === by.accountId
    case 'RepositoryRole': {
      const role = ROLE_IDS[actor.actor_id as keyof typeof ROLE_IDS]
      return !by.app && role !== undefined && atLeast(roleOf(world, r, by.accountId), role)
    }
    default:
      return false
  }
}

/**
 * Why a change of a branch other than through a pull request is refused; undefined when it may go on. `rewrite`
 * undefined: not known yet.
 */
export function pushRefusal(
  world: World,
  r: Repository,
  branch: string,
  change: { before: string | undefined; after: string | null; rewrite: boolean | undefined },
  by: Passer
): string | undefined {
  for (const gate of gates(world, r, branch)) {
    if (gate.bypass(by, false)) continue
    if (change.after === null) {
      if (gate.blockDeletion) return 'Cannot delete this branch'
      continue
    }
    if (change.before === undefined) {
      if (gate.blockCreation) return 'Cannot create this branch'
      continue // otherwise the first commit of a branch starts it
    }
    if (change.rewrite === true && gate.blockRewrite) return 'Cannot force-push to this branch'
    if (!gate.mayPush(by)) return "You're not authorized to push to this branch"
    if (gate.reviews !== undefined) return 'Changes must be made through a pull request'
    const missing = gate.checks.find(c => !checkPasses(r, change.after ?? '', c))
    if (missing !== undefined) return `Required status check "${missing.context}" is expected`
  }
  return undefined
}

/** Whether the latest run of a required check, by the app it is pinned to, lets a commit pass. */
export function checkPasses(r: Repository, sha: string, required: { context: string; appId: number | null }): boolean {
  const runs = r.checks.filter(
    c => c.headSha === sha && c.name === required.context && (required.appId ?? c.appId) === c.appId
  )
  const apps = new Set(runs.map(c => c.appId))
  return (
    runs.length > 0 &&
    [...apps].every(app =>
      ['success', 'neutral', 'skipped'].includes(runs.findLast(c => c.appId === app)?.conclusion ?? '')
    )
  )
}

/** The last opinion of each person (approved, changes requested, dismissed), as GitHub counts them. */
export function opinions(p: Pull): Map<number, Review> {
  const latest = new Map<number, Review>()
  for (const review of p.reviews)
    if (!['COMMENTED', 'PENDING'].includes(review.state)) latest.set(review.userId, review)
  return latest
}

/** What stops a pull request from being merged by somebody, in GitHub's sentences; empty when nothing does. */
export function mergeBlockers(world: World, r: Repository, p: Pull, by: Passer): string[] {
  const found: string[] = []
  const git = world.git(r)
  const tip = git.refs.get(`refs/heads/${p.baseRef}`) ?? ''
  for (const gate of gates(world, r, p.baseRef)) {
    if (gate.bypass(by, true)) continue
    if (!gate.mayPush(by)) found.push("You're not authorized to push to this branch")
    for (const c of gate.checks) {
      if (!checkPasses(r, p.headSha, c)) found.push(`Required status check "${c.context}" is expected.`)
    }
    if (gate.strict && !isAncestor(git, tip, p.headSha)) found.push('Head branch is out of date with the base branch')
    if (gate.reviews !== undefined) found.push(...reviewBlockers(world, r, p, gate.reviews))
  }
  return [...new Set(found)]
}

function reviewBlockers(world: World, r: Repository, p: Pull, needed: NonNullable<Gate['reviews']>): string[] {
  const writers = [...opinions(p).values()].filter(v => atLeast(roleOf(world, r, v.userId), 'write'))
  const approvals = writers.filter(v => v.state === 'APPROVED')
  const found: string[] = []
  if (writers.some(v => v.state === 'CHANGES_REQUESTED')) found.push('Changes have been requested')
  if (approvals.length < needed.count) {
    found.push(
      `At least ${needed.count} approving review${needed.count === 1 ? ' is' : 's are'} required by reviewers with ` +
        'write access.'
    )
  }
  if (needed.codeOwners) {
    const missing = unownedPaths(
      world,
      r,
      p,
      approvals.map(v => v.userId)
    )
    if (missing.length > 0) found.push('Waiting on code owner review from a required owner')
  }
  if (needed.lastPush && !approvals.some(v => v.userId !== p.lastPusherId && v.commitId === p.headSha)) {
    found.push('New changes require approval from someone other than the last pusher')
  }
  return found
}

/** Changed paths that have owners, none of whom is among `approvers`. The base branch's CODEOWNERS decides. */
function unownedPaths(world: World, r: Repository, p: Pull, approvers: number[]): string[] {
  const git = world.git(r)
  const tip = git.commit(git.refs.get(`refs/heads/${p.baseRef}`) ?? '')
  const codeowners = tip === undefined ? undefined : readCodeowners(world, r, git, tip.tree)
  if (codeowners === undefined) return []
  return pullFiles(world, r, p).filter(path => {
    const line = ownersOf(codeowners, path)
    if (line === undefined || line.users.length + line.teams.length === 0) return false
    return !approvers.some(id => line.users.some(u => u.id === id) || line.teams.some(t => inTeam(world, t, id)))
  })
}

/** The paths that a pull request touches; of a rename, both. */
export function pullFiles(world: World, r: Repository, p: Pull): string[] {
  const git = world.git(r)
  const base = mergeBase(git, git.refs.get(`refs/heads/${p.baseRef}`) ?? p.baseSha, p.headSha)
  const files = changedFiles(
    git,
    base === undefined ? undefined : git.commit(base)?.tree,
    git.commit(p.headSha)?.tree ?? ''
  )
  return files.flatMap(f => (f.previousPath === undefined ? [f.path] : [f.path, f.previousPath]))
}
