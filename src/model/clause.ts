// Clause: the unit of a contract, its terms, and how they are read from YAML (DESIGN §3).
import { parseDuration } from './duration.ts'
import { buildEmergency, checkEmergency } from './emergency.ts'
import type { Emergency, RawEmergency } from './emergency.ts'
import type { Access } from './entitlement.ts'
import { parseHours } from './formats.ts'
import type { PrincipalName } from './principal.ts'
import type { InputValue } from './request.ts'
import { fragment } from './schema-words.ts'
import type { Finding } from './schema-words.ts'
import type { Stage } from './stage.ts'
import { ticketMatches } from './ticket-pattern.ts'

export type { Stage } from './stage.ts'

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
  /** Absent: no break-glass. */
  emergency?: Emergency
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

/** The action as sentences name it: `ops/restart-service`. */
export function actionName({ provider, name }: Pick<Action, 'provider' | 'name'>): string {
  return `${provider}/${name}`
}

/** What an input may be. `pattern` is one of `./ticket-pattern.ts`; `number` is inclusive at both ends. */
export type InputRule =
  | { kind: 'enum'; values: InputValue[] }
  | { kind: 'pattern'; pattern: string }
  | { kind: 'text'; maxLength: number }
  | { kind: 'number'; minimum: number; maximum: number }

/** Stages are all needed; `automatic` is a CEL expression in place of people. */
export type Approvals = { kind: 'stages'; stages: Stage[] } | { kind: 'automatic'; when: string }

/** What must hold besides approvals. An absent condition is no condition. */
export interface Conditions {
  /** A pattern in the subset of `./ticket-pattern.ts`; the request's ticket must match. */
  ticket?: string
  window?: Window
  require: Requirement[]
}

/** A day of the week, as a window names it. */
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

/** A clause as YAML writes it, after its schema held. */
export interface RawClause {
  title: string
  text?: string
  access?: Access[]
  action?: { provider: string; name: string; inputs?: Record<string, RawInputRule> }
  eligible?: PrincipalName[]
  duration?: { default: string; max: string }
  approvals: Stage | Stage[] | { automatic: string }
  conditions?: { ticket?: string; window?: { days: Weekday[]; hours: string; zone: string }; require?: Requirement[] }
  emergency?: RawEmergency
  controls?: string[]
}

interface RawInputRule {
  enum?: InputValue[]
  pattern?: string
  maxLength?: number
  minimum?: number
  maximum?: number
}

/** Whether `value` is allowed by `rule`. Linear in its input. */
export function inputHolds(rule: InputRule, value: InputValue): boolean {
  switch (rule.kind) {
    case 'enum':
      return rule.values.includes(value)
    case 'pattern':
      return typeof value === 'string' && ticketMatches(rule.pattern, value)
    case 'text':
      return typeof value === 'string' && value.length <= rule.maxLength
    case 'number':
      return typeof value === 'number' && value >= rule.minimum && value <= rule.maximum
  }
}

/** The clause as it is in an emergency: who may ask, who must approve, for how long. Null where it allows none. */
export function inEmergency(clause: Clause): Clause | null {
  const { emergency, duration, eligible } = clause
  if (emergency === undefined || duration === undefined) return null
  const maxSeconds = Math.min(emergency.maxSeconds, duration.maxSeconds)
  const who = emergency.eligible ?? eligible
  return {
    ...clause,
    ...(who === undefined ? {} : { eligible: who }),
    duration: { defaultSeconds: Math.min(duration.defaultSeconds, maxSeconds), maxSeconds },
    approvals: { kind: 'stages', stages: emergency.stages }
  }
}

