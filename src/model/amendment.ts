// Amendment: changes to the clauses of one contract, for a time (DESIGN §3).
import { buildClause, buildTerms, checkClause } from './clause.ts'
import type { Clause, RawClause } from './clause.ts'
import { parseInstantOrDate } from './instant.ts'
import type { Parsed, Source } from './problem.ts'
import { backwards, parseAs, smallBytes } from './schema.ts'
import type { DocumentType } from './schema.ts'
import { fragment } from './schema-words.ts'
import type { Finding } from './schema-words.ts'

/** An amendment as parsed. */
export interface Amendment {
  kind: 'Amendment'
  id: string
  contract: string
  /** `untilAt` is absent exactly where `permanent` is true. */
  effective: { fromAt: Date; untilAt?: Date }
  permanent: boolean
  reason: string
  changes: Change[]
  /** Ids of amendments of the same contract that this one replaces. */
  supersedes: string[]
  /** Live grants: `keep` as granted, or `rebound`: end earlier if now out of terms. */
  transition: 'keep' | 'rebound'
}

/** The named fields replace the clause's whole fields. */
export type ClauseTerms = Partial<Clause>

/** One change of one clause. `expects` is `digestOf(clause)` as the author saw it: else the amendment conflicts. */
export type Change =
  | { kind: 'amend'; clause: string; set: ClauseTerms; expects?: string }
  | { kind: 'add'; clause: string; with: Clause }
  | { kind: 'strike'; clause: string; expects?: string }

/** Parses an amendment, or says everything that is wrong with it. */
export function parseAmendment(file: string, text: Source): Parsed<Amendment> {
  return parseAs(type, file, text)
}

type RawAmendment = Pick<Amendment, 'id' | 'contract' | 'reason'> & {
  effective: { from: string; until?: string }
  permanent?: boolean
  changes: RawChange[]
  supersedes?: string[]
  transition?: 'keep' | 'rebound'
}

interface RawChange {
  amend?: string
  add?: string
  strike?: string
  set?: Partial<RawClause>
  with?: RawClause
  expects?: string
}

const type: DocumentType<RawAmendment, Amendment> = {
  kind: 'Amendment',
  schema: 'amendment.schema.json',
  maxBytes: smallBytes,
  check: raw => [
    ...backwards(raw.effective.from, raw.effective.until),
    ...checkEnd(raw),
    ...checkChanges(raw.changes),
    ...checkSelf(raw)
  ],
  build: raw => ({
    kind: 'Amendment',
    id: raw.id,
    contract: raw.contract,
    effective: {
      fromAt: parseInstantOrDate(raw.effective.from) as Date,
      ...(raw.effective.until === undefined ? {} : { untilAt: parseInstantOrDate(raw.effective.until) as Date })
    },
    permanent: raw.permanent ?? false,
    reason: raw.reason.trim(),
    changes: raw.changes.map(buildChange),
    supersedes: raw.supersedes ?? [],
    transition: raw.transition ?? 'keep'
  })
}

function checkEnd(raw: RawAmendment): Finding[] {
  const permanent = raw.permanent ?? false
  if (permanent === (raw.effective.until === undefined)) return []
  const example = 'effective: {from: 2026-12-01, until: 2026-12-08}'
  if (permanent) {
    const message = 'A permanent amendment has no "until".'
    const expected = 'permanent or until'
    return [{ code: 'schema.choice', pointer: '/effective/until', on: 'key', message, expected, example }]
  }
  const message = '"effective" has no "until", and the amendment is not permanent.'
  return [{ code: 'schema.missing', pointer: '/effective', on: 'missing', message, expected: '"until"', example }]
}

function checkChanges(changes: RawChange[]): Finding[] {
  const touched = new Set<string>()
  return changes.flatMap((change, index) => {
    const pointer = `/changes/${index}`
    const [verb, clause] = target(change)
    const findings = [...checkClause(change.set ?? {}, `${pointer}/set`, false)]
    if (change.with !== undefined) findings.push(...checkClause(change.with, `${pointer}/with`, true))
    if (touched.has(clause)) {
      const message = 'An amendment changes each clause once: put all its fields in one change.'
      const at = { code: 'value.duplicate' as const, pointer: `${pointer}/${verb}`, on: 'value' as const, message }
      findings.push({ ...at, expected: 'each clause once', example: fragment('changes', [{ strike: 'C-restart' }]) })
    }
    touched.add(clause)
    return findings
  })
}

function checkSelf(raw: RawAmendment): Finding[] {
  const index = raw.supersedes?.indexOf(raw.id) ?? -1
  if (index < 0) return []
  const message = 'An amendment cannot supersede itself.'
  const at = { code: 'value.reference' as const, pointer: `/supersedes/${index}`, on: 'value' as const, message }
  return [{ ...at, expected: 'another amendment', example: 'supersedes: [2026-11-freeze]' }]
}

function target(change: RawChange): ['amend' | 'add' | 'strike', string] {
  if (change.add !== undefined) return ['add', change.add]
  return change.strike !== undefined ? ['strike', change.strike] : ['amend', change.amend as string]
}

function buildChange(change: RawChange): Change {
  const [kind, clause] = target(change)
  const expects = change.expects === undefined ? {} : { expects: change.expects }
  if (kind === 'add') return { kind, clause, with: buildClause(change.with as RawClause) }
  if (kind === 'strike') return { kind, clause, ...expects }
  return { kind, clause, set: buildTerms(change.set as Partial<RawClause>), ...expects }
}
