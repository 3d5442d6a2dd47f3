// Rule: the branches are protected now; where they are not, nothing new is granted (attacks #63, #66, #67).
import type { Reason } from '../../model/decision.ts'
import { judgeBranches } from '../protection/branch-protection.ts'
import type { Context } from '../context.ts'
import { holds, waits } from '../reason.ts'

const rule = 'protected'

/** Waits for the operator while anything stops, a reason for each; once merged, waiting is no. Revoking never asks. */
export function branchesProtected({ facts }: Pick<Context, 'facts'>): Reason | Reason[] {
  const stops = judgeBranches(facts.protection).filter(finding => finding.severity === 'stop')
  if (stops.length === 0) return holds(rule, 'The repository is protected.')
  return stops.map(({ because, mend }) => waits(rule, because, `${mend} Nothing is granted until then.`))
}
