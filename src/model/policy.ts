// Policy: organisation-wide rules that no contract, amendment or request can loosen (DESIGN §3).
import type { Json } from './ports.ts'
import { parseDuration } from './duration.ts'
import type { Parsed, Source } from './problem.ts'
import { largeBytes, parseAs } from './schema.ts'
import type { DocumentType } from './schema.ts'
import type { Finding } from './schema-words.ts'
import { suggest } from './suggest.ts'

/** What a rule looks at. */
export type PolicySubject = 'request' | 'amendment' | 'contract'

/** A policy as parsed. CEL is only bounded here; the decider checks it at load. */
export interface Policy {
  kind: 'Policy'
  id: string
  title: string
  rules: PolicyRule[]
  never: ToxicCombination[]
  limits: PolicyLimits
  examples: PolicyExample[]
}

/**
 * `deny`: refused where `test` holds. `require`: refused unless `test` holds. `warn`: said where `test` holds.
 * `when` (absent: always) says where the rule applies.
 */
export interface PolicyRule {
  id: string
  on: PolicySubject[]
  when?: string
  effect: 'deny' | 'require' | 'warn'
  test: string
  because: string
  controls: string[]
}

/** One person never holds two of these at once. */
export interface ToxicCombination {
  id: string
  of: ClauseReference[]
  because: string
}

/** Written `contract/clause`. */
export interface ClauseReference {
  contract: string
  clause: string
}

/** Caps over everything. Absent: no cap here. Counted by person, never by login (attack #87). */
export interface PolicyLimits {
  /** Longest duration of any grant. */
  maxSeconds?: number
  /** Live grants of one subject. */
  liveGrants?: number
  /** Open requests of one author (attack #74). */
  openRequests?: number
  /** How often one subject is granted something; all of them hold. */
  grants?: GrantRate[]
}

/**
 * At most `count` grants of one subject within any `perSeconds`: a window that slides, from one decision to allow to the
 * next. A grant counts from its decision until exactly `perSeconds` later, however early it ended.
 */
export interface GrantRate {
  count: number
  perSeconds: number
  /** Asks for and counts only these clauses; empty: everything. */
  of: ClauseReference[]
}

/** How far back these policies look at what was granted, in seconds; 0: not at all. What cannot be read denies anyway. */
export function longestPeriodSeconds(policies: readonly { parsed: Parsed<Policy> | null }[]): number {
  const rates = policies.flatMap(({ parsed }) => (parsed?.ok === true ? (parsed.value.limits.grants ?? []) : []))
  return Math.max(0, ...rates.map(({ perSeconds }) => perSeconds))
}

/** A case that `addendum test` runs: `given` are variables as the rules see them, over the engine's defaults. */
export interface PolicyExample {
  name: string
  on: PolicySubject
  given: Record<string, Json>
  /** What the subject was granted before: how long before `now`, and which clause; null: the one that is asked for. */
  recentGrants: { agoSeconds: number; clause: ClauseReference | null }[]
  expect: 'allow' | 'deny' | 'warn'
  /** Ids of the rules that must be what decided. */
  by: string[]
}

/** Parses a policy, or says everything that is wrong with it. */
export function parsePolicy(file: string, text: Source): Parsed<Policy> {
  return parseAs(type, file, text)
}

interface RawPolicy {
  id: string
  title: string
  rules?: RawRule[]
  never?: { id: string; of: string[]; because: string }[]
  limits?: { duration?: string; liveGrants?: number; openRequests?: number; grants?: RawRate[] }
  examples?: RawExample[]
}

interface RawRate {
  count: number
  per: string
  of?: string[]
}

interface RawExample extends Omit<PolicyExample, 'by' | 'recentGrants'> {
  recentGrants?: { ago: string; clause?: string }[]
  by?: string[]
}

interface RawRule {
  id: string
  on: PolicySubject[]
  when?: string
  deny?: string
  require?: string
  warn?: string
  because: string
  controls?: string[]
}

