// Beside `check` and `request`: a request held against its contract in the same working tree, before anybody is asked.
import { actionName } from '../model/clause.ts'
import type { InputRule } from '../model/clause.ts'
import type { Clause, Contract } from '../model/contract.ts'
import { formatDuration } from '../model/duration.ts'
import { accessName } from '../model/entitlement.ts'
import { inputFaults, inputRuleName } from '../model/inputs.ts'
import { pathOf } from '../model/place.ts'
import type { Parsed, Problem, ProblemCode } from '../model/problem.ts'
import { byPlace } from '../model/problem.ts'
import type { AccessRequest, InputValue } from '../model/request.ts'
import { suggest } from '../model/suggest.ts'
import { ticketMatches } from '../model/ticket-pattern.ts'

type Said = Pick<Problem, 'expected' | 'found' | 'message' | 'suggestion' | 'example'>

/** What a request asks for that its contract does not have: clause, duration, ticket, inputs. The rest needs GitHub. */
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
  for (const fault of inputFaults(clause.action?.inputs ?? {}, value.inputs)) {
    const { name } = fault
    if (fault.fault === 'unknown') {
      found.push(
        problem('value.reference', `/inputs/${name}`, {
          expected: `an input that ${value.clause} of ${where} takes`,
          found: name,
          message: 'The clause takes no such input.',
          ...(fault.nearest === undefined ? {} : { suggestion: fault.nearest }),
          example: 'inputs: {service: checkout}'
        })
      )
      continue
    }
    const expected = `${inputRuleName(fault.rule, text => JSON.stringify(text))}, as ${value.clause} of ${where} says`
    const example = `inputs: {${name}: ${JSON.stringify(exampleOf(fault.rule))}}`
    found.push(
      fault.fault === 'missing'
        ? problem('schema.missing', Object.keys(value.inputs).length === 0 ? '' : '/inputs', {
            expected,
            found: '',
            message: `The action needs the input ${name}.`,
            example
          })
        : problem('value.pattern', `/inputs/${name}`, {
            expected,
            found: String(fault.value),
            message: 'The action does not allow this value.',
            example
          })
    )
  }
  return found.toSorted(byPlace)
}

function exampleOf(rule: InputRule): InputValue {
  if (rule.kind === 'enum') return rule.values[0] ?? ''
  return rule.kind === 'number' ? rule.minimum : rule.kind === 'text' ? 'after the release' : 'PAY-1234'
}

/** What a clause gives, for people: `payments-db/ledger reader`, or the action's name. */
export function clauseGives(clause: Clause): string {
  if (clause.action !== undefined) return `action ${actionName(clause.action)}`
  return (clause.access ?? []).map(accessName).join(', ')
}
