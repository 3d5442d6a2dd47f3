// Rule: no further break-glass under a clause while a review of an earlier one is overdue (attack #83; S10).
import type { Reason } from '../../model/decision.ts'
import type { Context } from '../context.ts'
import { fails, holds } from '../reason.ts'
import { instant, list } from '../wording.ts'

const rule = 'breakglass-reviewed'

/** Says nothing of a request that asks for no break-glass. From the instant at which a review is due it is overdue. */
export function breakglassReviewed({ facts, breakGlass }: Context): Reason | Reason[] {
  if (!breakGlass) return []
  const overdue = facts.openReviews.filter(({ dueAt }) => !(facts.now < dueAt)).sort((a, b) => a.pr - b.pr)
  if (overdue.length === 0) return holds(rule, 'No review of earlier break-glass under this clause is overdue.')
  const which = list(overdue.map(({ pr, dueAt }) => `pull request ${pr} (due ${instant(dueAt)})`))
  const because = `Earlier break-glass under this clause was not reviewed in time: ${which}.`
  return fails(rule, because, 'Ask its reviewers to close its issue, or remove "emergency" and ask for approval.')
}
