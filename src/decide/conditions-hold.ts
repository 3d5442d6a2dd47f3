// Rule: the clause's conditions: ticket, hours, and what this version cannot evaluate and so does not let pass (S6).
import type { Window } from '../model/contract.ts'
import type { Reason } from '../model/decision.ts'
import { ticketMatches } from '../model/ticket-pattern.ts'
import type { Context } from './context.ts'
import { fails, holds, unjudged, waits } from './reason.ts'
import { instant, list, plain, quoted } from './wording.ts'

const rule = 'conditions-hold'

/** One reason for each condition that does not hold. Hours are judged at the start of access, now or scheduled. */
export function conditionsHold(context: Context): Reason | Reason[] {
  const { request, clause } = context
  if (request === null || clause === null) return unjudged(rule, 'clause-in-effect')
  const failed = [ofTicket(context), ofHours(context), ...ofExpressions(context), ofEmergency(context)]
  const reasons = failed.filter(reason => reason !== undefined)
  return reasons.length === 0 ? holds(rule, met(context)) : reasons
}

function met({ clause, opening }: Context): string {
  const { ticket, window } = clause?.conditions ?? {}
  const closeAt = opening?.closeAt ?? null
  const ends = closeAt === null ? '' : `, open until ${instant(closeAt)}; access ends then`
  const parts = [
    ...(ticket === undefined ? [] : ['the ticket']),
    ...(window === undefined ? [] : [`the hours (${hoursName(window)}${ends})`])
  ]
  return parts.length === 0 ? 'The clause sets no conditions.' : `The conditions of the clause hold: ${list(parts)}.`
}

function ofTicket({ request, clause, markOf }: Context): Reason | undefined {
  const pattern = clause?.conditions.ticket
  if (pattern === undefined) return undefined
  const ticket = request?.ticket
  const todo = `Give a ticket of the form ${quoted(pattern)}.`
  if (ticket === undefined) return fails(rule, 'The clause asks for a ticket, and the request names none.', todo)
  if (ticketMatches(pattern, ticket)) return undefined
  const because = `The ticket ${quoted(ticket)} is not of the form that the clause asks for.`
  return fails(rule, because, todo, markOf('/ticket'))
}

function ofHours({ facts, at, clause, opening, markOf }: Context): Reason | undefined {
  const window = clause?.conditions.window
  if (window === undefined) return undefined
  const hours = hoursName(window)
  if (opening === null) {
    const todo = 'Ask the owner of the contract to mend the hours of the clause.'
    return fails(rule, `The hours of the clause (${hours}) can never be met.`, todo)
  }
  if (opening.openAt <= at) return undefined
  const next = instant(opening.openAt)
  if (at > facts.now) {
    const because = `The start ${instant(at)} is outside the hours of the clause (${hours}).`
    return fails(rule, because, `Choose a start within them; they open next at ${next}.`, markOf('/start'))
  }
  return waits(rule, `It is outside the hours of the clause (${hours}).`, `Wait until ${next}.`)
}

function ofExpressions({ clause }: Context): Reason[] {
  const todo = 'Ask the owner of the contract to state it without "require".'
  return (clause?.conditions.require ?? []).map(({ because }) =>
    fails(rule, `The clause requires ${quoted(because)}, which this version does not evaluate.`, todo)
  )
}

// Access before approval needs a review that is opened and closed; what cannot be kept is not promised (S10).
function ofEmergency({ request, markOf }: Context): Reason | undefined {
  if (request?.emergency !== true) return undefined
  const because = 'The request asks for access before approval, which this version does not grant.'
  return fails(rule, because, 'Remove "emergency" and ask for approval.', markOf('/emergency'))
}

function hoursName({ days, startMinute, endMinute, zone }: Window): string {
  return plain(`${days.join(', ')} ${clock(startMinute)}–${clock(endMinute)} ${zone}`)
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}
