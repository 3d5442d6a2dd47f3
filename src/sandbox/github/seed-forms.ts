// Local GitHub, beginning: the forms that the seed is filled in on: a new repository, a check, and rules in plain words.
import { protectionFrom, rulesetFrom } from './operations/protection.ts'
import type { Account, CheckRun, Repository, Ruleset } from './store.ts'
import type { World } from './world.ts'

/** What `protect` demands of a branch. Everything left out is not demanded. */
export interface Rules {
  /** Reviews before a merge; changes then need a pull request. */
  reviews?: { count?: number; codeOwners?: boolean; dismissStale?: boolean; lastPush?: boolean }
  checks?: { context: string; appId?: number }[]
  strict?: boolean
  blockForcePush?: boolean
  blockDeletion?: boolean
  /** Only bypass actors create or update the branch, by merge or push (rulesets only): a ledger's rule. */
  onlyBypass?: boolean
  /** Only these may push or merge (classic protection only). */
  restrictions?: { users?: string[]; teams?: string[]; apps?: string[] }
  /**
   * Classic protection: administrators are held to it too. Default true. A ruleset holds everybody but its bypass
   * actors.
   */
  enforceAdmins?: boolean
  bypass?: Ruleset['bypassActors']
  /** Default `ruleset`. */
  as?: 'ruleset' | 'classic'
}

/** A repository's beginning. */
export interface RepositorySeed {
  files?: Record<string, string>
  defaultBranch?: string
  deleteBranchOnMerge?: boolean
  private?: boolean
  message?: string
  author?: string
}

/** Who speaks for an organisation: an administrator, else any member. */
export function firstAdmin(o: Account): number {
  const members = Object.entries(o.members ?? {})
  return Number((members.find(([, m]) => m.role === 'admin') ?? members[0])?.[0] ?? o.id)
}

/** A repository without commits. */
export function emptyRepository(world: World, ownerId: number, name: string, details: RepositorySeed): Repository {
  const at = world.stamp()
  return {
    id: world.id(),
    ownerId,
    name,
    private: details.private ?? true,
    archived: false,
    defaultBranch: details.defaultBranch ?? 'main',
    deleteBranchOnMerge: details.deleteBranchOnMerge ?? false,
    forkOf: null,
    collaborators: {},
    invitations: [],
    labels: [],
    issues: {},
    pulls: {},
    comments: [],
    checks: [],
    protections: {},
    rulesets: [],
    activities: [],
    nextNumber: 1,
    createdAt: at,
    updatedAt: at,
    pushedAt: at
  }
}

/** A check of another app that has ended, in the suite that this app has on the commit. */
export function checkRun(
  world: World,
  r: Repository,
  { appId, name, headSha, conclusion }: { appId: number; name: string; headSha: string; conclusion: string }
): CheckRun {
  return {
    id: world.id(),
    suiteId: r.checks.find(c => c.appId === appId && c.headSha === headSha)?.suiteId ?? world.id(),
    appId,
    name,
    headSha,
    status: 'completed',
    conclusion,
    externalId: '',
    detailsUrl: null,
    startedAt: world.stamp(),
    completedAt: world.stamp(),
    title: null,
    summary: null,
    text: null,
    annotations: []
  }
}

/** The rules as classic protection. */
export function classic(world: World, r: Repository, rules: Rules): Repository['protections'][string] {
  const { reviews, checks, restrictions } = rules
  return protectionFrom(world, r, {
    required_status_checks:
      checks === undefined
        ? null
        : {
            strict: rules.strict ?? false,
            checks: checks.map(c => ({ context: c.context, ...(c.appId === undefined ? {} : { app_id: c.appId }) }))
          },
    enforce_admins: rules.enforceAdmins ?? true,
    required_pull_request_reviews:
      reviews === undefined
        ? null
        : {
            required_approving_review_count: reviews.count ?? 0,
            require_code_owner_reviews: reviews.codeOwners ?? false,
            dismiss_stale_reviews: reviews.dismissStale ?? false,
            require_last_push_approval: reviews.lastPush ?? false
          },
    restrictions:
      restrictions === undefined
        ? null
        : {
            users: restrictions.users ?? [],
            teams: restrictions.teams ?? [],
            apps: restrictions.apps ?? []
          },
    allow_force_pushes: rules.blockForcePush !== true,
    allow_deletions: rules.blockDeletion !== true
  })
}

/** The rules as a ruleset of one branch. */
export function ruleset(world: World, branch: string, rules: Rules): Ruleset {
  const { reviews, checks } = rules
  return rulesetFrom(world, {
    name: `Protect ${branch}`,
    enforcement: 'active',
    bypass_actors: rules.bypass ?? [],
    conditions: { ref_name: { include: [branch.startsWith('~') ? branch : `refs/heads/${branch}`], exclude: [] } },
    rules: [
      ...(reviews === undefined
        ? []
        : [
            {
              type: 'pull_request',
              parameters: {
                required_approving_review_count: reviews.count ?? 0,
                require_code_owner_review: reviews.codeOwners ?? false,
                dismiss_stale_reviews_on_push: reviews.dismissStale ?? false,
                require_last_push_approval: reviews.lastPush ?? false,
                required_review_thread_resolution: false
              }
            }
          ]),
      ...(checks === undefined
        ? []
        : [
            {
              type: 'required_status_checks',
              parameters: {
                strict_required_status_checks_policy: rules.strict ?? false,
                required_status_checks: checks.map(c => ({
                  context: c.context,
                  ...(c.appId === undefined ? {} : { integration_id: c.appId })
                }))
              }
            }
          ]),
      ...(rules.onlyBypass === true ? [{ type: 'creation' }, { type: 'update' }] : []),
      ...(rules.blockForcePush === true ? [{ type: 'non_fast_forward' }] : []),
      ...(rules.blockDeletion === true ? [{ type: 'deletion' }] : [])
    ]
  })
}
