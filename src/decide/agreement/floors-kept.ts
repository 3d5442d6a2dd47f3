// Rule: no clause goes below the floors of the contract (DESIGN §3).
import type { Reason } from '../../model/decision.ts'
import { holds, unjudged } from '../reason.ts'
import type { AmendmentContext } from './context.ts'
import { failuresOf, tellerOf } from './failures.ts'

const rule = 'floors-kept'

/** One reason for each clause below a floor. Floors are looked at once the changes themselves can be made. */
export function floorsKept({ amendment, trial, markOf }: AmendmentContext): Reason | Reason[] {
  if (amendment === null) return unjudged(rule, 'document-valid')
  if (trial === null) return unjudged(rule, 'contract-in-effect')
  const failed = failuresOf(rule, { trial, amendment, markOf })
  if (failed.length > 0) return failed
  const first = trial.failures[0]
  if (first !== undefined) return unjudged(rule, tellerOf(first.code))
  return holds(rule, 'Every floor of the contract is kept.')
}
