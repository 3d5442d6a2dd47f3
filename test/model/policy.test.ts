import { expect, test } from 'vitest'
import { longestPeriodSeconds, parsePolicy } from '../../src/model/policy.ts'
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
limits: {duration: 24h, liveGrants: 5, openRequests: 10, grants: [{count: 3, per: 1d}, {count: 1, per: PT1H, of: [audit/C-write]}]}
examples:
  - {name: No ticket, on: request, given: {request: {ticket: "", n: [1, null]}}, expect: deny, by: [ticket]}
  - {name: A toxic pair, on: request, given: {}, recentGrants: [{ago: 2h}, {ago: 3d, clause: audit/C-write}], expect: allow}
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
      limits: {
        maxSeconds: 86_400,
        liveGrants: 5,
        openRequests: 10,
        grants: [
          { count: 3, perSeconds: 86_400, of: [] },
          { count: 1, perSeconds: 3_600, of: [{ contract: 'audit', clause: 'C-write' }] }
        ]
      },
      examples: [
        { given: { request: { ticket: '', n: [1, null] } }, expect: 'deny', by: ['ticket'], recentGrants: [] },
        {
          by: [],
          recentGrants: [
            { agoSeconds: 7_200, clause: null },
            { agoSeconds: 259_200, clause: { contract: 'audit', clause: 'C-write' } }
          ]
        }
      ]
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
  [`limits: {grants: []}`, 'schema.length 5:18 /limits/grants'],
  [`limits: {grants: [{count: 3}]}`, 'schema.missing 5:19 /limits/grants/0'],
  [`limits: {grants: [{count: 0, per: 1d}]}`, 'schema.value 5:27 /limits/grants/0/count'],
  [`limits: {grants: [{count: 3, per: 0s}]}`, 'value.duration 5:35 /limits/grants/0/per'],
  [`limits: {grants: [{count: 3, per: 1d, of: [C-a]}]}`, 'schema.value 5:44 /limits/grants/0/of/0'],
  [
    `examples: [{name: One, on: contract, given: {}, recentGrants: [{ago: 1h}], expect: deny}]`,
    'schema.unknown-key 5:49 /examples/0/recentGrants'
  ],
  [`examples: [{name: One, on: request, given: {}, expect: deny, by: [b]}]`, 'value.reference 5:67 /examples/0/by/0']
])('%s', (text, expected) => {
  expect(told(parsePolicy(file, `${head}${text}\n`))).toEqual([expected])
})

test('how far back policies look is what the longest period needs, and nothing where none limits how often', () => {
  const limited = (limits: string): { parsed: ReturnType<typeof parsePolicy> } => ({
    parsed: parsePolicy(file, `${head}limits: ${limits}\n`)
  })
  const day = limited('{grants: [{count: 3, per: 1h}, {count: 9, per: 1d}]}')
  expect(longestPeriodSeconds([day, limited('{grants: [{count: 1, per: 2h}]}')])).toBe(86_400)
  expect(longestPeriodSeconds([limited('{liveGrants: 1}'), limited('{grants: 7}'), { parsed: null }])).toBe(0)
})

test('a rule and a combination do not share an id', () => {
  const never = 'never: [{id: a, of: [x/C-a, x/C-b], because: Because.}]'
  expect(told(parsePolicy(file, `${head}rules: [{${rule}, deny: "true"}]\n${never}\n`))).toEqual([
    'value.duplicate 6:14 /never/0/id'
  ])
})
