// Rule: access begins within 90 days and ends before the contract does (attack #80).
import type { Reason } from '../../model/decision.ts'
import type { Context } from '../context.ts'
import { fails, holds, unjudged } from '../reason.ts'
import { instant } from '../wording.ts'

const rule = 'start-in-reach'

/** How far ahead a start may be scheduled: who approves should still know what for. */
export const farthestStartMs = 90 * 86_400_000

/** Refuses a start too far ahead, and access that would outlast the contract. A start that is past means now. */
export function startInReach({ facts, at, request, contract, action, durationSeconds, markOf }: Context): Reason {
  if (request === null) return unjudged(rule, 'document-valid')
  if (contract === null || durationSeconds === null) return unjudged(rule, 'clause-in-effect')
  const mark = markOf('/start')
  if (!(at.getTime() <= facts.now.getTime() + farthestStartMs)) {
    const because = `The start ${instant(at)} is more than 90 days ahead.`
    return fails(rule, because, 'Choose an earlier start, or ask again when it is nearer.', mark)
  }
  const { untilAt } = contract.effective
  const leftMs = untilAt.getTime() - at.getTime()
  if (!(durationSeconds * 1_000 <= leftMs)) {
    const because = `Access would outlast the contract, which ends at ${instant(untilAt)}.`
    // How long is left changes with every instant, and the same facts later must give the same sentence (nextTime).
    const todo = leftMs > 0 ? 'Ask for a shorter time, or start earlier.' : 'Start earlier.'
    return fails(rule, because, todo, at > facts.now ? mark : markOf('/duration'))
  }
  const begins = action === null ? 'Access begins' : 'The action is done'
  if (at > facts.now) return holds(rule, `${begins} at ${instant(at)}, within 90 days.`)
  return holds(rule, `${begins} when it is ${action === null ? 'granted' : 'approved'}.`)
}
