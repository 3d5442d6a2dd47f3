// Local GitHub, door: the permission that each operation asks of an app, and the role of a person.
import { ApiRefusal, forbidden, notFound } from './answer.ts'
import type { Actor } from './auth.ts'
import type { Repository, Role } from './store.ts'
import { atLeast, roleOf } from './world.ts'
import type { World } from './world.ts'

/**
 * Of an app: `permission:level`, alternatives with `|`, or `any` installation, `jwt` (the app itself), `none` (never
 * an app).
 */
type AppNeed = string
/** Of a person: a role on the repository, `any` account, `none` (only apps may), `public` (no credential needed). */
type UserNeed = Role | 'any' | 'public'

const table: Record<string, [app: AppNeed, user: UserNeed]> = {}
const rule = (app: AppNeed, user: UserNeed, names: string): void => {
  for (const name of names.trim().split(/\s+/)) table[name] = [app, user]
}

rule('any', 'public', 'meta/root meta/get rate-limit/get users/get-by-username users/get-by-id apps/get-by-slug')
rule('none', 'any', 'users/get-authenticated')
rule(
  'jwt',
  'none',
  `apps/get-authenticated apps/list-installations apps/get-installation apps/delete-installation
  apps/suspend-installation apps/unsuspend-installation apps/create-installation-access-token apps/get-org-installation
  apps/get-user-installation apps/get-repo-installation apps/get-webhook-config-for-app
  apps/update-webhook-config-for-app
  apps/list-webhook-deliveries apps/get-webhook-delivery apps/redeliver-webhook-delivery`
)
rule('any', 'none', 'apps/list-repos-accessible-to-installation apps/revoke-installation-access-token')

rule(
  'metadata:read',
  'read',
  `repos/get repos/list-collaborators repos/check-collaborator repos/list-for-org repos/get-branch-rules
  repos/get-repo-rulesets repos/get-repo-ruleset repos/get-collaborator-permission-level`
)
rule(
  'contents:read',
  'read',
  `repos/get-branch repos/list-branches repos/list-commits repos/get-commit repos/get-content
  repos/compare-commits-with-basehead repos/codeowners-errors repos/list-activities git/get-ref git/list-matching-refs
  git/get-commit git/get-tree git/get-blob`
)
rule(
  'contents:write',
  'write',
  `repos/create-or-update-file-contents repos/delete-file repos/merge pulls/merge git/create-ref
  git/update-ref git/delete-ref git/create-commit git/create-tree git/create-blob`
)
rule('administration:read', 'admin', 'repos/get-branch-protection repos/list-teams')
rule(
  'administration:write',
  'admin',
  `repos/update repos/update-branch-protection repos/delete-branch-protection
  repos/create-repo-ruleset repos/update-repo-ruleset repos/delete-repo-ruleset
  repos/add-collaborator repos/remove-collaborator repos/list-invitations
  repos/update-invitation repos/delete-invitation`
)
rule('pull_requests:read|contents:read', 'read', 'repos/list-pull-requests-associated-with-commit')
rule(
  'pull_requests:read',
  'read',
  `pulls/list pulls/get pulls/list-files pulls/list-commits pulls/check-if-merged pulls/list-reviews
  pulls/get-review pulls/list-requested-reviewers pulls/list-review-comments`
)
rule(
  'pull_requests:write',
  'read',
  'pulls/create pulls/update pulls/create-review pulls/submit-review pulls/update-review'
)
rule(
  'pull_requests:write',
  'write',
  `pulls/update-branch pulls/dismiss-review pulls/request-reviewers
  pulls/remove-requested-reviewers`
)
rule(
  'issues:read|pull_requests:read',
  'read',
  `issues/get issues/list-for-repo issues/get-comment issues/list-comments
  issues/list-labels-on-issue issues/list-labels-for-repo issues/get-label issues/list-events`
)
rule(
  'issues:write|pull_requests:write',
  'read',
  `issues/update issues/create-comment issues/update-comment issues/delete-comment`
)
rule('issues:write', 'read', 'issues/create')
rule('issues:write|pull_requests:write', 'triage', 'issues/add-labels issues/remove-label')
rule('issues:write', 'write', 'issues/create-label')
rule(
  'checks:read',
  'read',
  `checks/get checks/list-for-ref checks/list-annotations checks/list-suites-for-ref checks/get-suite
  checks/list-for-suite`
)
rule('checks:write', 'none', 'checks/create checks/update')
rule('checks:write', 'write', 'checks/rerequest-run checks/rerequest-suite')
rule('any', 'public', 'orgs/get')
rule(
  'members:read',
  'any',
  `orgs/list-members orgs/check-membership-for-user orgs/get-membership-for-user
  teams/list teams/list-child-in-org teams/get-by-name teams/list-members-in-org teams/get-membership-for-user-in-org
  teams/list-repos-in-org teams/check-permissions-for-repo-in-org`
)
// Who may change a team (its maintainers, organisation owners) is judged in operations/teams.ts.
rule(
  'members:write',
  'any',
  `orgs/set-membership-for-user orgs/remove-membership-for-user
  teams/add-or-update-membership-for-user-in-org teams/remove-membership-for-user-in-org`
)
rule('members:read&administration:write', 'any', 'teams/add-or-update-repo-permissions-in-org teams/remove-repo-in-org')

