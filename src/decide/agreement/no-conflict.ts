// Rule: no two amendments in force change one clause, unless one supersedes the other (ledger.md §4).
import type { Reason } from '../../model/decision.ts'
import { fails, holds, unjudged } from '../reason.ts'
import { instant, quoted } from '../wording.ts'
import type { AmendmentContext } from './context.ts'
import { failuresOf } from './failures.ts'

const rule = 'no-conflict'

/** Refuses a clause that another changes at any instant of the window, and what this one would displace. */
export function noConflict({ amendment, trial, markOf }: AmendmentContext): Reason | Reason[] {
  if (amendment === null) return unjudged(rule, 'document-valid')
  if (trial === null) return unjudged(rule, 'contract-in-effect')
  const displaced = trial.displaced.map(({ id, at }) => {
    const because = `From ${instant(at)} on, ${quoted(id)} would no longer apply.`
    return fails(rule, because, 'Choose another window, or name that amendment under "supersedes".')
  })
  const failed = [...failuresOf(rule, { trial, amendment, markOf }), ...displaced]
  if (failed.length > 0) return failed
  return holds(rule, 'No other amendment that is in force with it changes the same clause.')
}
