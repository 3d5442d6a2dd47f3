// Rule: nobody who may write here asks for changes now (attacks #23–25).
import type { Reason } from '../../model/decision.ts'
import type { Objection } from '../ballot/ballot.ts'
import type { Proposal } from '../proposal.ts'
import { holds, unjudged, waits } from '../reason.ts'
import { list, mention } from '../wording.ts'

const rule = 'not-blocked'

/**
 * Waits while the latest opinion of anybody with write access, or not known to lack it, is a request for changes. One that
 * somebody else dismissed stays until whoever made it reviews again (attack #25).
 */
export function notBlocked({ facts, ballot }: Pick<Proposal, 'facts' | 'ballot'>): Reason {
  if (!facts.reviews.known) return unjudged(rule, 'people-known')
  const { objections } = ballot
  if (objections.length === 0) return holds(rule, 'Nobody asks for changes.')
  const who = list(objections.map(({ by }) => mention(by)))
  const because = `Changes are asked for by ${list(objections.map(told))}.`
  const dismissed = objections.filter(({ dismissedBy }) => dismissedBy !== undefined)
  if (dismissed.length === 0) return waits(rule, because, `Settle it with ${who}, who must then approve.`)
  const whose = list(dismissed.map(({ by }) => mention(by)))
  const only = `Only ${whose} can take back what was dismissed, by reviewing again. Else ask in another pull request.`
  return waits(rule, because, `Settle it with ${who}. ${only}`)
}

function told({ by, dismissedBy }: Objection): string {
  if (dismissedBy === undefined) return mention(by)
  return `${mention(by)} (dismissed ${dismissedBy === null ? 'by nobody knows whom' : `by ${mention(dismissedBy)}`})`
}
