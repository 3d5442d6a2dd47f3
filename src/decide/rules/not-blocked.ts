// Rule: nobody who may write here asks for changes now (attacks #23–25).
import type { Reason } from '../../model/decision.ts'
import type { Proposal } from '../proposal.ts'
import { holds, unjudged, waits } from '../reason.ts'
import { list, mention } from '../wording.ts'

const rule = 'not-blocked'

/** Waits while the latest opinion of anybody with write access, or not known to lack it, is a request for changes. */
export function notBlocked({ facts, ballot }: Pick<Proposal, 'facts' | 'ballot'>): Reason {
  if (!facts.reviews.known) return unjudged(rule, 'people-known')
  if (ballot.objections.length === 0) return holds(rule, 'Nobody asks for changes.')
  const who = list(ballot.objections.map(({ by }) => mention(by)))
  return waits(rule, `Changes are asked for by ${who}.`, `Settle it with ${who}, who must then approve.`)
}
