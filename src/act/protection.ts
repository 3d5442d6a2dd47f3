// Writes the recommended rulesets with an administrator's own token, as `addendum doctor --fix` does; the app cannot.
import type { Ruleset, RulesetRule } from '../model/protection.ts'
import { at } from '../read/repository.ts'
import type { Repository } from '../read/repository.ts'

/** What is to be done about one ruleset. `changes`: what of it is not as it should be; empty where it stays. */
export interface RulesetStep {
  kind: 'create' | 'update' | 'keep'
  id: number | null
  ruleset: Ruleset
  changes: ('enforcement' | 'bypass' | 'branches' | 'rules')[]
}

interface Listed {
  id: number
  name: string
  enforcement: string
  bypass_actors?: { actor_id?: number | null; actor_type: string; bypass_mode?: string }[]
  conditions?: { ref_name?: { include?: string[]; exclude?: string[] } }
  rules?: ListedRule[]
}

interface ListedRule {
  type: string
  parameters?: Record<string, unknown>
}

/** Compares the repository's own rulesets with those that are wanted, by name. Reads only; done twice, all is kept. */
export async function planRulesets(repository: Repository, wanted: readonly Ruleset[]): Promise<RulesetStep[]> {
  const known = await listRulesets(repository)
  return await Promise.all(
    wanted.map(async (ruleset): Promise<RulesetStep> => {
      const id = known.find(one => one.name === ruleset.name)?.id
      if (id === undefined) return { kind: 'create', id: null, ruleset, changes: ['rules'] }
      const { data } = await repository.github.request('GET /repos/{owner}/{repo}/rulesets/{ruleset_id}', {
        ...at(repository),
        ruleset_id: id
      })
      const found = data as unknown as Listed
      const changes = changesOf(found, ruleset)
      return { kind: changes.length === 0 ? 'keep' : 'update', id, ruleset: onto(found, ruleset), changes }
    })
  )
}

async function listRulesets(repository: Repository): Promise<{ id: number; name: string }[]> {
  const all: { id: number; name: string }[] = []
  for (let page = 1; ; page += 1) {
    const { data } = await repository.github.request('GET /repos/{owner}/{repo}/rulesets', {
      ...at(repository),
      includes_parents: false,
      per_page: 100,
      page
    })
    all.push(...data.map(({ id, name }) => ({ id, name })))
    if (data.length < 100) return all
  }
}

/** Writes what the plan says. Each ruleset is one request, so that one that fails leaves the others whole. */
export async function performRulesets(repository: Repository, steps: readonly RulesetStep[]): Promise<void> {
  for (const { kind, id, ruleset } of steps) {
    const body = { ...at(repository), ...ruleset }
    if (kind === 'create') await repository.github.request('POST /repos/{owner}/{repo}/rulesets', body as never)
    if (kind === 'update' && id !== null) {
      const asked = { ...body, ruleset_id: id }
      await repository.github.request('PUT /repos/{owner}/{repo}/rulesets/{ruleset_id}', asked as never)
    }
  }
}

function changesOf(found: Listed, wanted: Ruleset): RulesetStep['changes'] {
  const actors = (list: NonNullable<Listed['bypass_actors']>): string[] =>
    list.map(actor => `${actor.actor_type} ${actor.actor_id ?? ''} ${actor.bypass_mode ?? 'always'}`)
  const { include = [], exclude = [] } = found.conditions?.ref_name ?? {}
  const { ref_name: refs } = wanted.conditions
  const rules = found.rules ?? []
  const changes: RulesetStep['changes'] = []
  if (found.enforcement !== wanted.enforcement) changes.push('enforcement')
  // Not shown is not known to be right.
  const passing = found.bypass_actors
  if (passing === undefined || !same(actors(passing), actors(wanted.bypass_actors))) changes.push('bypass')
  if (!same(include, refs.include) || !same(exclude, refs.exclude)) changes.push('branches')
  if (!wanted.rules.every(rule => rules.some(one => covers(one, rule)))) changes.push('rules')
  return changes
}

function same(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && [...some].sort().every((one, index) => one === [...others].sort()[index])
}

// GitHub adds parameters of its own, and an administrator may have added checks: neither takes anything away.
function covers(found: ListedRule, wanted: RulesetRule): boolean {
  if (found.type !== wanted.type) return false
  if (!('parameters' in wanted)) return true
  return Object.entries(wanted.parameters).every(([name, value]) => {
    const has = found.parameters?.[name]
    if (!Array.isArray(value)) return has === value
    const listed = checksOf(has)
    return value.every(check =>
      listed.some(one => one.context === check.context && one.integration_id === check.integration_id)
    )
  })
}

/** The wanted ruleset, with the rules and the checks that the one that is there has beyond it. */
function onto(found: Listed, wanted: Ruleset): Ruleset {
  const rules = wanted.rules.map((rule): RulesetRule => {
    if (rule.type !== 'required_status_checks') return rule
    const ours = rule.parameters.required_status_checks
    const there = (found.rules ?? []).find(one => one.type === rule.type)?.parameters?.['required_status_checks']
    const others = checksOf(there).filter(one => !ours.some(check => check.context === one.context))
    return { ...rule, parameters: { ...rule.parameters, required_status_checks: [...ours, ...others] } }
  })
  const more = (found.rules ?? []).filter(one => !wanted.rules.some(rule => rule.type === one.type))
  return { ...wanted, rules: [...rules, ...(more as RulesetRule[])] }
}

type Check = { context: string; integration_id: number }

function checksOf(value: unknown): Check[] {
  return Array.isArray(value) ? (value as Check[]) : []
}
