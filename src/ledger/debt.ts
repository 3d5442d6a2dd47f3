// What should have ended and has not, by the ledger: the debt that is published until it is paid (DESIGN §4, L7).
import { endOf } from '../model/grant.ts'
import type { LedgerState } from './state.ts'

/** Ends that are owed. `failed`: of those, how many have a failed attempt on the ledger. */
export interface RevocationDebt {
  overdue: number
  failed: number
  /** When the one that is owed longest should have ended; null: nothing is owed. */
  oldestDueAt: Date | null
}

/** Every entitlement that a request may still hold, though its window is over or its file has left main. */
export function revocationDebt(state: LedgerState, now: Date): RevocationDebt {
  const debt: RevocationDebt = { overdue: 0, failed: 0, oldestDueAt: null }
  for (const { request, window, removedAt, holdings } of state.open.values()) {
    if (window === null) continue
    const dueAt = endOf({ request, ...window, endedAt: removedAt })
    if (dueAt > now) continue
    const owed = holdings.filter(holding => holding.intendedAt !== undefined && holding.ended === undefined)
    if (owed.length === 0) continue
    debt.overdue += owed.length
    debt.failed += owed.filter(holding => holding.attempts > 0).length
    if (debt.oldestDueAt === null || dueAt < debt.oldestDueAt) debt.oldestDueAt = dueAt
  }
  return debt
}
