// What is wrong with documents beyond their form: expressions, examples, and what the policies say of a contract.
import { describe, expect, test } from 'vitest'
import { contractDenials, documentProblems } from '../../../src/decide/policy/document-problems.ts'
import type { Clause } from '../../../src/model/contract.ts'
import type { Document } from '../../../src/model/document.ts'
import { amendment, longer, strike } from '../agreement/agreements.ts'
import { clause, contract, directory, now, request, unreadable } from '../facts.ts'
import { policy, rule } from './policies.ts'

const lines = (pointer: string) => ({ line: pointer.length, column: 1, endLine: pointer.length, endColumn: 9 })
const pointers = (document: Document) => documentProblems('x.yml', document, lines).map(({ pointer }) => pointer)
const broken: Partial<Clause> = {
  approvals: { kind: 'automatic', when: 'request.sorry' },
  conditions: {
    require: [
      { rule: 'true', because: 'One.' },
      { when: '1', rule: 'sorry', because: 'Two.' }
    ]
  }
}
const three = ['/approvals/automatic', '/conditions/require/1/when', '/conditions/require/1/rule']

describe('expressions of clauses', () => {
  test('in a contract, each on its place', () => {
    expect(pointers(contract({ clauses: { 'C-read': clause(), 'C-a/b': clause(broken) } }))).toEqual(
      three.map(step => `/clauses/C-a~1b${step}`)
    )
    expect(pointers(contract())).toEqual([])
  })
  test('in an amendment, where it adds and where it sets', () => {
    const changes = [
      strike('C-old'),
      longer(),
      { kind: 'add' as const, clause: 'C-a', with: clause(broken) },
      { kind: 'amend' as const, clause: 'C-b', set: broken }
    ]
    expect(pointers(amendment({ changes }))).toEqual([
      ...three.map(step => `/changes/2/with${step}`),
      ...three.map(step => `/changes/3/set${step}`)
    ])
  })
  test('a request and the directory have none', () => {
    expect([...pointers(request()), ...pointers(directory())]).toEqual([])
  })
})

test('of a policy its expressions and its examples', () => {
  const value = (over: object) => {
    const { parsed } = policy(over)
    return parsed?.ok === true ? parsed.value : expect.fail()
  }
  const examples = [{ name: 'An example', on: 'request', given: {}, expect: 'allow' }]
  expect(pointers(value({ rules: [rule({ deny: 'sorry' })], examples }))).toEqual(['/rules/0/deny'])
  expect(pointers(value({ rules: [rule({ deny: 'true' })], examples }))).toEqual(['/examples/0'])
  expect(pointers(value({ rules: [rule({ deny: 'false' })], examples }))).toEqual([])
})

test('what the policies deny of a contract: rules, limits, and a policy that cannot judge', () => {
  const denials = (...policies: Parameters<typeof contractDenials>[0]) =>
    contractDenials(policies, { path: 'contracts/x.yml', contract: contract(), lines, now, zone: 'UTC' })
  const on = ['contract']
  expect(denials(policy({ rules: [rule({ on, deny: 'clauses.exists(c, c.approvals == 1)' })] }))).toHaveLength(1)
  expect(denials(policy({ rules: [rule({ on, warn: 'true' }), rule({ id: 'r-two', deny: 'true' })] }))).toEqual([])
  expect(denials(policy({ rules: [rule({ on, deny: "now.getHours(zone) == 10 && contract.id == 'x'" })] }))).toEqual([])
  expect(denials(policy({ limits: { duration: '7h', liveGrants: 1 } }))[0]?.code).toBe('policy.denied')
  expect(denials(policy({ limits: { duration: '8h' } }))).toEqual([])
  expect(denials({ path: 'policies/x.yml', blob: null, parsed: unreadable({}) })).toHaveLength(1)
})
