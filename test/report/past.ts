// Builders of past requests: one that was allowed as it stands in the ledger, and small ways to bend it.
import type { Clause, Contract } from '../../src/model/contract.ts'
import type { Basis, PastRequest } from '../../src/report/past.ts'
import { askedBy } from '../../src/report/past.ts'
import { at, clause, contract, mona, octocat, person, request } from '../decide/facts.ts'

/** Request `R-<pr>` of octocat's for C-read, approved by mona, decided a minute later for each number. */
export function past(pr: number, over: Partial<PastRequest> = {}): PastRequest {
  return {
    request: `R-${pr}`,
    pr,
    decidedAt: new Date(at('2026-11-02T10:00:00Z').getTime() + pr * 60_000),
    contract: 'payments-production',
    clause: 'C-read',
    failed: [],
    author: octocat.id,
    subject: octocat.id,
    approvals: [{ by: mona.id, stage: 0 }],
    document: request({ id: `r-${pr}`, clause: over.clause ?? 'C-read' }),
    people: [person(octocat), person(mona)],
    asked: askedBy(contract(), clause()),
    holdings: [],
    recentGrants: [],
    liveUntil: null,
    ...over
  }
}

/** The usual contract with these clauses, and no policies. */
export function agreed(clauses: Record<string, Partial<Clause>>, over: Partial<Contract> = {}): Basis {
  const whole = Object.fromEntries(Object.entries(clauses).map(([id, terms]) => [id, clause(terms)]))
  return { contract: contract({ clauses: whole, ...over }), policies: [] }
}
