// The access repository's own protection: what GitHub's rules are, what they should be, and what is found wanting.
import { ownersOf } from './codeowners.ts'
import type { Codeowners } from './codeowners.ts'
import { principalKey } from './principal.ts'

/** Both checks, as GitHub must require them from this app alone (attack #63). */
export const requiredChecks = ['Addendum: terms', 'Addendum: approvals'] as const

/** What the app must hold, and no more: the same as `app.yml`. A stolen token can do no more than this (attack #69). */
export const appPermissions: Readonly<Record<string, 'read' | 'write'>> = {
  metadata: 'read',
  contents: 'write',
  pull_requests: 'write',
  checks: 'write',
  issues: 'write',
  merge_queues: 'read',
  members: 'read'
}

/** The events that the app must hear, as in `app.yml`; what is not heard is found by the sweep, minutes later. */
export const appEvents: readonly string[] = [
  'pull_request',
  'pull_request_review',
  'push',
  'check_run',
  'issues',
  'merge_group',
  'team',
  'membership',
  'member',
  'organization',
  'repository'
]

/** Who may pass a ruleset, as GitHub writes it (REST: repository rulesets). */
export interface BypassActor {
  actor_id: number | null
  actor_type: 'Integration' | 'OrganizationAdmin' | 'RepositoryRole' | 'Team' | 'DeployKey'
  bypass_mode: 'always' | 'pull_request'
}

/** One rule of a ruleset to be written. */
export type RulesetRule =
  | { type: 'creation' | 'deletion' | 'non_fast_forward' | 'required_linear_history' | 'update' }
  | {
      type: 'pull_request'
      parameters: {
        required_approving_review_count: number
        require_code_owner_review: boolean
        dismiss_stale_reviews_on_push: boolean
        require_last_push_approval: boolean
        required_review_thread_resolution: boolean
      }
    }
  | {
      type: 'required_status_checks'
      parameters: {
        strict_required_status_checks_policy: boolean
        required_status_checks: { context: string; integration_id: number }[]
      }
    }

/** A ruleset as `POST /repos/{owner}/{repo}/rulesets` takes it. Its name is how it is found again. */
export interface Ruleset {
  name: string
  target: 'branch'
  enforcement: 'active'
  bypass_actors: BypassActor[]
  conditions: { ref_name: { include: string[]; exclude: string[] } }
  rules: RulesetRule[]
}

/**
 * The rulesets that an access repository should have. GitHub's bypass is per ruleset, hence two for each branch: what
 * nobody may pass, and what the app alone may. The app passes the reviews on its own pull requests, which remove what
 * has ended, and never the pull request or the checks; it appends to the ledger, and never rewrites it (ledger.md §2).
 * A merge over REST makes use of that passage, auto-merge does not (cli/cli#13388, github/docs#45265).
 */
export function recommendedRulesets(app: number): Ruleset[] {
  const alone = (mode: BypassActor['bypass_mode']): BypassActor[] => [
    { actor_id: app, actor_type: 'Integration', bypass_mode: mode }
  ]
  const on = (branch: string): Pick<Ruleset, 'target' | 'enforcement' | 'conditions'> => ({
    target: 'branch',
    enforcement: 'active',
    conditions: { ref_name: { include: [branch], exclude: [] } }
  })
  const main = on('~DEFAULT_BRANCH')
  const ledger = on('refs/heads/ledger/**')
  const checks = requiredChecks.map(context => ({ context, integration_id: app }))
  return [
    {
      name: 'Addendum: main',
      ...main,
      bypass_actors: [],
      rules: [
        pullRequest(false),
        {
          type: 'required_status_checks',
          parameters: { strict_required_status_checks_policy: false, required_status_checks: checks }
        },
        { type: 'non_fast_forward' },
        { type: 'deletion' }
      ]
    },
    { name: 'Addendum: reviews on main', ...main, bypass_actors: alone('pull_request'), rules: [pullRequest(true)] },
    {
      name: 'Addendum: ledger written by the app',
      ...ledger,
      bypass_actors: alone('always'),
      rules: [{ type: 'creation' }, { type: 'update' }]
    },
    {
      name: 'Addendum: ledger never rewritten',
      ...ledger,
      bypass_actors: [],
      rules: [{ type: 'non_fast_forward' }, { type: 'deletion' }, { type: 'required_linear_history' }]
    }
  ]
}

function pullRequest(reviewed: boolean): RulesetRule {
  return {
    type: 'pull_request',
    parameters: {
      required_approving_review_count: reviewed ? 1 : 0,
      require_code_owner_review: reviewed,
      dismiss_stale_reviews_on_push: reviewed,
      require_last_push_approval: reviewed,
      required_review_thread_resolution: false
    }
  }
}

/** The teams that own any of these paths, as `@org/team` in lower case, each once, sorted. */
export function owningTeams(codeowners: Codeowners, paths: readonly string[]): string[] {
  const owners = paths.flatMap(path => ownersOf(codeowners, path).owners)
  return [...new Set(owners.flatMap(owner => (owner.kind === 'team' ? [principalKey(owner)] : [])))].sort()
}

