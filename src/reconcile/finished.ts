// Beneath the walks: when a request is over, whatever is still to be told of it.
import { lapsed } from '../ledger/request-state.ts'
import type { RequestState } from '../ledger/request-state.ts'

/** Whether a request has nothing left to grant or to revoke at `now`. */
export function isFinished(request: RequestState, now: Date): boolean {
  if (request.outcome === 'refuse') return true
  return request.holdings.every(holding => holding.ended !== undefined) || lapsed(request, now)
}
