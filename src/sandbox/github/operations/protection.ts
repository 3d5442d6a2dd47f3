// Local GitHub, operations: classic branch protection and repository rulesets; rules.ts applies what is written here.
import { created, nothing, notFound, ok, paged } from '../answer.ts'
import { repo, who } from '../call.ts'
import type { Call, Handler } from '../call.ts'
import { nodeId, repositoryUrl, rulesetJson, teamJson, userJson } from '../render.ts'
import type { Json } from '../render.ts'
import { holds } from '../permissions.ts'
import { covers, passage, passer } from '../rules.ts'
import type { Protection, Repository, Ruleset } from '../store.ts'
import { account, accountByLogin, fullName, roleOf, teamBySlug } from '../world.ts'
import type { World } from '../world.ts'

/** What `PUT …/protection` takes. */
export interface ProtectionRequest {
  required_status_checks: null | {
    strict: boolean
    contexts?: string[]
    checks?: { context: string; app_id?: number }[]
  }
  enforce_admins: boolean | null
  required_pull_request_reviews: null | {
    required_approving_review_count?: number
    require_code_owner_reviews?: boolean
    dismiss_stale_reviews?: boolean
    require_last_push_approval?: boolean
    bypass_pull_request_allowances?: { users?: string[] }
  }
  restrictions: null | { users: string[]; teams: string[]; apps?: string[] }
  allow_force_pushes?: boolean | null
  allow_deletions?: boolean
}

/** The stored form of a request; unknown people and teams are left out, as on GitHub. */
export function protectionFrom(world: World, r: Repository, asked: ProtectionRequest): Protection {
  const { required_status_checks: checks, required_pull_request_reviews: reviews, restrictions } = asked
  const users = (logins: string[] | undefined): number[] =>
    (logins ?? []).flatMap(login => accountByLogin(world, login)?.id ?? [])
  return {
    requireChecks: checks !== null,
    strict: checks?.strict ?? false,
    checks:
      checks?.checks?.map(c => ({
        context: c.context,
        app_id: c.app_id === undefined || c.app_id === -1 ? null : c.app_id
      })) ??
      checks?.contexts?.map(context => ({ context, app_id: null })) ??
      [],
    enforceAdmins: asked.enforce_admins ?? false,
    reviews:
      reviews === null
        ? null
        : {
            count: reviews.required_approving_review_count ?? 1,
            codeOwners: reviews.require_code_owner_reviews ?? false,
            dismissStale: reviews.dismiss_stale_reviews ?? false,
            lastPush: reviews.require_last_push_approval ?? false,
            bypass: users(reviews.bypass_pull_request_allowances?.users)
          },
    restrictions:
      restrictions === null
        ? null
        : {
            users: users(restrictions.users),
            apps: restrictions.apps ?? [],
            teams: restrictions.teams.flatMap(
              slug => teamBySlug(world, account(world, r.ownerId).login, slug)?.id ?? []
            )
          },
    allowForcePushes: asked.allow_force_pushes ?? false,
    allowDeletions: asked.allow_deletions ?? false
  }
}

function protectionJson(world: World, r: Repository, branch: string, p: Protection): Json {
  const url = repositoryUrl(world, r, `/branches/${encodeURIComponent(branch)}/protection`)
  const people = (ids: number[]): Json[] => ids.map(id => userJson(world, account(world, id)))
  return {
    url,
    enforce_admins: { url: `${url}/enforce_admins`, enabled: p.enforceAdmins },
    required_linear_history: { enabled: false },
    allow_force_pushes: { enabled: p.allowForcePushes },
    allow_deletions: { enabled: p.allowDeletions },
    block_creations: { enabled: false },
    required_conversation_resolution: { enabled: false },
    lock_branch: { enabled: false },
    allow_fork_syncing: { enabled: false },
    required_signatures: { url: `${url}/required_signatures`, enabled: false },
    ...(p.requireChecks
      ? {
          required_status_checks: {
            url: `${url}/required_status_checks`,
            strict: p.strict,
            contexts: p.checks.map(c => c.context),
            checks: p.checks,
            contexts_url: `${url}/required_status_checks/contexts`
          }
        }
      : {}),
    ...(p.reviews === null
      ? {}
      : {
          required_pull_request_reviews: {
            url: `${url}/required_pull_request_reviews`,
            dismiss_stale_reviews: p.reviews.dismissStale,
            require_code_owner_reviews: p.reviews.codeOwners,
            required_approving_review_count: p.reviews.count,
            require_last_push_approval: p.reviews.lastPush,
            ...(p.reviews.bypass.length > 0
              ? { bypass_pull_request_allowances: { users: people(p.reviews.bypass), teams: [], apps: [] } }
              : {})
          }
        }),
    ...(p.restrictions === null
      ? {}
      : {
          restrictions: {
            url: `${url}/restrictions`,
            users_url: `${url}/restrictions/users`,
            teams_url: `${url}/restrictions/teams`,
            apps_url: `${url}/restrictions/apps`,
            users: people(p.restrictions.users),
            teams: p.restrictions.teams.flatMap(id => world.state.teams[id] ?? []).map(t => teamJson(world, t)),
            apps: p.restrictions.apps.map(slug => ({ slug, name: slug }))
          }
        })
  }
}

const protectedAs = (r: Repository, branch: string): Protection | undefined =>
  Object.hasOwn(r.protections, branch) ? r.protections[branch] : undefined

const getProtection: Handler = call => {
  const found = protectedAs(repo(call), call.params['branch'] ?? '')
  if (found === undefined) throw Object.assign(notFound(), { message: 'Branch not protected' })
  return ok(protectionJson(call.world, repo(call), call.params['branch'] ?? '', found))
}

