// One segment: records ⇄ the two files that carry them. The reader and the verifier open segments by the same checks.
import type { LedgerRecord } from '../model/record.ts'
import {
  parseEnvelope,
  segmentPredicateType,
  signed,
  signStatement,
  statementOf,
  type SegmentPredicate,
  type Signing
} from './envelope.ts'
import type { Chained } from './fold.ts'
import { envelopePath, hashLine, lineOf, parseLine, recordsPerSegment, segmentPath } from './format.ts'
import { certified, certifiedRevocation } from './keys.ts'
import type { LedgerState } from './state.ts'
import { about, type Finding } from './verdict.ts'

/** How far ahead of its recording an event may claim to be: clocks of different machines. */
const skewMs = 5 * 60_000

/** The two files of a segment: the lines as they are hashed, and the signed statement about them. */
export function sealSegment(
  segment: number,
  records: readonly [LedgerRecord, ...LedgerRecord[]],
  by: Signing
): { path: string; content: string }[] {
  const lines = records.map(lineOf)
  const content = `${lines.join('\n')}\n`
  const path = segmentPath(segment)
  const predicate: SegmentPredicate = {
    ledger: records[0].ledger,
    segment,
    first: records[0].seq,
    count: records.length,
    prevHash: records[0].prev,
    headHash: hashLine(lines.at(-1) as string)
  }
  return [
    { path, content },
    {
      path: envelopePath(segment),
      content: signStatement({ name: path, sha256: hashLine(content) }, segmentPredicateType, predicate, by)
    }
  ]
}

/** What one segment held, and what was wrong with it. */
export interface OpenedSegment {
  records: Chained[]
  /** Where the chain stands after it: as signed where the signature is good, else as found. */
  seq: number
  head: string
  /** Who signed it. */
  keyId: string | null
  findings: Finding[]
}

/**
 * Checks one segment as the successor of everything in `state`: format, statement, signature, keys, chain, counters and
 * clock. Never throws for what it is given; an altered record is named. Findings are empty exactly when all of it
 * holds.
 */
export function openSegment(
  at: { state: LedgerState; segment: number },
  files: { segment: number; records: string; envelope: string }
): OpenedSegment {
  const { state } = at
  const path = segmentPath(files.segment)
  const findings: Finding[] = []
  const found = (finding: Finding): void => void findings.push({ path, ...finding })
  if (files.segment !== at.segment + 1) {
    found({ code: 'E-COUNTERS', message: `segment ${at.segment + 1} should come next, here is ${files.segment}` })
  }

  const whole = files.records.endsWith('\n')
  const lines = (whole ? files.records.slice(0, -1) : files.records).split('\n')
  if (!whole || lines.length > recordsPerSegment) found({ code: 'E-FORMAT', message: 'not 1 to 64 whole lines' })
  const hashes = lines.map(line => hashLine(line))
  const records = lines.map((line, index) => {
    const parsed = parseLine(line)
    if ('record' in parsed) return parsed.record
    found({ code: 'E-FORMAT', seq: state.seq + 1 + index, message: parsed.problem })
    return undefined
  })
  const readable = records.filter(record => record !== undefined)

  const keys = trusted(state, readable, found)
  const envelope = parseEnvelope(files.envelope)
  const key = envelope === undefined ? undefined : keys.get(envelope.keyId)
  const lastSeq = state.seq + lines.length
  let claim: SegmentPredicate | undefined
  if (envelope === undefined) found({ code: 'E-SIGNATURE', message: 'the statement is not an envelope' })
  else if (key === undefined) found({ code: 'E-KEY', message: `its key ${clip(envelope.keyId)} is not known here` })
  else if (!signed(envelope, key.publicKey)) found({ code: 'E-SIGNATURE', message: 'the signature does not hold' })
  else {
    if (key.lastGoodSeq !== null && lastSeq > key.lastGoodSeq) {
      found({
        code: 'E-REVOKED',
        seq: lastSeq,
        message: `signed by a key that was revoked after record ${key.lastGoodSeq}`
      })
    }
    const statement = statementOf(envelope.body, segmentPredicateType)
    if (statement === undefined) found({ code: 'E-SIGNATURE', message: 'the signed statement is not about a segment' })
    else {
      claim = statement.predicate as unknown as SegmentPredicate
      const subject = statement.subject[0] as (typeof statement.subject)[number]
      const expected: Partial<SegmentPredicate> = {
        ledger: state.ledger ?? readable[0]?.ledger,
        segment: files.segment,
        first: state.seq + 1,
        count: lines.length,
        prevHash: state.head
      }
      for (const name of Object.keys(expected) as (keyof SegmentPredicate)[]) {
        if (claim[name] === expected[name]) continue
        const code = name === 'ledger' ? 'E-LEDGER' : name === 'prevHash' ? 'E-CHAIN' : 'E-COUNTERS'
        found({ code, message: `the statement says ${name} ${clip(claim[name])}, not ${clip(expected[name])}` })
      }
      if (subject.name !== path) found({ code: 'E-COUNTERS', message: `the statement is about ${clip(subject.name)}` })
      if (subject.digest.sha256 !== hashLine(files.records)) {
        found({ code: 'E-DIGEST', message: 'the file is not the one that was signed' })
      }
    }
  }
  chain(state, { records, hashes, head: claim?.headHash }, found)
  frames(state, records, found)
  const end = claim === undefined ? Number.NaN : claim.first + claim.count - 1
  return {
    records: records.flatMap((record, index) =>
      record === undefined ? [] : [{ record, hash: hashes[index] as string }]
    ),
    seq: Number.isSafeInteger(end) ? end : lastSeq,
    head: typeof claim?.headHash === 'string' ? claim.headHash : (hashes.at(-1) as string),
    keyId: envelope?.keyId ?? null,
    findings
  }
}

