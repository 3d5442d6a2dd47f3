// Contract: the standing agreement, its clauses and their terms (DESIGN §3).
import type { Access } from './entitlement.ts'
import type { PrincipalName } from './principal.ts'
import type { Parsed, Source } from './problem.ts'
import type { InputValue } from './request.ts'

/** A contract as parsed. */
export interface Contract {
  kind: 'Contract'
  id: string
  title: string
  version: number
  parties: { owner: PrincipalName; eligible: PrincipalName[] }
  /** In force from `fromAt` until just before `untilAt`. */
  effective: { fromAt: Date; untilAt: Date }
  /** By clause id. */
  clauses: Record<string, Clause>
  floors: Floor[]
}

/**
 * A clause's terms. Plain data without instants, so that `digestOf(clause)` is what an amendment's `expects` names.
 * Either access or an action, never both.
 */
export interface Clause {
  title: string
  text?: string
  /** A bundle: granted together. */
  access?: Access[]
  action?: Action
  /** Absent: the contract's `parties.eligible`. */
  eligible?: PrincipalName[]
  /** Present exactly where `access` is. */
  duration?: ClauseDuration
  approvals: Approvals
  conditions: Conditions
  /** `framework:id`, for example `soc2:CC6.3`. */
  controls: string[]
}

/** `defaultSeconds` where the request names none; never more than `maxSeconds`. */
export interface ClauseDuration {
  defaultSeconds: number
  maxSeconds: number
}

/** A one-shot operation of a provider. */
export interface Action {
  provider: string
  name: string
  /** By input name: what it may be. Every named input is needed, no other is taken. */
  inputs: Record<string, InputRule>
}

/** What an input may be. `pattern` is one of `./ticket-pattern.ts`; `number` is inclusive at both ends. */
export type InputRule =
  | { kind: 'enum'; values: InputValue[] }
  | { kind: 'pattern'; pattern: string }
  | { kind: 'text'; maxLength: number }
  | { kind: 'number'; minimum: number; maximum: number }

/** Stages are all needed; `automatic` is a CEL expression in place of people. */
export type Approvals = { kind: 'stages'; stages: Stage[] } | { kind: 'automatic'; when: string }

/** `count` (1–10) distinct people out of `from`. `codeowners`: the owners of the request's file. */
export interface Stage {
  count: number
  from: ('codeowners' | PrincipalName)[]
}

/** What must hold besides approvals. An absent condition is no condition. */
export interface Conditions {
  /** A pattern in the subset of `./ticket-pattern.ts`; the request's ticket must match. */
  ticket?: string
  window?: Window
  require: Requirement[]
}

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'

/**
 * When access may be held, on the wall clock of `zone` (IANA). Minutes since midnight, 0–1440, end exclusive.
 * `endMinute <= startMinute` is a night: it ends on the next day, and `days` names the day on which it begins.
 */
export interface Window {
  days: Weekday[]
  startMinute: number
  endMinute: number
  zone: string
}

/** Where `when` holds (absent: always), `rule` must hold. Both are CEL; `because` is the sentence shown. */
export interface Requirement {
  when?: string
  rule: string
  because: string
}

/**
 * What no amendment may loosen: at least `approvals.count` approvals in all, at most `duration.…` seconds;
 * a condition with `true` must stay as the contract has it.
 */
export type Floor =
  | { clause: string; term: 'approvals.count' | 'duration.default' | 'duration.max'; value: number }
  | { clause: string; term: 'conditions.ticket' | 'conditions.window' | 'conditions.require'; value: true }

/** Parses a contract, or says everything that is wrong with it. CEL is only bounded here; the decider checks it. */
export declare function parseContract(file: string, text: Source): Parsed<Contract>

/** Whether `value` is allowed by `rule`. Linear in its input. */
export declare function inputHolds(rule: InputRule, value: InputValue): boolean
