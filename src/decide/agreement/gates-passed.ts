// Rule: the approvals pass every gate of the amendment: the terms before it, those after it, and its owners.
import type { Reason } from '../../model/decision.ts'
import { stagesFilled } from '../rules/approved.ts'
import { unjudged } from '../reason.ts'
import type { AmendmentContext } from './context.ts'

const rule = 'approved'

/** Waits for what is missing at any gate; see `stricterStages`. */
export function gatesPassed({ amendment, trial, ballot }: AmendmentContext): Reason {
  if (amendment === null) return unjudged(rule, 'document-valid')
  return trial === null ? unjudged(rule, 'contract-in-effect') : stagesFilled(ballot)
}
