// Rule: the clause's conditions: ticket, hours, and expressions, which do not hold where they cannot be evaluated (S6).
import type { Conditions } from '../../model/contract.ts'
import type { Reason } from '../../model/decision.ts'
import type { AccessRequest } from '../../model/request.ts'
import { ticketMatches } from '../../model/ticket-pattern.ts'
import type { CelRecord } from '../cel/types.ts'
import type { Context } from '../context.ts'
import { hoursName } from '../time/hours-name.ts'
import { conditionHolds } from '../policy/condition.ts'
import { fails, holds, unjudged, waits } from '../reason.ts'
import { counted, instant, list, plain, quoted } from '../wording.ts'

const rule = 'conditions-hold'

/** One reason for each condition that does not hold. Hours are judged at the start of access, now or scheduled. */
export function conditionsHold(context: Context): Reason | Reason[] {
  const { request, clause } = context
  if (request === null || clause === null) return unjudged(rule, 'clause-in-effect')
  const conditions = clause.conditions
  const failed = [
    ofTicket(context, request, conditions),
    ofHours(context, conditions),
    ...ofExpressions(context, conditions),
    ofEmergency(context, request)
  ]
  const reasons = failed.filter(reason => reason !== undefined)
  return reasons.length === 0 ? holds(rule, met(context, conditions)) : reasons
}

function met({ opening }: Context, { ticket, window, require }: Conditions): string {
  const closeAt = opening?.closeAt ?? null
  const ends = closeAt === null ? '' : `, open until ${instant(closeAt)}; access ends then`
  const parts = [
    ...(ticket === undefined ? [] : ['the ticket']),
    ...(window === undefined ? [] : [`the hours (${hoursName(window)}${ends})`]),
    ...(require.length === 0 ? [] : [counted(require.length, 'requirement')])
  ]
  return parts.length === 0 ? 'The clause sets no conditions.' : `The conditions of the clause hold: ${list(parts)}.`
}

function ofTicket({ markOf }: Context, { ticket }: AccessRequest, { ticket: pattern }: Conditions): Reason | undefined {
  if (pattern === undefined) return undefined
  const todo = `Give a ticket of the form ${quoted(pattern)}.`
  if (ticket === undefined) return fails(rule, 'The clause asks for a ticket, and the request names none.', todo)
  if (ticketMatches(pattern, ticket)) return undefined
  const because = `The ticket ${quoted(ticket)} is not of the form that the clause asks for.`
  return fails(rule, because, todo, markOf('/ticket'))
}

function ofHours({ facts, at, opening, markOf }: Context, { window }: Conditions): Reason | undefined {
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

function ofExpressions({ variables }: Context, { require }: Conditions): Reason[] {
  if (require.length > 0 && variables === null) return [unjudged(rule, 'subject-known')]
  return require.flatMap(({ when, rule: test, because }) => {
    const applies = when === undefined ? { holds: true } : conditionHolds(when, variables as CelRecord)
    if (!applies.holds && applies.because === undefined) return []
    const said = applies.holds ? conditionHolds(test, variables as CelRecord) : applies
    if (said.holds) return []
    const todo = 'Change the request so that this holds, or ask the owner of the contract.'
    return [fails(rule, `${plain(because)}${said.because === undefined ? '' : ` ${plain(said.because)}`}`, todo)]
  })
}

// An emergency is now, and only where the clause names its conditions (S10).
function ofEmergency({ facts, breakGlass, markOf }: Context, asked: AccessRequest): Reason | undefined {
  if (!asked.emergency) return undefined
  if (!breakGlass) {
    const because = `The clause ${quoted(asked.clause)} allows no break-glass.`
    return fails(rule, because, 'Remove "emergency" and ask for approval.', markOf('/emergency'))
  }
  if (asked.startAt === undefined || asked.startAt <= facts.now) return undefined
  const because = 'Break-glass begins at once, and the request is for later.'
  return fails(rule, because, 'Remove "start", or remove "emergency" and ask for approval.', markOf('/start'))
}
