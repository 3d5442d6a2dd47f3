import { expect, test } from 'vitest'
import { inEmergency, inputHolds, parseContract } from '../../src/model/contract.ts'
import type { Clause } from '../../src/model/contract.ts'
import { digestOf } from '../../src/model/digest.ts'
import type { Parsed } from '../../src/model/problem.ts'
import { contractYaml } from './documents.ts'

const file = 'contracts/payments-production.yml'
type Lines = Record<string, string | undefined>

function told(parsed: Parsed<unknown>): string[] {
  return parsed.ok ? [] : parsed.problems.map(p => `${p.code} ${p.line}:${p.column} ${p.pointer}`)
}

function clauseOf(lines: Lines): Clause {
  const parsed = parseContract(file, contractYaml({}, lines))
  if (!parsed.ok) throw new Error(told(parsed).join('\n'))
  return parsed.value.clauses['C-read'] as Clause
}

test('a contract is read whole', () => {
  const more =
    '  C-restart:\n    title: Restart one service\n    action: {provider: ops, name: restart-service}\n' +
    '    approvals: {count: 2, from: ["@acme/sre", "@octocat"]}\n' +
    'floors: {C-read.approvals.count: 1, C-read.duration.max: 8h, C-read.conditions.ticket: true}\n'
  expect(parseContract(file, contractYaml({}, {}, more))).toMatchObject({
    ok: true,
    value: {
      kind: 'Contract',
      id: 'payments-production',
      version: 3,
      parties: { owner: '@acme/payments-leads', eligible: ['@acme/payments'] },
      effective: { fromAt: new Date('2026-01-01T00:00:00Z'), untilAt: new Date('2027-01-01T00:00:00Z') },
      clauses: {
        'C-read': {
          access: [{ provider: 'payments-db', resource: 'ledger', role: 'reader' }],
          duration: { defaultSeconds: 3_600, maxSeconds: 28_800 },
          approvals: { kind: 'stages', stages: [{ count: 1, from: ['codeowners'] }] },
          conditions: { require: [] },
          controls: []
        },
        'C-restart': { action: { provider: 'ops', name: 'restart-service', inputs: {} } }
      },
      floors: [
        { clause: 'C-read', term: 'approvals.count', value: 1 },
        { clause: 'C-read', term: 'duration.max', value: 28_800 },
        { clause: 'C-read', term: 'conditions.ticket', value: true }
      ]
    }
  })
})

test('approvals are one stage, several stages, or automatic', () => {
  const stages = '[{count: 1, from: [codeowners]}, {count: 1, from: ["@acme/security"]}]'
  expect(clauseOf({ approvals: stages }).approvals).toMatchObject({
    kind: 'stages',
    stages: [{}, { from: ['@acme/security'] }]
  })
  expect(clauseOf({ approvals: '{automatic: "request.emergency"}' }).approvals).toEqual({
    kind: 'automatic',
    when: 'request.emergency'
  })
})

test('break-glass is a stage or none, and never longer than the clause', () => {
  expect(clauseOf({ emergency: '{approvals: none, max: 30m, review: 1d}' }).emergency).toEqual({
    stages: [],
    maxSeconds: 1_800,
    reviewSeconds: 86_400
  })
  const someone = '{approvals: {count: 1, from: ["@acme/sre"]}, max: 8h, review: 1d, eligible: ["@octocat"]}'
  expect(clauseOf({ emergency: someone }).emergency).toMatchObject({
    stages: [{ count: 1, from: ['@acme/sre'] }],
    eligible: ['@octocat']
  })
})

test.each<[string, string, string]>([
  ['nobody who must look', '{approvals: none, max: 1h}', 'schema.missing'],
  ['a word that is none', '{approvals: nobody, max: 1h, review: 1d}', 'schema.value'],
  ['longer than the clause', '{approvals: none, max: 9h, review: 1d}', 'value.order'],
  ['a condition in place of people', '{approvals: {automatic: "true"}, max: 1h, review: 1d}', 'schema.missing']
])('break-glass with %s is refused', (_, emergency, code) => {
  const problems = told(parseContract(file, contractYaml({}, { emergency })))
  expect(problems.map(problem => problem.split(' ')[0])).toContain(code)
})

test('an action has no break-glass', () => {
  const emergency = '{approvals: none, max: 1h, review: 1d}'
  const action = '{provider: ops, name: restart}'
  const problems = told(
    parseContract(file, contractYaml({}, { access: undefined, duration: undefined, action, emergency }))
  )
  expect(problems.map(problem => problem.split(' ')[2])).toEqual(['/clauses/C-read/emergency'])
})

