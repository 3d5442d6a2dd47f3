// Contract: the standing agreement, its clauses and their terms (DESIGN §3).
import type { PrincipalName } from './principal.ts'
import type { Parsed, Source } from './problem.ts'
import { buildClause, checkClause } from './clause.ts'
import type { Clause, RawClause } from './clause.ts'
import { parseDuration } from './duration.ts'
import { parseInstantOrDate } from './instant.ts'
import type { Json } from './ports.ts'
import { backwards, findingsIn, largeBytes, parseAs } from './schema.ts'
import type { DocumentType } from './schema.ts'
import type { Finding } from './schema-words.ts'
import { suggest } from './suggest.ts'

export type {
  Action,
  Approvals,
  Clause,
  ClauseDuration,
  Conditions,
  InputRule,
  Requirement,
  Stage,
  Weekday,
  Window
} from './clause.ts'
export { inEmergency, inputHolds } from './clause.ts'
export type { Emergency } from './emergency.ts'

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
 * What no amendment may loosen: at least `approvals.count` approvals in all, at most `duration.…` seconds;
 * a condition with `true` must stay as the contract has it.
 */
export type Floor =
  | { clause: string; term: 'approvals.count' | 'duration.default' | 'duration.max'; value: number }
  | { clause: string; term: 'conditions.ticket' | 'conditions.window' | 'conditions.require'; value: true }

/** Parses a contract, or says everything that is wrong with it. CEL is only bounded here; the decider checks it. */
export function parseContract(file: string, text: Source): Parsed<Contract> {
  return parseAs(type, file, text)
}

/** What keeps plain data, as YAML would give it, from being a contract; nothing where it is one. */
export function checkContract(raw: Json): Finding[] {
  return findingsIn(type, raw)
}

interface RawContract {
  id: string
  title: string
  version: number
  parties: Contract['parties']
  effective: { from: string; until: string }
  clauses: Record<string, RawClause>
  floors?: Record<string, string | number | true>
}

const type: DocumentType<RawContract, Contract> = {
  kind: 'Contract',
  schema: 'contract.schema.json',
  maxBytes: largeBytes,
  check: raw => [
    ...backwards(raw.effective.from, raw.effective.until),
    ...Object.entries(raw.clauses).flatMap(([id, clause]) => checkClause(clause, `/clauses/${id}`, true)),
    ...Object.keys(raw.floors ?? {}).flatMap(floor => checkFloor(floor, raw))
  ],
  build: raw => ({
    kind: 'Contract',
    id: raw.id,
    title: raw.title,
    version: raw.version,
    parties: raw.parties,
    effective: {
      fromAt: parseInstantOrDate(raw.effective.from) as Date,
      untilAt: parseInstantOrDate(raw.effective.until) as Date
    },
    clauses: Object.fromEntries(Object.entries(raw.clauses).map(([id, clause]) => [id, buildClause(clause)])),
    floors: Object.entries(raw.floors ?? {}).map(([floor, value]) => buildFloor(floor, value))
  })
}

function checkFloor(floor: string, raw: RawContract): Finding[] {
  const [clause = ''] = floor.split('.')
  if (Object.hasOwn(raw.clauses, clause)) return []
  const known = Object.keys(raw.clauses)
  const message = 'This floor names a clause that the contract does not have.'
  const suggestion = suggest(clause, known)
  const example = 'floors: {C-read.approvals.count: 1}'
  const at = { code: 'value.reference' as const, pointer: `/floors/${floor}`, on: 'key' as const }
  return [{ ...at, message, expected: `a clause of this contract`, suggestion, example }]
}

function buildFloor(floor: string, value: string | number | true): Floor {
  const [clause = '', ...term] = floor.split('.')
  const plain = typeof value === 'string' ? parseDuration(value) : value
  return { clause, term: term.join('.'), value: plain } as Floor
}