/** What the schema cannot say about a clause, or about the fields of one that an amendment sets. */
export function checkClause(raw: Partial<RawClause>, pointer: string, whole: boolean): Finding[] {
  const findings = checkEmergency(raw, pointer)
  const { duration, access, action } = raw
  if (duration !== undefined && seconds(duration.default) > seconds(duration.max)) {
    const message = 'The default duration is longer than the maximum.'
    const at = { code: 'value.order' as const, pointer: `${pointer}/duration/default`, on: 'value' as const, message }
    findings.push({ ...at, expected: `at most ${duration.max}`, example: fragment('default', duration.max) })
  }
  if (whole && access !== undefined && duration === undefined) {
    const message = 'A clause that gives access needs a "duration".'
    const example = fragment('duration', { default: '1h', max: '8h' })
    const expected = '"duration" with default and max'
    findings.push({ code: 'schema.missing', pointer, on: 'missing', message, expected, example })
  }
  if (action !== undefined && duration !== undefined) {
    const message = 'A clause that is an action has no duration: it is done once.'
    const at = { code: 'schema.choice' as const, pointer: `${pointer}/duration`, on: 'key' as const, message }
    const example = fragment('action', { provider: 'ops', name: 'restart-service' })
    findings.push({ ...at, expected: 'action without duration', example })
  }
  for (const [name, rule] of Object.entries(action?.inputs ?? {})) {
    if (rule.minimum === undefined || rule.minimum <= (rule.maximum as number)) continue
    const where = `${pointer}/action/inputs/${name}/minimum`
    const at = { code: 'value.order' as const, pointer: where, on: 'value' as const }
    const message = 'The minimum is above the maximum.'
    findings.push({ ...at, message, expected: `at most ${rule.maximum}`, example: 'minimum: 1\nmaximum: 10' })
  }
  return findings
}

/** The terms of a whole clause. */
export function buildClause(raw: RawClause): Clause {
  const defaults: Partial<Clause> = { conditions: { require: [] }, controls: [] }
  return { ...defaults, ...buildTerms(raw) } as Clause
}

/** The terms that are written, and no others: for an amendment's `set`. */
export function buildTerms(raw: Partial<RawClause>): Partial<Clause> {
  const { action, duration, approvals, conditions, emergency, title, text, access, eligible, controls } = raw
  return {
    ...(title === undefined ? {} : { title }),
    ...(text === undefined ? {} : { text: text.trim() }),
    ...(access === undefined ? {} : { access }),
    ...(action === undefined ? {} : { action: { ...action, inputs: mapValues(action.inputs ?? {}, buildInputRule) } }),
    ...(eligible === undefined ? {} : { eligible }),
    ...(duration === undefined ? {} : { duration: buildDuration(duration) }),
    ...(approvals === undefined ? {} : { approvals: buildApprovals(approvals) }),
    ...(conditions === undefined ? {} : { conditions: buildConditions(conditions) }),
    ...(emergency === undefined ? {} : { emergency: buildEmergency(emergency) }),
    ...(controls === undefined ? {} : { controls })
  }
}

function buildDuration(raw: { default: string; max: string }): ClauseDuration {
  return { defaultSeconds: seconds(raw.default), maxSeconds: seconds(raw.max) }
}

function buildApprovals(raw: RawClause['approvals']): Approvals {
  if ('automatic' in raw) return { kind: 'automatic', when: raw.automatic }
  return { kind: 'stages', stages: [raw].flat() }
}

function buildConditions(raw: NonNullable<RawClause['conditions']>): Conditions {
  const { ticket, window, require = [] } = raw
  return {
    ...(ticket === undefined ? {} : { ticket }),
    ...(window === undefined ? {} : { window: buildWindow(window) }),
    require
  }
}

function buildWindow({ days, hours, zone }: { days: Weekday[]; hours: string; zone: string }): Window {
  const { startMinute, endMinute } = parseHours(hours) as { startMinute: number; endMinute: number }
  return { days, startMinute, endMinute, zone }
}

function buildInputRule(raw: RawInputRule): InputRule {
  if (raw.enum !== undefined) return { kind: 'enum', values: raw.enum }
  if (raw.pattern !== undefined) return { kind: 'pattern', pattern: raw.pattern }
  if (raw.maxLength !== undefined) return { kind: 'text', maxLength: raw.maxLength }
  return { kind: 'number', minimum: raw.minimum as number, maximum: raw.maximum as number }
}

function mapValues<A, B>(record: Record<string, A>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}

function seconds(duration: string): number {
  return parseDuration(duration) as number
}