test('conditions, eligible, text and controls are kept', () => {
  const clause = clauseOf({
    text: '>\n      May read.\n',
    eligible: '["@acme/support"]',
    controls: '["soc2:CC6.3", "hipaa:164.308(a)(3)(ii)(C)", "800-53r5:AC-2(1)"]',
    conditions:
      '{ticket: "^PAY-[0-9]+$", window: {days: [mon, fri], hours: "22:00-06:30", zone: Europe/Berlin}, ' +
      'require: [{when: "true", rule: "false", because: "Never."}]}'
  })
  expect(clause).toMatchObject({
    text: 'May read.',
    eligible: ['@acme/support'],
    controls: ['soc2:CC6.3', 'hipaa:164.308(a)(3)(ii)(C)', '800-53r5:AC-2(1)'],
    conditions: {
      ticket: '^PAY-[0-9]+$',
      window: { days: ['mon', 'fri'], startMinute: 1_320, endMinute: 390, zone: 'Europe/Berlin' },
      require: [{ when: 'true', rule: 'false', because: 'Never.' }]
    }
  })
})

test('the digest of a clause goes by what it means, not by how it is written', () => {
  const one = digestOf(clauseOf({ duration: '{default: 1h, max: 8h}' }))
  expect(digestOf(clauseOf({ duration: '{max: PT480M, default: 60m}' }))).toBe(one)
  expect(digestOf(clauseOf({ duration: '{default: 1h, max: 9h}' }))).not.toBe(one)
})

test('the inputs of an action say what they may be', () => {
  const inputs =
    '{a: {enum: [x, 1, true]}, b: {pattern: "^[a-z]{1,3}$"}, c: {maxLength: 3}, d: {minimum: 1, maximum: 2}}'
  const { action } = clauseOf({
    access: undefined,
    duration: undefined,
    action: `{provider: ops, name: run, inputs: ${inputs}}`
  })
  const holds = (name: string, value: string | number | boolean) => {
    const rule = action?.inputs[name]
    return rule !== undefined && inputHolds(rule, value)
  }
  expect([holds('a', 'x'), holds('a', 1), holds('a', true), holds('a', '1'), holds('a', false)]).toEqual([
    true,
    true,
    true,
    false,
    false
  ])
  expect([holds('b', 'abc'), holds('b', 'abcd'), holds('b', 1)]).toEqual([true, false, false])
  expect([holds('c', 'abc'), holds('c', 'abcd'), holds('c', 1)]).toEqual([true, false, false])
  expect([holds('d', 1), holds('d', 2), holds('d', 0.9), holds('d', 2.1), holds('d', '1')]).toEqual([
    true,
    true,
    false,
    false,
    false
  ])
})

const clause = '/clauses/C-read'
test.each<[Lines, Lines, string]>([
  [{ title: 'x' }, {}, 'schema.length 4:8 /title'],
  [{ version: '0' }, {}, 'schema.value 5:10 /version'],
  [{ version: '1.5' }, {}, 'schema.type 5:10 /version'],
  [{ parties: '{owner: acme, eligible: ["@acme/payments"]}' }, {}, 'schema.value 6:18 /parties/owner'],
  [{ parties: '{owner: "@acme/x", eligible: []}' }, {}, 'schema.length 6:39 /parties/eligible'],
  [{ parties: '{owner: "@acme/x", eligible: ["@a", "@b", "@a"]}' }, {}, 'value.duplicate 6:52 /parties/eligible/2'],
  [{ effective: '{from: 2027-01-01, until: 2027-01-01}' }, {}, 'value.order 7:38 /effective/until'],
  [{ effective: '{from: 2026-02-30, until: 2027-01-01}' }, {}, 'value.instant 7:19 /effective/from'],
  [{ effective: '{from: 2026-01-01}' }, {}, 'schema.missing 7:1 /effective'],
  [{}, { title: undefined }, `schema.missing 9:3 ${clause}`],
  [{}, { access: undefined, duration: undefined }, `schema.choice 9:3 ${clause}`],
  [{}, { action: '{provider: ops, name: x}' }, `schema.choice 9:3 ${clause}`],
  [{}, { duration: undefined }, `schema.missing 9:3 ${clause}`],
  [{}, { access: undefined, action: '{provider: ops, name: x}' }, `schema.choice 11:5 ${clause}/duration`],
  [{}, { duration: '{default: 9h, max: 8h}' }, `value.order 12:25 ${clause}/duration/default`],
  [{}, { duration: '{default: 1h, max: 400d}' }, `value.duration 12:34 ${clause}/duration/max`],
  [{}, { access: '[]' }, `schema.length 11:13 ${clause}/access`],
  [{}, { access: '[{provider: Ops, resource: a, role: b}]' }, `schema.value 11:25 ${clause}/access/0/provider`],
  [{}, { access: '[{provider: ops, resource: "a b", role: b}]' }, `schema.value 11:40 ${clause}/access/0/resource`],
  [{}, { access: '[{provider: ops, resource: a}]' }, `schema.missing 11:14 ${clause}/access/0`],
  [{}, { approvals: '{count: 0, from: [codeowners]}' }, `schema.value 13:24 ${clause}/approvals/count`],
  [{}, { approvals: '{count: 11, from: [codeowners]}' }, `schema.value 13:24 ${clause}/approvals/count`],
  [{}, { approvals: '{count: 1, from: [codeowner]}' }, `schema.value 13:34 ${clause}/approvals/from/0`],
  [{}, { approvals: '{count: 1}' }, `schema.missing 13:5 ${clause}/approvals`],
  [{}, { approvals: '[]' }, `schema.length 13:16 ${clause}/approvals`],
  [{}, { approvals: '[{count: 1, from: [codeowners]}, 2]' }, `schema.type 13:49 ${clause}/approvals/1`],
  [{}, { approvals: 'none' }, `schema.type 13:16 ${clause}/approvals`],
  [{}, { approvals: '{automatic: ""}' }, `schema.length 13:28 ${clause}/approvals/automatic`],
  [{}, { approvals: '{automatic: "true", count: 1}' }, `schema.unknown-key 13:36 ${clause}/approvals/count`],
  [{}, { conditions: '{ticket: "^(a+)+$"}' }, `value.pattern 14:26 ${clause}/conditions/ticket`],
  [
    {},
    { conditions: '{window: {days: [monday], hours: "08:00-18:00", zone: UTC}}' },
    `schema.value 14:34 ${clause}/conditions/window/days/0`
  ],
  [
    {},
    { conditions: '{window: {days: [mon], hours: "8-18", zone: UTC}}' },
    `value.hours 14:47 ${clause}/conditions/window/hours`
  ],
  [
    {},
    { conditions: '{window: {days: [mon], hours: "08:00-08:00", zone: UTC}}' },
    `value.hours 14:47 ${clause}/conditions/window/hours`
  ],
  [
    {},
    { conditions: '{window: {days: [mon], hours: "08:00-24:00", zone: Europe/Berlim}}' },
    `value.zone 14:68 ${clause}/conditions/window/zone`
  ],
  [
    {},
    { conditions: '{window: {days: [mon], hours: "08:00-24:00", zone: "+02:00"}}' },
    `value.zone 14:68 ${clause}/conditions/window/zone`
  ],
  [{}, { conditions: '{require: [{rule: "true"}]}' }, `schema.missing 14:28 ${clause}/conditions/require/0`],
  [{}, { controls: '[CC6.3]' }, `schema.value 14:16 ${clause}/controls/0`],
  [{}, { colour: 'red' }, `schema.unknown-key 14:5 ${clause}/colour`]
])('%j %j', (lines, terms, expected) => {
  expect(told(parseContract(file, contractYaml(lines, terms)))).toEqual([expected])
})