const putProtection: Handler = call => {
  const r = repo(call)
  const branch = call.params['branch'] ?? ''
  if (call.world.git(r).refs.get(`refs/heads/${branch}`) === undefined)
    throw Object.assign(notFound(), { message: 'Branch not found' })
  const known = protectedAs(r, branch) !== undefined
  const made = protectionFrom(call.world, r, call.body as ProtectionRequest)
  r.protections[branch] = made
  raiseProtection(call, r, branch, known ? 'edited' : 'created')
  return ok(protectionJson(call.world, r, branch, made))
}

const deleteProtection: Handler = call => {
  const r = repo(call)
  const branch = call.params['branch'] ?? ''
  if (protectedAs(r, branch) === undefined) throw Object.assign(notFound(), { message: 'Branch not protected' })
  delete r.protections[branch]
  raiseProtection(call, r, branch, 'deleted')
  return nothing()
}

function raiseProtection(call: Call, r: Repository, name: string, action: string): void {
  call.world.raise({
    event: 'branch_protection_rule',
    action,
    repository: r,
    sender: who(call),
    payload: {
      rule: { id: r.id, name, repository_id: r.id, created_at: r.createdAt, updated_at: call.world.stamp() },
      ...(action === 'edited' ? { changes: {} } : {})
    }
  })
}

/** A ruleset as it is asked for. */
export interface RulesetRequest {
  name?: string
  enforcement?: Ruleset['enforcement']
  bypass_actors?: Ruleset['bypassActors']
  conditions?: { ref_name?: { include?: string[]; exclude?: string[] } }
  rules?: Ruleset['rules']
}

/** The stored form of a new ruleset, or of a change to `known`. */
export function rulesetFrom(world: World, asked: RulesetRequest, known?: Ruleset): Ruleset {
  const at = world.stamp()
  return {
    id: known?.id ?? world.id(),
    name: asked.name ?? known?.name ?? '',
    enforcement: asked.enforcement ?? known?.enforcement ?? 'active',
    bypassActors: asked.bypass_actors ?? known?.bypassActors ?? [],
    include: asked.conditions?.ref_name?.include ?? known?.include ?? [],
    exclude: asked.conditions?.ref_name?.exclude ?? known?.exclude ?? [],
    rules: asked.rules ?? known?.rules ?? [],
    createdAt: known?.createdAt ?? at,
    updatedAt: at
  }
}

function ruleset(call: Call): Ruleset {
  const found = repo(call).rulesets.find(s => s.id === Number(call.params['ruleset_id']))
  if (found === undefined) throw notFound()
  return found
}

function raiseRuleset(call: Call, r: Repository, s: Ruleset, action: string): void {
  const payload = { repository_ruleset: rulesetJson(call.world, r, s), ...(action === 'edited' ? { changes: {} } : {}) }
  call.world.raise({ event: 'repository_ruleset', action, repository: r, sender: who(call), payload })
}

const createRuleset: Handler = call => {
  const r = repo(call)
  const made = rulesetFrom(call.world, call.body as RulesetRequest)
  r.rulesets.push(made)
  raiseRuleset(call, r, made, 'created')
  return created(rulesetJson(call.world, r, made))
}

const updateRuleset: Handler = call => {
  const r = repo(call)
  const made = rulesetFrom(call.world, call.body as RulesetRequest, ruleset(call))
  r.rulesets = r.rulesets.map(s => (s.id === made.id ? made : s))
  raiseRuleset(call, r, made, 'edited')
  return ok(rulesetJson(call.world, r, made))
}

const deleteRuleset: Handler = call => {
  const [r, s] = [repo(call), ruleset(call)]
  r.rulesets = r.rulesets.filter(one => one.id !== s.id)
  raiseRuleset(call, r, s, 'deleted')
  return nothing()
}

/** The rules of active rulesets that hold for a branch; classic protection is not among them. */
const branchRules: Handler = call => {
  const r = repo(call)
  const applied = r.rulesets.filter(s => s.enforcement === 'active' && covers(r, s, call.params['branch'] ?? ''))
  return paged(
    applied.flatMap(s =>
      s.rules.map(rule => ({
        ...rule,
        ruleset_source_type: 'Repository',
        ruleset_source: fullName(call.world, r),
        ruleset_id: s.id
      }))
    )
  )
}

/** The bypass list is shown only to who may change the ruleset; everybody is told how they may pass it themselves. */
const getRuleset: Handler = call => {
  const { actor, world } = call
  const [r, s] = [repo(call), ruleset(call)]
  const mayChange =
    actor.kind === 'user' ? roleOf(world, r, actor.account.id) === 'admin' : holds(actor, 'administration:write')
  const { bypass_actors: bypass, ...rest } = rulesetJson(world, r, s) as Record<string, Json>
  const own = actor.kind === 'user' || actor.kind === 'installation' ? passage(world, r, s, passer(call)) : 'never'
  return ok({
    ...rest,
    ...(mayChange ? { bypass_actors: bypass } : {}),
    current_user_can_bypass: own,
    node_id: nodeId('RRS', s.id)
  })
}

/** Handlers by operation id. */
export const protection: Record<string, Handler> = {
  'repos/get-branch-protection': getProtection,
  'repos/update-branch-protection': putProtection,
  'repos/delete-branch-protection': deleteProtection,
  'repos/get-branch-rules': branchRules,
  'repos/get-repo-ruleset': getRuleset,
  'repos/create-repo-ruleset': createRuleset,
  'repos/update-repo-ruleset': updateRuleset,
  'repos/delete-repo-ruleset': deleteRuleset,
  'repos/get-repo-rulesets': call => paged(repo(call).rulesets.map(s => rulesetJson(call.world, repo(call), s, false)))
}
