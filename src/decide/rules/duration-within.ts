// Rule: the duration is within the clause's maximum (attack #80).
import type { Reason } from '../../model/decision.ts'
import { formatDuration } from '../../model/duration.ts'
import type { Context } from '../context.ts'
import { fails, holds, unjudged } from '../reason.ts'

const rule = 'duration-within'

/** Refuses more than the clause's maximum. Where the request names none, the clause's default is held to it too. */
export function durationWithin({ request, access, action, clause, durationSeconds, markOf }: Context): Reason {
  if (action !== null && request !== null) {
    if (request.durationSeconds === undefined) return holds(rule, 'The action is done once.')
    return fails(rule, 'An action is done once and has no duration.', 'Remove "duration".', markOf('/duration'))
  }
  const limits = clause?.duration
  if (request === null || access === null || limits === undefined || durationSeconds === null) {
    return unjudged(rule, 'clause-in-effect')
  }
  const most = formatDuration(limits.maxSeconds)
  const asked = formatDuration(durationSeconds)
  if (!(durationSeconds > 0 && durationSeconds <= limits.maxSeconds)) {
    const because = `The request asks for ${asked}; the clause allows ${most}.`
    return fails(rule, because, `Ask for ${most} or less.`, markOf('/duration'))
  }
  const whence = request.durationSeconds === undefined ? ', the default of the clause' : ''
  return holds(rule, `The duration is ${asked}${whence}; the clause allows ${most}.`)
}