/** A rule that is in force, as far as it matters here. */
export type GuardRule =
  | { type: 'creation' | 'deletion' | 'merge_queue' | 'non_fast_forward' | 'required_linear_history' | 'update' }
  | { type: 'pull_request'; approvals: number; codeOwners: boolean; dismissStale: boolean; lastPush: boolean }
  /** `app` null: any app, or anybody with a token, can report it. */
  | { type: 'required_status_checks'; checks: { context: string; app: number | null }[] }

/** How somebody may pass a ruleset; `exempt` leaves no trace of it. */
export type Passage = 'never' | 'pull_request' | 'always' | 'exempt' | 'unknown'

/** One active ruleset, of the repository or from above it, with its rules that hold for a branch. */
export interface Guard {
  name: string
  rules: GuardRule[]
  /** Who may pass it, and how; null: GitHub shows that to those who may change the ruleset. */
  bypass: { type: string; id: number | null; mode: string }[] | null
  /** How this app may pass it. */
  app: Passage
}

/**
 * The active rulesets over main and over the ledger's branch; null: they cannot be read. Branch protection of the older
 * kind is not among them: an app can read it only with a permission that it should not hold.
 */
export interface BranchProtection {
  /** The app's own id: what checks must be pinned to. */
  app: number
  main: Guard[] | null
  ledger: Guard[] | null
}

/**
 * Whether the app must leave merging to people: main has a merge queue, which REST cannot add to (it answers 405), and the
 * app may not pass it (GitHub docs: merging a pull request with a merge queue). What is not shown is taken for a no.
 */
export function mustQueue({ main }: Pick<BranchProtection, 'main'>): boolean {
  return queuesInTheWay(main ?? []).length > 0
}

/** The rulesets whose merge queue the app may not pass. */
export function queuesInTheWay(guards: readonly Guard[]): Guard[] {
  const queues = guards.filter(guard => guard.rules.some(rule => rule.type === 'merge_queue'))
  return queues.filter(guard => guard.app === 'never' || guard.app === 'unknown')
}

/** Everything about the repository, the app and CODEOWNERS that keeps or breaks the promise beside the branches. */
export interface ProtectionFacts {
  branches: BranchProtection
  /** Branch protection of the older kind on main, where it may be read: it can only be in the app's way. */
  classic: { stopsApp: boolean } | 'none' | 'unknown'
  /** Whether this server says who pushed to a branch, and who dismissed a review. */
  saysWho: boolean
  repository: {
    isPublic: boolean
    /** Merge commits or squashing is allowed; null: GitHub does not say. */
    mergeable: boolean | null
  }
  /** How the app is registered; null: not known, since only the app itself is told. */
  app: {
    permissions: Record<string, string>
    events: string[]
    webhook: { url: string | null; secret: boolean; contentType: string; verifiesTls: boolean } | null
  } | null
  codeowners: { path: string | null; parsed: Codeowners | null }
  /** One path for each place that must have an owner. */
  guarded: string[]
  /** For each team that owns one of them, as `@org/team` in lower case: whether it may write here; null: not known. */
  teams: Record<string, boolean | null>
}

/** What is wrong, or may be. `stop`: no new grants until it is mended; revocations go on. */
export interface Finding {
  code: FindingCode
  severity: 'stop' | 'warn'
  because: string
  mend: string
}

/** Every finding there is. The codes are on the ledger: one that was used is never given another meaning. */
export type FindingCode =
  | 'main-unreadable'
  | 'main-pushable'
  | 'check-missing'
  | 'check-unpinned'
  | 'main-rewritable'
  | 'main-deletable'
  | 'main-bypass'
  | 'main-bypass-unknown'
  | 'reviews-by-owners'
  | 'reviews-stale'
  | 'reviews-last-push'
  | 'reverts-blocked'
  | 'reverts-unknown'
  | 'merge-queue'
  | 'ledger-unreadable'
  | 'ledger-open'
  | 'ledger-creatable'
  | 'ledger-closed'
  | 'ledger-shared'
  | 'ledger-exempt'
  | 'ledger-rewritable'
  | 'ledger-deletable'
  | 'ledger-mergeable'
  | 'ledger-bypass'
  | 'ledger-bypass-unknown'
  | 'classic-unreadable'
  | 'pushers-unknown'
  | 'repository-public'
  | 'merge-method'
  | 'app-unreadable'
  | 'permission-missing'
  | 'permission-excess'
  | 'event-missing'
  | 'webhook-unreadable'
  | 'webhook-url'
  | 'webhook-secret'
  | 'webhook-content-type'
  | 'webhook-tls'
  | 'owners-missing'
  | 'owners-skipped'
  | 'path-unowned'
  | 'team-powerless'
  | 'team-unreadable'
