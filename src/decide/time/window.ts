// From terms to a grant's window: the clock starts at the grant, and ends with the agreement at the latest.
import type { Terms } from '../../model/decision.ts'

/** From `notBefore` (inclusive) to `notAfter` (exclusive). */
export interface GrantWindow {
  notBefore: Date
  notAfter: Date
}

/**
 * The window of a grant made at `now`: it begins now, or at the scheduled start where that is still to come, and lasts
 * for the duration, never beyond `latestAt` (S9). Where that is past, the window is empty and never in force.
 */
export function windowOf(terms: Pick<Terms, 'startAt' | 'durationSeconds' | 'latestAt'>, now: Date): GrantWindow {
  const begin = Math.max(now.getTime(), terms.startAt?.getTime() ?? now.getTime())
  const end = Math.min(begin + terms.durationSeconds * 1_000, terms.latestAt.getTime())
  return { notBefore: new Date(begin), notAfter: new Date(Math.max(begin, end)) }
}
