// Policy: organisation-wide rules that no contract, amendment or request can loosen (DESIGN §3).
import type { Json } from './ports.ts'
import type { Parsed, Source } from './problem.ts'

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
}

/** A case that `addendum test` runs: `given` are variables as the rules see them, over the engine's defaults. */
export interface PolicyExample {
  name: string
  on: PolicySubject
  given: Record<string, Json>
  expect: 'allow' | 'deny' | 'warn'
  /** Ids of the rules that must be what decided. */
  by: string[]
}

/** Parses a policy, or says everything that is wrong with it. */
export declare function parsePolicy(file: string, text: Source): Parsed<Policy>
