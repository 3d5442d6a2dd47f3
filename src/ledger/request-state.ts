// What a decision makes of a request, before anything was granted.
import type { LedgerRecord } from '../model/record.ts'
import type { RequestState } from './state.ts'

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

function personId(person: string): number {
  return Number(person.slice('gh:'.length))
}
