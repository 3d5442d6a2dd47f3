// Control failures that the ledger records truthfully: not tampering, but what an auditor must see (`X-`).
import type { LedgerRecord } from '../model/record.ts'
import { personRef } from '../model/record.ts'
import type { LedgerState } from './state.ts'
import { about, printable, type Finding } from './verdict.ts'

/** An end may be this late before it counts as missing. */
const graceMs = 60 * 60_000
/** A ledger that beats daily may be silent so long. */
const silenceMs = 25 * 60 * 60_000

/** What one record shows, given the state before it. */
export function checkRecord(
  record: LedgerRecord,
  before: { lastRecordedAt: Date | null; beating: boolean }
): Finding[] {
  const findings: Finding[] = []
  const silence = before.lastRecordedAt === null ? 0 : Date.parse(record.recordedAt) - before.lastRecordedAt.getTime()
  if (before.beating && silence > silenceMs) {
    findings.push(
      about('X-SILENCE', record, `nothing was recorded in the ${Math.floor(silence / 3_600_000)} hours before it`)
    )
  }
  if (record.type === 'request.decided' && record.outcome === 'allow') {
    const conflicted = record.approvals.find(({ by }) => by === record.author || by === record.subject)
    if (conflicted !== undefined) {
      findings.push(about('X-SELF-APPROVAL', record, `${conflicted.by} approved and is its author or its subject`))
    }
  }
  if (record.type === 'amendment.decided' && record.outcome === 'allow') {
    const conflicted = record.approvals.find(({ by }) => by === record.author)
    if (conflicted !== undefined) {
      findings.push(about('X-SELF-APPROVAL', record, `${conflicted.by} approved and is its author`))
    }
  }
  return findings
}

/** What the whole shows: access that was not taken back by the newest record's time, and impossible transitions. */
export function checkState(state: LedgerState): Finding[] {
  const findings: Finding[] = []
  const now = state.lastRecordedAt?.getTime() ?? 0
  for (const request of state.open.values()) {
    const due = Math.min(
      request.window?.notAfter.getTime() ?? 0,
      request.removedAt?.getTime() ?? Number.POSITIVE_INFINITY
    )
    if (due + graceMs >= now) continue
    for (const holding of request.holdings) {
      if (holding.intendedAt === undefined || holding.ended !== undefined) continue
      const { provider, resource, role } = holding.target
      findings.push({
        code: 'X-REVOKE',
        record: `grant.intended ${request.request}`,
        message:
          `${printable(`${provider}/${resource} ${role}`)} was due to end at ` +
          `${new Date(due).toISOString()}, and no end is recorded (${holding.attempts} failed attempts)`
      })
    }
  }
  findings.push(...checkReviews(state, now))
  for (const { code, seq, request } of state.anomalies) {
    findings.push({ code: 'X-STATE', seq, ...(request === null ? {} : { record: request }), message: code })
  }
  return findings
}

// A late review is no less late for having been done (attack #83).
function checkReviews({ reviews }: LedgerState, now: number): Finding[] {
  return [...reviews].flatMap(([request, { dueAt, reviewed }]): Finding[] => {
    if ((reviewed?.at.getTime() ?? now) <= dueAt.getTime()) return []
    const due = `the review of break-glass was due at ${dueAt.toISOString()}`
    const then = reviewed === undefined ? 'is not closed' : `was closed by ${personRef(reviewed.by)} after that`
    return [{ code: 'X-REVIEW', record: `breakglass.opened ${request}`, message: `${due}, and ${then}` }]
  })
}
