// Of the state: one request with what it holds, from its decision to its end.
import type { LedgerRecord, ReboundCause, RequestRef, Target } from '../model/record.ts'

/** One entitlement of one request, from the intent to the end. */
export interface HoldingState {
  target: Target
  /** The intent is on the ledger: from here on the provider may hold it, whatever is known. */
  intendedAt?: Date
  /** Granted and read back. */
  doneAt?: Date
  /** The request no longer carries it. Nothing revives an ended holding (S9). */
  ended?: { at: Date; readBack: string }
  /** Revocations that have failed so far. */
  attempts: number
}

/** One request since its decision. */
export interface RequestState {
  request: RequestRef
  pr: number
  outcome: 'allow' | 'refuse'
  decidedAt: Date
  /** The number of the record of its decision: the order in which they count. */
  seq: number
  merge: string
  blob: string
  idSha256: string
  /** Numeric GitHub ids. */
  author: number
  subject: number | null
  contract: string | null
  clause: string | null
  /** The directory by which its identities were found; the ledger itself names none. */
  directoryBlob: string
  /** The contract under which it was decided. */
  contractBlob: string
  /** Numeric ids of those whose approval counted. */
  approvedBy: readonly number[]
  /** For each of them, the stage of the clause in which it counted. */
  approvedStages: readonly number[]
  /** Who approved beyond what the stages needed, and where they could have counted. */
  beyond: readonly { by: number; stage: number }[]
  /** Rules that did not hold, when it was refused. */
  failed: readonly string[]
  window: { notBefore: Date; notAfter: Date } | null
  /** The terms changed under it, so that it ends earlier than was decided. */
  reboundBy?: ReboundCause
  holdings: readonly HoldingState[]
  /** What its subject was granted before it, by the instant of the decision. */
  grantBefore?: RequestRef
  /** Its file left main then. */
  removedAt?: Date
  revertedBy?: { pr: number | null; merge: string }
}

// One for all, since there are up to millions of requests.
const nobody: RequestState['beyond'] = []

/** The request as `request.decided` leaves it: nothing intended, nothing granted. What was refused holds nothing. */
export function requestStateOf(record: LedgerRecord & { type: 'request.decided' }): RequestState {
  const { window } = record
  return {
    request: record.request,
    pr: record.pr,
    outcome: record.outcome,
    decidedAt: new Date(record.occurredAt),
    seq: record.seq,
    merge: record.merge,
    blob: record.file.blob,
    idSha256: record.idSha256,
    author: personId(record.author),
    subject: record.subject === null ? null : personId(record.subject),
    contract: record.contract,
    clause: record.clause,
    directoryBlob: record.inputs.directory,
    contractBlob: record.inputs.contract,
    approvedBy: record.approvals.map(approval => personId(approval.by)),
    approvedStages: record.approvals.map(approval => approval.stage),
    beyond: record.beyond?.map(({ by, stage }) => ({ by: personId(by), stage })) ?? nobody,
    failed: record.failed,
    window: window === null ? null : { notBefore: new Date(window.notBefore), notAfter: new Date(window.notAfter) },
    holdings: record.outcome === 'allow' ? record.targets.map(target => ({ target, attempts: 0 })) : []
  }
}

/** Never begun, and too late to begin: nothing can come of it, and nothing has to be taken back. */
export function lapsed(request: RequestState, at: Date | null): boolean {
  if (request.holdings.some(holding => holding.intendedAt !== undefined && holding.ended === undefined)) return false
  if (request.removedAt !== undefined) return true
  return request.window === null || (at !== null && request.window.notAfter <= at)
}

function personId(person: string): number {
  return Number(person.slice('gh:'.length))
}
