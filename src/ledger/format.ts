// Between a draft and git: how a record becomes one line, how lines are chained, where segments lie (DESIGN §7).
import { createHash } from 'node:crypto'
import type { Draft, LedgerRecord, RecordFrame } from '../model/record.ts'
import { recordProblem } from './shape.ts'

/** `prev` of the very first record. */
export const genesisHash = '0'.repeat(64)

/** No segment holds more records than this, so that one file stays readable in a diff. */
export const recordsPerSegment = 64

/** Keeps git from converting line ends: the stored bytes are what is hashed. */
export const attributes = { path: '.gitattributes', content: '* -text\n' } as const

/** Branches of the ledger; anything else under `ledger/` is not ours. */
export const branchPattern = /^ledger\/\d{4}$/

/**
 * What a record is called in findings and commit subjects: its type and, where it has one, its request or amendment.
 * Never user text.
 */
export function recordName(record: LedgerRecord): string {
  if ('request' in record) return `${record.type} ${record.request}`
  return 'amendment' in record ? `${record.type} ${record.amendment}` : record.type
}

/** sha256, hex, of the UTF-8 bytes: the digest of a line (without its newline) and of a segment file. */
export function hashLine(line: string | Buffer): string {
  return createHash('sha256').update(line).digest('hex')
}

/**
 * One record on one line: the frame's keys in RecordFrame's order, then `type`, then the body. JSON escapes every
 * newline.
 */
export function lineOf(record: LedgerRecord): string {
  return JSON.stringify(record)
}

/**
 * Puts the frame around a draft. Refuses, as a bug of the caller, a draft that a reader would not take for a
 * well-formed record: what is wrong must never become permanent.
 */
export function frame(draft: Draft, around: Omit<RecordFrame, 'v' | 'occurredAt'>): LedgerRecord {
  const { type, occurredAt, ...body } = draft
  const { ledger, seq, prev, recordedAt, app } = around
  const record: unknown = {
    v: 1,
    ledger,
    seq,
    prev,
    occurredAt: occurredAt.toISOString(),
    recordedAt,
    app,
    type,
    ...body
  }
  const problem = recordProblem(record)
  if (problem !== null) throw new TypeError(`the draft of ${type} is malformed: ${problem}`)
  return record as LedgerRecord
}

/**
 * The record that stands on a line, or the sentence that says why it is none. A type that is not known is taken as it
 * is.
 */
export function parseLine(line: string): { record: LedgerRecord } | { problem: string } {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return { problem: 'the line is not JSON' }
  }
  const problem = recordProblem(value)
  return problem === null ? { record: value as LedgerRecord } : { problem }
}

/** `seg/000/012/345.jsonl` for segment 12345: at most a thousand segments in a directory. */
export function segmentPath(segment: number): string {
  const digits = String(segment).padStart(9, '0')
  return `seg/${digits.slice(0, 3)}/${digits.slice(3, 6)}/${digits.slice(6)}.jsonl`
}

/** The signed statement beside a segment. */
export function envelopePath(segment: number): string {
  return segmentPath(segment).replace(/jsonl$/, 'dsse.json')
}

/** What a path of the ledger branch is; undefined for what has no business there. */
export function segmentOf(path: string): { segment: number; part: 'records' | 'envelope' } | undefined {
  const match = /^seg\/(\d{3})\/(\d{3})\/(\d{3})\.(jsonl|dsse\.json)$/.exec(path)
  if (match === null) return undefined
  const segment = Number(`${match[1]}${match[2]}${match[3]}`)
  return segment === 0 ? undefined : { segment, part: match[4] === 'jsonl' ? 'records' : 'envelope' }
}

/**
 * The commit message: a subject and one paragraph of trailers, for `git log`; verification trusts files only.
 * It is made of types, numbers and digests, since a newline in user text would inject a trailer.
 */
export function commitMessage(
  records: readonly LedgerRecord[],
  at: { segments: readonly number[]; head: string }
): string {
  const first = records[0]
  const last = records.at(-1)
  if (first === undefined || last === undefined) throw new TypeError('a commit of the ledger holds at least one record')
  const more = records.length === 1 ? '' : ` and ${records.length - 1} more`
  const requests = new Set(records.flatMap(record => ('request' in record ? [record.request] : [])))
  return (
    [
      `${recordName(first)}${more}`,
      '',
      `Ledger-Id: ${first.ledger}`,
      `Ledger-Segment: ${range(at.segments[0] ?? 0, at.segments.at(-1) ?? 0)}`,
      `Ledger-Seq: ${range(first.seq, last.seq)}`,
      `Ledger-Head: ${at.head}`,
      ...[...requests].map(request => `Request: ${request}`)
    ].join('\n') + '\n'
  )
}

function range(from: number, to: number): string {
  return from === to ? String(from) : `${from}-${to}`
}
