// Rule: no policy denies the request; what a policy warns of is said, and holds (DESIGN §3, §5).
import type { Reason } from '../../model/decision.ts'
import type { Context } from '../context.ts'
import { policyReasons } from '../policy/reasons.ts'
import { unjudged } from '../reason.ts'

const rule = 'policy-holds'

/** One reason for each rule that denies. What cannot be read or evaluated denies: no policy is lost unnoticed (S6). */
export function policyHolds({ request, clause, policies, markOf }: Context): Reason | Reason[] {
  if (request === null || clause === null) return unjudged(rule, 'clause-in-effect')
  if (policies === null) return unjudged(rule, 'subject-known')
  return policyReasons(policies, 'Change the request so that this holds, or choose another clause.', markOf('/clause'))
}
