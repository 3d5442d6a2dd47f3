// What verification says: findings by code, and what they add up to.
import type { LedgerRecord } from '../model/record.ts'
import { recordName } from './format.ts'

/**
 * `E-`: tampering or damage. `X-`: a control failed, truthfully recorded. `W-`: worth knowing, no failure. `U-`: could
 * not check.
 */
export type FindingCode =
  | 'E-ANCHOR' // main carries a signed anchor that the ledger contradicts
  | 'E-CHAIN' // a line is not the one that the next line, or the signed statement, names
  | 'E-CLOCK' // time runs backwards, or record and commit disagree
  | 'E-COUNTERS' // segments or records are missing, repeated or misplaced
  | 'E-DELETED'
  | 'E-DIGEST' // the file is not the one that was signed
  | 'E-EDITED'
  | 'E-FILE' // a decided request's blob is not what it was
  | 'E-FORMAT'
  | 'E-GRAFTS'
  | 'E-KEY' // signed by a key that the ledger does not know
  | 'E-LEDGER' // another ledger's, or another repository's
  | 'E-MAIN' // main went on without the ledger, or the other way round
  | 'E-MERGE' // history is not linear
  | 'E-MISSING' // no ledger, or a year of it is gone
  | 'E-OBJECT' // git's object store is damaged
  | 'E-PATH' // a file that has no business there
  | 'E-PIN' // not the ledger that the auditor saw before
  | 'E-REVOKED'
  | 'E-ROOT' // a key that the root did not endorse
  | 'E-SIGNATURE'
  | 'X-REVIEW'
  | 'X-REVOKE'
  | 'X-SELF-APPROVAL'
  | 'X-SILENCE'
  | 'X-STATE'
  | 'W-ANCHOR'
  | 'W-BRANCH'
  | 'W-REPLACE'
  | 'U-SHALLOW'
  | 'U-PARTIAL'

/** One thing that was found, naming what it is about as closely as can be. */
export interface Finding {
  code: FindingCode
  /** The record that it is about, where there is one. */
  seq?: number
  /** `grant.done R-812` */
  record?: string
  path?: string
  commit?: string
  message: string
}

/** What verification saw, and what that adds up to. */
export interface Verdict {
  /** `unchecked`: nothing was found wrong, but not everything could be looked at. */
  status: 'sound' | 'failed' | 'unchecked'
  findings: Finding[]
  ledger: string | null
  /** Key id of the root, to be compared with the one that was handed over out of band. */
  root: string | null
  branches: string[]
  segments: number
  records: number
  /** `seq:hash` of the newest record: keep it, and give it as pin next time (tampering row 6). */
  pin: string | null
  /** Commits of main that were compared, and main's tip. */
  commits: number
  main: string | null
}

/** A finding about one record, which it names. */
export function about(code: FindingCode, record: LedgerRecord, message: string): Finding {
  return { code, seq: record.seq, record: printable(recordName(record)), message }
}

/** Failed outweighs unchecked: what is known to be wrong is wrong, whatever else could not be read. */
export function statusOf(findings: readonly Finding[]): Verdict['status'] {
  if (findings.some(({ code }) => code.startsWith('E-') || code.startsWith('X-'))) return 'failed'
  return findings.some(({ code }) => code.startsWith('U-')) ? 'unchecked' : 'sound'
}

/** Text of git's, of a pusher's or of a forger's, safe on a terminal and in a log. */
export function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 200)
}