test.each([
  ['a: {}', `schema.choice 13:62 ${clause}/action/inputs/a`],
  ['a: {enum: [x], maxLength: 3}', `schema.choice 13:62 ${clause}/action/inputs/a`],
  ['a: {minimum: 1}', `schema.missing 13:62 ${clause}/action/inputs/a`],
  ['a: {minimum: 3, maximum: 2}', `value.order 13:75 ${clause}/action/inputs/a/minimum`],
  ['A: {enum: [x]}', `schema.value 13:62 ${clause}/action/inputs/A`]
])('an input %s', (input, expected) => {
  const action = `{provider: ops, name: restart-service, inputs: { ${input}}}`
  expect(
    told(parseContract(file, contractYaml({}, { access: undefined, duration: undefined, text: 'Some', action })))
  ).toEqual([expected])
})

test.each([
  ['C-raed.approvals.count: 1', 'value.reference 14:10 /floors/C-raed.approvals.count'],
  ['C-read.approvals.count: 0', 'schema.value 14:34 /floors/C-read.approvals.count'],
  ['C-read.approvals.from: 1', 'schema.value 14:10 /floors/C-read.approvals.from'],
  ['C-read.duration.max: 9', 'schema.type 14:31 /floors/C-read.duration.max'],
  ['C-read.conditions.ticket: false', 'schema.value 14:36 /floors/C-read.conditions.ticket']
])('a floor %s', (floor, expected) => {
  expect(told(parseContract(file, contractYaml({}, {}, `floors: {${floor}}\n`)))).toEqual([expected])
})

test('a contract needs a clause, and clauses have their names', () => {
  const yaml = contractYaml()
  expect(told(parseContract(file, `${yaml.slice(0, yaml.indexOf('clauses:'))}clauses: {}\n`))).toEqual([
    'schema.length 8:10 /clauses'
  ])
  expect(told(parseContract(file, yaml.replace('C-read', 'toString')))).toEqual(['schema.value 9:3 /clauses/toString'])
})

test('in an emergency a clause is as it says for that; elsewhere it has no break-glass', () => {
  const clause = clauseOf({ emergency: '{approvals: none, max: 30m, review: 1d, eligible: ["@octocat"]}' })
  expect(inEmergency(clause)).toMatchObject({
    eligible: ['@octocat'],
    duration: { defaultSeconds: 1_800, maxSeconds: 1_800 },
    approvals: { kind: 'stages', stages: [] }
  })
  const anybody = clauseOf({ emergency: '{approvals: none, max: 30m, review: 1d}' })
  expect(inEmergency(anybody)).not.toHaveProperty('eligible')
  const { emergency: _none, ...plain } = clause
  expect(inEmergency(plain)).toBeNull()
})
