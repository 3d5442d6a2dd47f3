// Actions are decided like access: by their inputs, and by every other rule.
import { describe, expect, test } from 'vitest'
import { decide } from '../../../src/decide/decide.ts'
import type { InputRule } from '../../../src/model/clause.ts'
import type { Decision } from '../../../src/model/decision.ts'
import type { InputValue } from '../../../src/model/request.ts'
import { at, clause, facts, failedOf, reasonsOf, request } from '../facts.ts'
import type { Bend } from '../facts.ts'

const rules: Record<string, InputRule> = {
  service: { kind: 'enum', values: ['checkout', 'ledger', 3, true] },
  ticket: { kind: 'pattern', pattern: '^PAY-[0-9]+$' },
  note: { kind: 'text', maxLength: 5 },
  count: { kind: 'number', minimum: 1, maximum: 10 }
}
const fine: Record<string, InputValue> = { service: 'ledger', ticket: 'PAY-7', note: 'soon', count: 10 }

function action(inputs: Record<string, InputValue>, taken = rules, more: Bend = {}): Decision {
  const restart = { provider: 'ops', name: 'restart-service', inputs: taken }
  return decide(
    facts({
      clause: clause({ access: undefined, duration: undefined, action: restart }),
      request: request({ inputs, durationSeconds: undefined }),
      providers: { 'ops/restart-service': null },
      ...more
    })
  )
}

describe('an action', () => {
  test('is allowed by the rules that allow access, and says what would be done', () => {
    const decision = action(fine)
    expect([decision.outcome, failedOf(decision)]).toEqual(['allow', []])
    expect(decision.terms).toMatchObject({
      access: [],
      entitlements: [],
      durationSeconds: 0,
      action: { provider: 'ops', name: 'restart-service', inputs: fine }
    })
  })

  test('that takes no inputs is given none', () => {
    expect(action({}, {}).outcome).toBe('allow')
    expect(failedOf(action({ service: 'ledger' }, {}))).toEqual(['inputs-fit'])
  })

  test('waits for the approvals of its clause', () => {
    const decision = action(fine, rules, { reviews: { known: true, value: [] } })
    expect([decision.outcome, failedOf(decision)]).toEqual(['wait', ['approved']])
  })

  test('has no duration', () => {
    const asked = request({ inputs: fine, durationSeconds: 3600 })
    expect(failedOf(action(fine, rules, { request: asked }))).toEqual(['duration-within'])
  })

  test('may be done later', () => {
    const asked = request({ inputs: fine, durationSeconds: undefined, startAt: at('2026-11-24T10:00:00Z') })
    const decision = action(fine, rules, { request: asked })
    expect(decision.outcome).toBe('allow')
    expect(reasonsOf(decision, 'start-in-reach')[0]?.because).toContain('2026-11-24')
  })

  test('is refused where its provider does not run it, or was not asked', () => {
    const answers: Record<string, string | null>[] = [{ 'ops/restart-service': 'it runs no actions.' }, {}]
    for (const providers of answers) {
      expect(failedOf(action(fine, rules, { providers }))).toEqual(['provider-ready'])
    }
  })
})

describe('inputs-fit', () => {
  test.each<[string, Record<string, InputValue>]>([
    ['a value that is not on the list', { ...fine, service: 'payments' }],
    ['a text that looks like the number on the list', { ...fine, service: '3' }],
    ['a text outside the pattern', { ...fine, ticket: 'PAY-7; reboot' }],
    ['a number for a text', { ...fine, ticket: 7 }],
    ['a text that is too long', { ...fine, note: 'at once' }],
    ['true for a text', { ...fine, note: true }],
    ['a number below', { ...fine, count: 0.5 }],
    ['a number above', { ...fine, count: 11 }],
    ['a text for a number', { ...fine, count: '5' }],
    ['one that is not taken', { ...fine, servcie: 'ledger' }],
    ['what every object has', { ...fine, constructor: 'x' }],
    ['one that is missing', { service: 'ledger', ticket: 'PAY-7', note: 'soon' }]
  ])('refuses %s', (_, inputs) => {
    const decision = action(inputs)
    expect(decision.outcome).toBe('refuse')
    expect(failedOf(decision)).toEqual(['inputs-fit'])
  })

  test('gives a reason for each, and says what each may be', () => {
    const reasons = reasonsOf(action({ servcie: 'ledger' }), 'inputs-fit')
    expect(reasons).toHaveLength(5)
    expect(reasons[0]?.todo).toContain('"service"')
    const todo = reasons.map(reason => reason.todo).join(' ')
    for (const part of ['"checkout"', '^PAY-[0-9]+$', '5 characters', 'from 1 to 10']) expect(todo).toContain(part)
    expect(reasonsOf(action({ ...fine, 'nothing-like-it': 1 }), 'inputs-fit')[0]?.todo).toContain('Remove')
  })

  test('refuses inputs for access', () => {
    const decision = decide(facts({ request: request({ inputs: { service: 'ledger' } }) }))
    expect(failedOf(decision)).toEqual(['inputs-fit'])
  })
})