/**
 * Whether the table knows an operation; an unlisted one is a bug of the stand-in, so tests compare it with the
 * handlers.
 */
export const ruledOperations = (): string[] => Object.keys(table)

/** Whether an actor can see a repository at all; if not, GitHub answers 404 whatever was asked. */
export function sees(world: World, actor: Actor, r: Repository): boolean {
  switch (actor.kind) {
    case 'installation':
      return !r.private || covers(world, actor, r)
    case 'user':
      return roleOf(world, r, actor.account.id) !== 'none'
    case 'app':
      return true // only the JWT operations reach it; they judge for themselves
    case 'anonymous':
      return !r.private
  }
}

/** Whether an installation token reaches a repository: the installation's choice, narrowed by the token's own. */
export function covers(_world: World, actor: Actor, r: Repository): boolean {
  if (actor.kind !== 'installation' || actor.installation.accountId !== r.ownerId) return false
  return [actor.installation.repositoryIds, actor.token.repositoryIds].every(ids => ids === null || ids.includes(r.id))
}

/**
 * Whether an installation token holds a permission at a level; write includes read, and `metadata:read` is always
 * there.
 */
export function holds(actor: Actor, need: string): boolean {
  if (actor.kind !== 'installation') return false
  return need.split('|').some(alternative =>
    alternative.split('&').every(one => {
      const [name = '', level] = one.split(':')
      const held = actor.token.permissions[name] ?? (name === 'metadata' ? 'read' : undefined)
      return held === 'write' || (held === 'read' && level === 'read')
    })
  )
}

/**
 * Lets an operation pass, or throws GitHub's refusal: 401 without a credential, 404 for the unseen, 403 for the
 * forbidden.
 */
export function authorize(world: World, operation: string, actor: Actor, repository: Repository | undefined): void {
  const [appNeed, userNeed] = table[operation] ?? ['none', 'none' as const]
  if (repository !== undefined && !sees(world, actor, repository)) throw notFound()
  switch (actor.kind) {
    case 'anonymous':
      if (userNeed === 'public' || (userNeed === 'read' && repository?.private === false && !appNeed.includes('write')))
        return
      throw new ApiRefusal(401, appNeed === 'jwt' ? 'A JSON web token could not be decoded' : 'Requires authentication')
    case 'app':
      if (appNeed === 'jwt' || userNeed === 'public') return
      throw forbidden('Resource not accessible by integration')
    case 'installation':
      if (appNeed === 'jwt') throw new ApiRefusal(401, 'A JSON web token could not be decoded')
      if (!permits(world, actor, appNeed, repository)) throw forbidden('Resource not accessible by integration')
      break
    case 'user':
      if (appNeed === 'jwt') throw new ApiRefusal(401, 'A JSON web token could not be decoded')
      if (userNeed === 'none') throw forbidden('You must authenticate via a GitHub App.')
      if (userNeed === 'any' || userNeed === 'public' || repository === undefined) break
      if (!atLeast(roleOf(world, repository, actor.account.id), userNeed)) {
        throw forbidden(
          userNeed === 'admin' ? 'Must have admin rights to Repository.' : 'Must have push access to repository.'
        )
      }
  }
}

function permits(world: World, actor: Actor, need: AppNeed, repository: Repository | undefined): boolean {
  if (need === 'any') return true
  if (need === 'none') return false
  // Someone else's public repository can be read by any installation, never written.
  if (repository !== undefined && !covers(world, actor, repository))
    return !repository.private && need.endsWith(':read')
  return holds(actor, need)
}
