// The rules over main and over the ledger's branch, as GitHub has them now: read at every decision (attacks #63, #66).
import { Fault } from '../model/fault.ts'
import type { BranchProtection, Guard, GuardRule, Passage } from '../model/protection.ts'
import { statusOf } from './github.ts'
import type { GitHub } from './github.ts'
import { offersMore } from './offers.ts'
import { at } from './repository.ts'
import type { Repository } from './repository.ts'

/** Who asks: the app sees its own passage through each ruleset, an administrator sees everybody's. */
export type Eyes = { as: 'app' | 'administrator'; app: number }

/** What of a ruleset its rules do not say. Names and bypass lists may be this old; the rules themselves never are. */
type Details = Pick<Guard, 'name' | 'bypass' | 'app'>
const detailsMs = 5 * 60_000
const known = new WeakMap<GitHub, Map<string, { readAt: number; details: Details }>>()

/**
 * The rules in force on main and on `ledger/<year>`, whether or not that branch exists yet. Two requests, mostly
 * answered 304; the rulesets themselves are asked for again every five minutes, or at once with `fresh`. A branch whose
 * rules GitHub refuses to show is null: unknown.
 */
export async function readBranchProtection(
  repository: Repository,
  eyes: Eyes,
  options: { now: Date; fresh?: boolean }
): Promise<BranchProtection> {
  const [main, ledger] = await Promise.all([
    readGuards(repository, repository.defaultBranch, eyes, options),
    readGuards(repository, `ledger/${options.now.getUTCFullYear()}`, eyes, options)
  ])
  return { app: eyes.app, main, ledger }
}

async function readGuards(
  repository: Repository,
  branch: string,
  eyes: Eyes,
  options: { now: Date; fresh?: boolean }
): Promise<Guard[] | null> {
  const rules = await shown(async () => await readRules(repository, branch))
  if (rules === null) return null
  const ids = [...new Set(rules.map(rule => rule.ruleset_id ?? 0))].sort((a, b) => a - b)
  return await Promise.all(
    ids.map(async id => ({
      ...(await readDetails(repository, id, eyes, options)),
      rules: rules.filter(rule => (rule.ruleset_id ?? 0) === id).flatMap(ruleOf)
    }))
  )
}

interface ListedRule {
  type: string
  ruleset_id?: number
  parameters?: Record<string, unknown>
}

async function readRules(repository: Repository, branch: string): Promise<ListedRule[]> {
  const all: ListedRule[] = []
  for (let page = 1; ; page += 1) {
    const { data } = await repository.github.request('GET /repos/{owner}/{repo}/rules/branches/{branch}', {
      ...at(repository),
      branch,
      per_page: 100,
      page
    })
    all.push(...(data as ListedRule[]))
    if (data.length < 100) return all
  }
}

const plainRules = new Set([
  'creation',
  'deletion',
  'merge_queue',
  'non_fast_forward',
  'required_linear_history',
  'update'
])

// Rules that do not matter here are left out; a parameter of an unexpected kind is read as not set.
function ruleOf({ type, parameters = {} }: ListedRule): GuardRule[] {
  if (plainRules.has(type)) return [{ type } as GuardRule]
  if (type === 'pull_request') {
    const count = Number(parameters['required_approving_review_count'] ?? 0)
    return [
      {
        type,
        approvals: Number.isSafeInteger(count) ? count : 0,
        codeOwners: parameters['require_code_owner_review'] === true,
        dismissStale: parameters['dismiss_stale_reviews_on_push'] === true,
        lastPush: parameters['require_last_push_approval'] === true
      }
    ]
  }
  if (type !== 'required_status_checks') return []
  const listed = parameters['required_status_checks']
  const checks = Array.isArray(listed) ? (listed as { context?: unknown; integration_id?: unknown }[]) : []
  return [
    {
      type,
      checks: checks.flatMap(({ context, integration_id: app }) =>
        typeof context === 'string' ? [{ context, app: typeof app === 'number' && app > 0 ? app : null }] : []
      )
    }
  ]
}

async function readDetails(
  repository: Repository,
  id: number,
  eyes: Eyes,
  { now, fresh = false }: { now: Date; fresh?: boolean }
): Promise<Details> {
  const unknown: Details = { name: `ruleset ${id}`, bypass: null, app: 'unknown' }
  if (!offersMore(repository.github)) return unknown
  let kept = known.get(repository.github)
  if (kept === undefined) known.set(repository.github, (kept = new Map()))
  const key = `${repository.id}/${id}`
  const found = kept.get(key)
  if (found !== undefined && !fresh && now.getTime() - found.readAt < detailsMs) return found.details
  const details = (await shown(async () => await readRuleset(repository, id, eyes))) ?? unknown
  kept.set(key, { readAt: now.getTime(), details })
  return details
}

interface ShownRuleset {
  name: string
  bypass_actors?: { actor_id?: number | null; actor_type: string; bypass_mode?: string }[]
  current_user_can_bypass?: string
}

async function readRuleset(repository: Repository, id: number, eyes: Eyes): Promise<Details> {
  const { data } = await repository.github.request('GET /repos/{owner}/{repo}/rulesets/{ruleset_id}', {
    ...at(repository),
    ruleset_id: id
  })
  const ruleset = data as ShownRuleset
  // Absent unless whoever asks may change the ruleset (GitHub docs: REST, get a repository ruleset).
  const bypass = ruleset.bypass_actors?.map(({ actor_id: actor = null, actor_type: type, bypass_mode: mode }) => {
    return { type, id: actor, mode: mode ?? 'always' }
  })
  const listed = bypass?.find(actor => actor.type === 'Integration' && actor.id === eyes.app)
  const told = eyes.as === 'app' ? ruleset.current_user_can_bypass : undefined
  const own = bypass === undefined ? told : (listed?.mode ?? 'never')
  return { name: ruleset.name, bypass: bypass ?? null, app: passageOf(own) }
}

function passageOf(mode: string | undefined): Passage {
  if (mode === 'pull_requests_only') return 'pull_request'
  return mode === 'never' || mode === 'pull_request' || mode === 'always' || mode === 'exempt' ? mode : 'unknown'
}

/** What GitHub shows; null where it refuses to, so that the caller knows that it does not know. */
export async function shown<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (statusOf(error) === 404) return null
    if (error instanceof Fault && error.code === 'github.forbidden' && statusOf(error.cause) === 403) return null
    throw error
  }
}
