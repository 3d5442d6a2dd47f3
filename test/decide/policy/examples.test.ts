// The examples of policies: run, explained where they fail, and counted as proof of the rules.
import { describe, expect, test } from 'vitest'
import { runExamples } from '../../../src/decide/policy/examples.ts'
import { baseline } from '../../../src/read/baseline.ts'
import { policy, rule, written } from './policies.ts'

const ticket = rule({ deny: "request.ticket == ''" })
const run = (examples: object[], over: object = {}) => runExamples([policy({ rules: [ticket], examples, ...over })])
const only = (given: object, expect: string, over: object = {}) => {
  return run([{ name: 'An example', on: 'request', given, expect }], over).policies[0]?.examples[0]
}

test('the shipped baseline can be read, its examples come out as they say, and prove every rule both ways', () => {
  const report = runExamples([baseline()])
  expect(report.policies.flatMap(one => one.examples.filter(example => !example.ok))).toEqual([])
  expect(report).toMatchObject({ ok: true, counts: { failed: 0 } })
  expect(report.counts.proven).toBe(report.counts.rules)
  expect(report.counts.rules).toBeGreaterThan(5)
})

test('an example comes out by the rules of its own policy, over a plain case', () => {
  expect(only({}, 'deny')).toMatchObject({ ok: true, actual: 'deny', decided: [{ rule: 'r-one' }] })
  expect(only({ request: { ticket: 'PAY-1' } }, 'allow')).toMatchObject({ ok: true, decided: [] })
  expect(only({}, 'warn', { rules: [rule({ warn: 'true' })] })).toMatchObject({ ok: true, actual: 'warn' })
})

test('one that fails says what was expected, what came, and by which rule, on its line', () => {
  const failed = only({}, 'allow')
  expect(failed).toMatchObject({ ok: false, actual: 'deny', decided: [{ rule: 'r-one', because: 'Because of it.' }] })
  expect(failed?.problem).toMatchObject({ code: 'policy.example', pointer: '/examples/0', line: failed?.line })
  expect(failed?.problem?.message).toContain('r-one')
  expect(only({ request: { ticket: 'PAY-1' } }, 'deny')?.problem?.message).toContain('allow')
  const broken = { rules: [rule({ deny: 'subject.until < now' })] }
  expect(only({}, 'allow', broken)?.decided[0]?.because).toContain('until')
})

test('it must be the rule that it names', () => {
  const rules = [ticket, rule({ id: 'r-two', deny: 'request.emergency' })]
  const report = run([{ name: 'An example', on: 'request', given: {}, expect: 'deny', by: ['r-two'] }], { rules })
  expect(report.policies[0]?.examples[0]).toMatchObject({ ok: false, actual: 'deny', expected: 'deny' })
  expect(report.policies[0]?.examples[0]?.problem?.message).toContain('r-two')
})

test('an example states what was granted before, for limits on how often', () => {
  const limited = (over: object, grants: object[]): string | undefined => {
    const example = { name: 'An example', on: 'request', given: {}, expect: 'deny', ...over }
    return run([example], { rules: [], limits: { grants } }).policies[0]?.examples[0]?.actual
  }
  const twice = [{ count: 2, per: '1d' }]
  expect(limited({}, twice)).toBe('allow')
  expect(limited({ recentGrants: [{ ago: '1h' }] }, twice)).toBe('allow')
  expect(limited({ recentGrants: [{ ago: '1h' }, { ago: '23h' }] }, twice)).toBe('deny')
  expect(limited({ recentGrants: [{ ago: '1h' }, { ago: '1d' }] }, twice)).toBe('allow')
  const later = { now: '2026-07-04T12:00:00Z', clause: { id: 'C-a' } }
  expect(limited({ given: later, recentGrants: [{ ago: '1h' }, { ago: '2h' }] }, twice)).toBe('deny')
  const named = [{ count: 1, per: '1d', of: ['example/C-a'] }]
  expect(limited({ given: later, recentGrants: [{ ago: '1h' }] }, named)).toBe('deny')
  expect(limited({ given: later, recentGrants: [{ ago: '1h', clause: 'example/C-b' }] }, named)).toBe('allow')
  expect(limited({ recentGrants: [{ ago: '1h', clause: 'example/C-a' }] }, named)).toBe('allow')
})

test('coverage: which rule and which combination no example has shown true, or false', () => {
  const never = [{ id: 'n-one', of: ['a/C-a', 'b/C-b'], because: 'Never both.' }]
  const of = (...given: object[]) => {
    const examples = given.map((one, at) => ({ name: `Example ${at}`, on: 'request', given: one, expect: 'deny' }))
    return run(examples, { never }).policies[0]?.rules.map(({ rule, unproven }) => [rule, ...unproven])
  }
  expect(of()).toEqual([
    ['r-one', 'never true', 'never false'],
    ['n-one', 'never true', 'never false']
  ])
  const both = {
    request: { contract: 'a', clause: 'C-a', ticket: 'PAY-1' },
    subject: { holdings: [{ contract: 'b', clause: 'C-b' }] }
  }
  expect(of({})).toEqual([
    ['r-one', 'never false'],
    ['n-one', 'never true']
  ])
  expect(of({}, both)).toEqual([['r-one'], ['n-one']])
  const counts = runExamples([policy({ rules: [ticket] })]).counts
  expect(counts).toEqual({ examples: 0, failed: 0, rules: 1, proven: 0 })
})

