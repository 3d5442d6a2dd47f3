// Beside `check` and `request`: a request held against its contract in the same working tree, before anybody is asked.
import type { Clause, Contract } from '../model/contract.ts'
import { formatDuration } from '../model/duration.ts'
import { accessName } from '../model/entitlement.ts'
import { pathOf } from '../model/place.ts'
import type { Parsed, Problem, ProblemCode } from '../model/problem.ts'
import { byPlace } from '../model/problem.ts'
import type { AccessRequest } from '../model/request.ts'
import { suggest } from '../model/suggest.ts'
import { ticketMatches } from '../model/ticket-pattern.ts'

type Said = Pick<Problem, 'expected' | 'found' | 'message' | 'suggestion' | 'example'>

/** What a request asks for that its contract does not have: clause, duration, ticket. The rest needs GitHub. */
export function relationProblems(
  file: string,
  request: Extract<Parsed<AccessRequest>, { ok: true }>,
  contract: Contract
): Problem[] {
  const { value, lines } = request
  const problem = (code: ProblemCode, pointer: string, rest: Said): Problem => ({
    code,
    file,
    pointer,
    ...lines(pointer),
    ...rest
  })
  const clause = Object.hasOwn(contract.clauses, value.clause) ? contract.clauses[value.clause] : undefined
  const where = pathOf({ kind: 'contract', id: contract.id })
  if (clause === undefined) {
    const ids = Object.keys(contract.clauses)
    const nearest = suggest(value.clause, ids)
    return [
      problem('value.reference', '/clause', {
        expected: `a clause of ${where}: ${ids.join(', ')}`,
        found: value.clause,
        message: 'The contract has no such clause.',
        ...(nearest === undefined ? {} : { suggestion: nearest }),
        example: `clause: ${nearest ?? ids[0] ?? 'C-read'}`
      })
    ]
  }
  const found: Problem[] = []
  const max = clause.duration?.maxSeconds
  if (value.durationSeconds !== undefined && max !== undefined && value.durationSeconds > max) {
    found.push(
      problem('value.order', '/duration', {
        expected: `at most ${formatDuration(max)}, as ${value.clause} of ${where} says`,
        found: formatDuration(value.durationSeconds),
        message: 'The clause does not allow so long.',
        example: `duration: ${formatDuration(max)}`
      })
    )
  }
  const { ticket } = clause.conditions
  if (ticket !== undefined && !ticketMatches(ticket, value.ticket ?? '')) {
    const expected = `a ticket that matches ${ticket}, as ${value.clause} of ${where} says`
    const example = 'ticket: PAY-1234'
    found.push(
      value.ticket === undefined
        ? problem('schema.missing', '', { expected, found: '', message: 'The clause needs a ticket.', example })
        : problem('value.pattern', '/ticket', {
            expected,
            found: value.ticket,
            message: 'The clause needs another kind of ticket.',
            example
          })
    )
  }
  return found.toSorted(byPlace)
}

/** What a clause gives, for people: `payments-db/ledger reader`, or the action's name. */
export function clauseGives(clause: Clause): string {
  if (clause.action !== undefined) return `action ${clause.action.provider}/${clause.action.name}`
  return (clause.access ?? []).map(accessName).join(', ')
}