type Found = (finding: Finding) => void

/** The keys by which this segment may be signed: the state's, and those that the root adds in it (rows 10–12). */
function trusted(
  state: LedgerState,
  records: readonly LedgerRecord[],
  found: Found
): Map<string, { publicKey: string; lastGoodSeq: number | null }> {
  const created = records.find(record => record.type === 'ledger.created')
  const root = state.root ?? created?.root ?? null
  const repository = state.repository ?? created?.repository ?? 0
  const keys = new Map<string, { publicKey: string; lastGoodSeq: number | null }>(state.keys)
  for (const record of records) {
    if (record.type === 'key.added') {
      if (root !== null && certified(record, root, repository)) {
        // Adding a key anew must not lift its revocation.
        const lastGoodSeq = keys.get(record.keyId)?.lastGoodSeq ?? null
        keys.set(record.keyId, { publicKey: record.publicKey, lastGoodSeq })
      } else found(about('E-ROOT', record, 'the root did not endorse this key'))
    } else if (record.type === 'key.revoked' && !(root !== null && certifiedRevocation(record, root))) {
      found(about('E-ROOT', record, 'the root did not revoke this key'))
    }
  }
  return keys
}

/** From the signed head backwards, so that the record that was altered is named, and not its neighbour. */
function chain(
  state: LedgerState,
  segment: { records: readonly (LedgerRecord | undefined)[]; hashes: readonly string[]; head: string | undefined },
  found: Found
): void {
  let expected = segment.head
  for (let index = segment.records.length - 1; index >= 0; index--) {
    const record = segment.records[index]
    if (expected !== undefined && segment.hashes[index] !== expected) {
      const message = 'the record was altered: the chain holds another digest for it'
      if (record === undefined) found({ code: 'E-CHAIN', seq: state.seq + 1 + index, message })
      else found(about('E-CHAIN', record, message))
      // What an altered record says of its predecessor is worth nothing, unless it happens to hold.
      expected = record?.prev === segment.hashes[index - 1] ? record?.prev : undefined
    } else expected = record?.prev
  }
  const first = segment.records[0]
  if (first !== undefined && first.prev !== state.head && expected !== undefined) {
    found(about('E-CHAIN', first, 'it does not follow the record before it'))
  }
}

function frames(state: LedgerState, records: readonly (LedgerRecord | undefined)[], found: Found): void {
  const ledger = state.ledger ?? records[0]?.ledger
  if (state.ledger === null && records[0] !== undefined && records[0].type !== 'ledger.created') {
    found(about('E-LEDGER', records[0], 'the ledger does not begin with ledger.created'))
  }
  let recordedAt = state.lastRecordedAt?.getTime() ?? Number.NEGATIVE_INFINITY
  for (const [index, record] of records.entries()) {
    if (record === undefined) continue
    if (record.ledger !== ledger) found(about('E-LEDGER', record, 'it belongs to another ledger'))
    const seq = state.seq + 1 + index
    if (record.seq !== seq) found(about('E-COUNTERS', record, `record ${seq} should stand here`))
    const at = Date.parse(record.recordedAt)
    if (at < recordedAt) found(about('E-CLOCK', record, 'it was recorded before its predecessor'))
    if (Date.parse(record.occurredAt) > at + skewMs) {
      found(about('E-CLOCK', record, 'it was recorded before it happened'))
    }
    recordedAt = Math.max(recordedAt, at)
  }
}

/** Whatever a stranger signed may stand here: short, and nothing that moves a terminal. */
function clip(value: unknown): string {
  return JSON.stringify(value ?? null)
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .slice(0, 90)
}
