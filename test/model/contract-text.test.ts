// A contract as YAML again: what is read back is what was written, whatever its texts hold.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseContract } from '../../src/model/contract.ts'
import type { Clause, Contract } from '../../src/model/contract.ts'
import { contractFaults, writeClause, writeContract } from '../../src/model/contract-text.ts'
import { contractYaml } from './documents.ts'

const file = 'contracts/payments-production.yml'
const read = (text: string): Contract => {
  const parsed = parseContract(file, text)
  if (!parsed.ok) throw new Error(parsed.problems.map(problem => problem.message).join(' '))
  return parsed.value
}

const full = contractYaml(
  {},
  {
    text: '|\n  First line: with a colon\n  # not a comment\n\n  - not a list',
    eligible: '["@acme/payments"]',
    approvals: '[{count: 1, from: [codeowners]}, {count: 2, from: ["@acme/security", "@mona"]}]',
    conditions:
      '{ticket: "^PAY-[0-9]+$", window: {days: [fri, sat], hours: "22:00-06:00", zone: Europe/Berlin}, ' +
      'require: [{when: "request.duration > duration(\'4h\')", rule: "request.ticket != \'\'", ' +
      'because: "Long reads need a case."}]}',
    emergency: '{approvals: {count: 1, from: ["@acme/sre"]}, max: 30m, review: 1d, eligible: ["@acme/sre"]}',
    controls: '["soc2:CC6.3", "gdpr:32(1)"]'
  },
  `  C-restart:
    title: Restart one service
    action:
      provider: ops
      name: restart-service
      inputs:
        service: {enum: [checkout, 1, true]}
        reason: {maxLength: 200}
        ticket: {pattern: "^PAY-[0-9]+$"}
        copies: {minimum: 1, maximum: 9}
    approvals: {automatic: "request.emergency"}
    conditions: {window: {days: [mon], hours: "08:00-24:00", zone: UTC}}
  C-now:
    title: Read it in an emergency
    access: [{provider: payments-db, resource: ledger, role: reader}]
    duration: {default: 1h, max: 8h}
    approvals: {count: 1, from: [codeowners]}
    emergency: {approvals: none, max: 1h, review: 2d}
  C-stop:
    title: Stop everything
    action: {provider: ops, name: stop}
    approvals: {count: 3, from: ["@acme/sre"]}
floors:
  C-read.approvals.count: 2
  C-read.duration.max: PT8H
  C-read.duration.default: 1h
  C-read.conditions.ticket: true
`
)

test('what is written is read back the same, with every kind of term', () => {
  const contract = read(full)
  expect(read(writeContract(contract))).toEqual(contract)
  expect(writeContract(read(writeContract(contract)))).toBe(writeContract(contract))
  expect(contractFaults(contract)).toEqual([])
})

test('short maps and lists are on one line, as people write them', () => {
  const text = writeContract(read(full))
  expect(text).toContain('    duration: {default: 1h, max: 8h}\n')
  expect(text).toContain('      - {provider: payments-db, resource: ledger, role: reader}\n')
  expect(text).not.toMatch(/[&*][a-z]\d/)
})

test('comments stand over their clause and at the end, and change nothing', () => {
  const contract = read(full)
  const text = writeContract(contract, { clauses: { 'C-stop': 'amendment stop' }, end: ['C-a: struck', 'C-b: struck'] })
  expect(text).toContain('  # amendment stop\n  C-stop:')
  expect(text).toContain('# C-a: struck\n# C-b: struck\n')
  expect(read(text)).toEqual(contract)
})

test('one clause is written as it stands under its id', () => {
  const { 'C-stop': stop } = read(full).clauses
  expect(writeClause(stop as Clause)).toBe(
    'title: Stop everything\naction: {provider: ops, name: stop}\napprovals:\n  count: 3\n  from: ["@acme/sre"]\n'
  )
})

test('any text that a person can write is kept', () => {
  const base = read(full)
  const character = fc.constantFrom(...' \n\t:#-&*!|>%@`\'"{}[],?~\\aé✓0yn=<', ...'truenullyesno')
  const text = fc
    .string({ unit: character, minLength: 3, maxLength: 60 })
    .map(some => some.trim())
    .filter(some => some.length > 2)
  const line = text.map(some => some.replaceAll(/[\n\t]/g, ' ').trim()).filter(some => some.length > 2)
  fc.assert(
    fc.property(text, line, line, (words, title, because) => {
      const clause = base.clauses['C-read'] as Clause
      const conditions = { ...clause.conditions, require: [{ rule: words, because }] }
      const contract = {
        ...base,
        title,
        clauses: { ...base.clauses, 'C-read': { ...clause, title, text: words, conditions } }
      }
      expect(read(writeContract(contract))).toEqual(contract)
    }),
    { numRuns: 500 }
  )
})

describe('a computed contract', () => {
  const contract = read(contractYaml())
  const clause = contract.clauses['C-read'] as Clause
  test.each<[string, Contract]>([
    ['has a clause', { ...contract, clauses: {} }],
    [
      'has no clause that is both',
      {
        ...contract,
        clauses: { 'C-read': { ...clause, action: { provider: 'ops', name: 'stop', inputs: {} } } }
      }
    ],
    [
      'has no default over the maximum',
      {
        ...contract,
        clauses: { 'C-read': { ...clause, duration: { defaultSeconds: 2, maxSeconds: 1 } } }
      }
    ],
    ['has instants', { ...contract, effective: { ...contract.effective, fromAt: new Date(NaN) } }],
    [
      'has no floor of a clause that is not there',
      {
        ...contract,
        floors: [{ clause: 'C-gone', term: 'approvals.count', value: 1 }]
      }
    ]
  ])('%s', (_, computed) => expect(contractFaults(computed).length).toBeGreaterThan(0))
  test('is no longer than a contract may be', () => {
    const long = (length: number): Contract => ({
      ...contract,
      clauses: Object.fromEntries(
        Array.from({ length: 100 }, (_, index) => [`C-${index}`, { ...clause, text: 'x'.repeat(length) }])
      )
    })
    expect(contractFaults(long(1_000))).toEqual([])
    expect(contractFaults(long(4_000))).toHaveLength(1)
  })
})