describe('what an example gives', () => {
  const given = (of: object, holds: string, on = 'request') => {
    const report = run([{ name: 'An example', on, given: of, expect: 'allow' }], {
      rules: [rule({ on: [on], require: holds })]
    })
    return report.policies[0]?.examples[0]
  }
  test.each<[object, string]>([
    [{ request: { duration: '2h' } }, "request.end - request.start == duration('2h')"],
    [{ request: { duration: '250ms' } }, "request.duration == duration('250ms')"],
    [{ now: '2026-07-04' }, "request.start == now && now == timestamp('2026-07-04T00:00:00Z') && !request.scheduled"],
    [{ request: { start: '2026-07-04' } }, 'request.scheduled && request.start > now'],
    [{ request: { end: '2026-07-04', scheduled: true } }, "request.end == timestamp('2026-07-04T00:00:00Z')"],
    [{ contract: { id: 'a' } }, "request.contract == 'a' && contract.id == 'a'"],
    [{ request: { clause: 'C-a' } }, "clause.id == 'C-a' && clauses[0].id == 'C-a'"],
    [{ clause: { id: 'C-a' }, request: { clause: 'C-b' } }, "request.clause == 'C-b' && clause.id == 'C-b'"],
    [{ clause: { access: [{ role: 'writer' }] } }, "clauses[0].access[0].role == 'writer'"],
    [{ clauses: [{ approvals: 2 }] }, 'clauses[0].approvals == 2 && clause.approvals == 1'],
    [{ subject: { holdings: [{}] } }, 'size(subject.holdings) == 1'],
    [{ subject: { until: '2026-07-04' } }, 'has(subject.until)']
  ])('%j', (of, holds) => {
    expect(given(of, holds)).toMatchObject({ ok: true })
  })
  test('of an amendment and of a contract, too', () => {
    const holds = "amendment.permanent && size(before) == 1 && 'C-example' in amendment.amends"
    expect(given({ amendment: { permanent: true } }, holds, 'amendment')).toMatchObject({ ok: true })
    expect(given({ clauses: [] }, 'size(clauses) == 0', 'contract')).toMatchObject({ ok: true })
  })
  test.each<[object, string, string | undefined]>([
    [{ reqeust: {} }, '/given/reqeust', 'request'],
    [{ request: { tikcet: '' } }, '/given/request/tikcet', 'ticket'],
    [{ request: { ticket: 7 } }, '/given/request/ticket', undefined],
    [{ request: { emergency: 'yes' } }, '/given/request/emergency', undefined],
    [{ request: { duration: 7 } }, '/given/request/duration', undefined],
    [{ request: { duration: 'long' } }, '/given/request/duration', undefined],
    [{ now: 'tomorrow' }, '/given/now', undefined],
    [{ clause: { approvals: 1.5 } }, '/given/clause/approvals', undefined],
    [{ clause: [] }, '/given/clause', undefined],
    [{ clause: null }, '/given/clause', undefined],
    [{ clause: { access: {} } }, '/given/clause/access', undefined],
    [{ clause: { access: [7] } }, '/given/clause/access/0', undefined],
    [{ clause: { valueOf: 7 } }, '/given/clause/valueOf', undefined]
  ])('%j is told on its place', (of, pointer, suggestion) => {
    const failed = given(of, 'true')
    expect(failed).toMatchObject({ ok: false, decided: [], problem: { pointer: `/examples/0${pointer}` } })
    expect([failed?.actual, failed?.problem?.suggestion]).toEqual([undefined, suggestion])
  })
})

test('a bug is no wrong example', () => {
  const examples = [{ name: 'An example', on: 'request', given: {}, expect: 'deny' }]
  const { parsed, ...read } = policy({ rules: [ticket], examples })
  if (parsed?.ok !== true) throw new Error('refused')
  const given = {
    get request(): never {
      throw new TypeError('broken')
    }
  }
  const broken = parsed.value.examples.map(example => ({ ...example, given }))
  const value = { ...parsed.value, examples: broken }
  expect(() => runExamples([{ ...read, parsed: { ...parsed, value } }])).toThrow(TypeError)
})

describe('a policy that cannot be read runs nothing', () => {
  test('and says why, on the exact column', () => {
    const text = [
      'apiVersion: addendum/v1',
      'kind: Policy',
      'id: company',
      'title: Of the company',
      'rules:',
      "  - {id: r-one, on: [request, contract], deny: 'request.tikcet', because: Because of it.}",
      '  - id: r-two',
      '    on: [request]',
      '    because: Because of it.',
      '    when: request.tikcet',
      '    deny: >-',
      '      request.tikcet',
      '      == 1',
      'examples:',
      '  - {name: An example, on: request, given: {}, expect: deny}',
      ''
    ].join('\n')
    const report = runExamples([written(text)])
    expect(report.ok).toBe(false)
    expect(report.policies[0]).toMatchObject({ policy: 'company', examples: [], rules: [] })
    expect(
      report.policies[0]?.problems.map(({ code, line, column, endColumn, suggestion }) => [
        code,
        line,
        column,
        endColumn,
        suggestion
      ])
    ).toEqual([
      // In quotes: one column further. A contract has no request at all.
      ['cel.unknown', 6, 57, 63, 'ticket'],
      ['cel.unknown', 6, 49, 56, undefined],
      ['cel.unknown', 10, 19, 25, 'ticket'],
      // Folded by YAML: the whole text.
      ['cel.unknown', 11, 11, 1, 'ticket']
    ])
  })
  test('whatever it is', () => {
    expect(runExamples([written('kind: Nothing')])).toMatchObject({ ok: false, policies: [{ policy: null }] })
    const odd = { path: 'policies/Odd.yml', blob: '5'.repeat(40), parsed: { ok: false as const, problems: [] } }
    expect(runExamples([odd]).policies[0]?.problems).toHaveLength(1)
    expect(runExamples([{ ...odd, parsed: null }])).toMatchObject({ ok: true, policies: [] })
  })
})
