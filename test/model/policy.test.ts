import { expect, test } from 'vitest'
import { parsePolicy } from '../../src/model/policy.ts'
import type { Parsed } from '../../src/model/problem.ts'

const file = 'policies/baseline.yml'
const head = 'apiVersion: addendum/v1\nkind: Policy\nid: baseline\ntitle: Baseline for all access\n'
const rule = 'id: a, on: [request], because: Because.'

function told(parsed: Parsed<unknown>): string[] {
  return parsed.ok ? [] : parsed.problems.map(p => `${p.code} ${p.line}:${p.column} ${p.pointer}`)
}

test('a policy is read whole', () => {
  const parsed = parsePolicy(
    file,
    `${head}rules:
  - {id: no-emergency, on: [request, amendment], deny: "request.emergency", because: No break-glass here.}
  - {id: ticket, on: [request], when: "true", require: "request.ticket != ''", because: A ticket., controls: ["soc2:CC6.3"]}
  - {id: long, on: [contract], warn: "true", because: It is long.}
never:
  - {id: pay-and-audit, of: [payments-production/C-read, audit/C-write], because: Nobody does both.}
limits: {duration: 24h, liveGrants: 5, openRequests: 10}
examples:
  - {name: No ticket, on: request, given: {request: {ticket: "", n: [1, null]}}, expect: deny, by: [ticket]}
  - {name: A toxic pair, on: request, given: {}, expect: allow}
`
  )
  expect(parsed).toMatchObject({
    ok: true,
    value: {
      kind: 'Policy',
      id: 'baseline',
      rules: [
        { id: 'no-emergency', on: ['request', 'amendment'], effect: 'deny', test: 'request.emergency', controls: [] },
        { id: 'ticket', when: 'true', effect: 'require', test: "request.ticket != ''", controls: ['soc2:CC6.3'] },
        { id: 'long', effect: 'warn', test: 'true' }
      ],
      never: [
        {
          of: [
            { contract: 'payments-production', clause: 'C-read' },
            { contract: 'audit', clause: 'C-write' }
          ]
        }
      ],
      limits: { maxSeconds: 86_400, liveGrants: 5, openRequests: 10 },
      examples: [{ given: { request: { ticket: '', n: [1, null] } }, expect: 'deny', by: ['ticket'] }, { by: [] }]
    }
  })
})

test('a policy without rules has none', () => {
  expect(parsePolicy(file, head)).toMatchObject({ ok: true, value: { rules: [], never: [], limits: {}, examples: [] } })
})

test.each([
  [`rules: [{${rule}}]`, 'schema.choice 5:9 /rules/0'],
  [`rules: [{${rule}, deny: "true", warn: "true"}]`, 'schema.choice 5:9 /rules/0'],
  [`rules: [{${rule.replace('request', 'requests')}, deny: "true"}]`, 'schema.value 5:22 /rules/0/on/0'],
  [`rules: [{${rule.replace('[request]', '[request, request]')}, deny: "true"}]`, 'value.duplicate 5:31 /rules/0/on/1'],
  [`rules: [{${rule}, deny: "true"}, {${rule}, warn: "true"}]`, 'value.duplicate 5:71 /rules/1/id'],
  [`never: [{id: a, of: [x/C-a], because: Because.}]`, 'schema.length 5:21 /never/0/of'],
  [`never: [{id: a, of: [x/C-a, C-b], because: Because.}]`, 'schema.value 5:29 /never/0/of/1'],
  [`limits: {liveGrants: 0}`, 'schema.value 5:22 /limits/liveGrants'],
  [`examples: [{name: One, on: request, given: {}, expect: deny, by: [b]}]`, 'value.reference 5:67 /examples/0/by/0']
])('%s', (text, expected) => {
  expect(told(parsePolicy(file, `${head}${text}\n`))).toEqual([expected])
})

test('a rule and a combination do not share an id', () => {
  const never = 'never: [{id: a, of: [x/C-a, x/C-b], because: Because.}]'
  expect(told(parsePolicy(file, `${head}rules: [{${rule}, deny: "true"}]\n${never}\n`))).toEqual([
    'value.duplicate 6:14 /never/0/id'
  ])
})