const type: DocumentType<RawPolicy, Policy> = {
  kind: 'Policy',
  schema: 'policy.schema.json',
  maxBytes: largeBytes,
  check: raw => [...checkIds(raw), ...checkExamples(raw)],
  build: raw => ({
    kind: 'Policy',
    id: raw.id,
    title: raw.title,
    rules: (raw.rules ?? []).map(buildRule),
    never: (raw.never ?? []).map(rule => ({ ...rule, of: rule.of.map(buildReference) })),
    limits: buildLimits(raw.limits ?? {}),
    examples: (raw.examples ?? []).map(buildExample)
  })
}

// Rules and combinations share their ids: a decision cites one by its id alone.
function checkIds(raw: RawPolicy): Finding[] {
  const seen = new Set<string>()
  const idsOf = (list: { id: string }[] | undefined, at: string) =>
    (list ?? []).map(({ id }, index) => ({ id, pointer: `/${at}/${index}/id` }))
  return [...idsOf(raw.rules, 'rules'), ...idsOf(raw.never, 'never')].flatMap(({ id, pointer }): Finding[] => {
    if (!seen.has(id)) {
      seen.add(id)
      return []
    }
    const message = 'Another rule of this policy has the same id.'
    const example = 'id: long-needs-ticket'
    return [{ code: 'value.duplicate', pointer, on: 'value', message, expected: 'each id once', example }]
  })
}

function checkExamples(raw: RawPolicy): Finding[] {
  const known = [...(raw.rules ?? []), ...(raw.never ?? [])].map(rule => rule.id)
  return (raw.examples ?? []).flatMap((example, i) => [
    ...checkRecentGrants(example, `/examples/${i}/recentGrants`),
    ...(example.by ?? []).flatMap((id, j): Finding[] => {
      if (known.includes(id)) return []
      const at = { code: 'value.reference' as const, pointer: `/examples/${i}/by/${j}`, on: 'value' as const }
      const message = 'This example names a rule that the policy does not have.'
      const suggestion = suggest(id, known)
      return [{ ...at, message, expected: 'a rule of this policy', suggestion, example: 'by: [long-needs-ticket]' }]
    })
  ])
}

// What nobody asks for is not granted, and would be stated in vain.
function checkRecentGrants({ on, recentGrants }: RawExample, pointer: string): Finding[] {
  if (recentGrants === undefined || on === 'request') return []
  const message = 'Only a request is judged by recent grants.'
  return [{ code: 'schema.unknown-key', pointer, on: 'key', message, expected: 'on: request', example: 'on: request' }]
}

function buildRule({ deny, require, warn, when, ...rule }: RawRule): PolicyRule {
  const effect = deny !== undefined ? 'deny' : require !== undefined ? 'require' : 'warn'
  const test = (deny ?? require ?? warn) as string
  const always = when === undefined ? {} : { when }
  return { id: rule.id, on: rule.on, ...always, effect, test, because: rule.because, controls: rule.controls ?? [] }
}

function buildReference(text: string): ClauseReference {
  const [contract, clause] = text.split('/') as [string, string]
  return { contract, clause }
}

function buildLimits({ duration, grants, ...counts }: NonNullable<RawPolicy['limits']>): PolicyLimits {
  return {
    ...(duration === undefined ? {} : { maxSeconds: parseDuration(duration) as number }),
    ...counts,
    ...(grants === undefined ? {} : { grants: grants.map(buildRate) })
  }
}

function buildRate({ count, per, of = [] }: RawRate): GrantRate {
  return { count, perSeconds: parseDuration(per) as number, of: of.map(buildReference) }
}

function buildExample({ recentGrants = [], by = [], ...example }: RawExample): PolicyExample {
  const recent = recentGrants.map(({ ago, clause }) => {
    return { agoSeconds: parseDuration(ago) as number, clause: clause === undefined ? null : buildReference(clause) }
  })
  return { ...example, recentGrants: recent, by }
}
