// The rules about what is asked for: clause, subject, duration, start, conditions, providers.
import { describe, expect, test } from 'vitest'
import { decide } from '../../src/decide/decide.ts'
import type { Clause, Window } from '../../src/model/contract.ts'
import {
  at,
  clause,
  contract,
  directory,
  facts,
  failedOf,
  hubot,
  known,
  merged,
  mona,
  now,
  octocat,
  parsed,
  person,
  reasonsOf,
  request,
  review,
  unknown,
  unreadable
} from './facts.ts'
import type { Bend } from './facts.ts'

const decided = (bend: Bend) => decide(facts(bend))
const rules = facts().rules
const day = 86_400_000

describe('clause-in-effect', () => {
  const refused = (bend: Bend) => {
    const decision = decided(bend)
    expect(failedOf(decision)).toContain('clause-in-effect')
    return reasonsOf(decision, 'clause-in-effect')[0]
  }
  test('refuses a contract that is not there, or not readable, or another', () => {
    const read = rules.contract
    expect(refused({ rules: { contract: { ...read, blob: null, parsed: null } } })?.holds).toBe(false)
    expect(
      refused({ rules: { contract: { ...read, parsed: unreadable({ message: 'It has two ids.' }) } } })?.because
    ).toContain('two ids')
    expect(refused({ rules: { contract: { ...read, parsed: unreadable() } } })?.holds).toBe(false)
    expect(refused({ contract: contract({ id: 'other' }) })?.holds).toBe(false)
  })
  test('waits for a contract that is to begin, and refuses one from the instant of its end', () => {
    const [fromAt, untilAt] = [at('2026-11-23T10:00:00.001Z'), at('2027-01-01T00:00:00Z')]
    expect(decided({ contract: contract({ effective: { fromAt, untilAt } }) }).outcome).toBe('wait')
    expect(decided({ contract: contract({ effective: { fromAt: now, untilAt } }) }).outcome).toBe('allow')
    const ended = decided({ contract: contract({ effective: { fromAt: at('2026-01-01T00:00:00Z'), untilAt: now } }) })
    expect([ended.outcome, failedOf(ended)]).toEqual(['refuse', ['clause-in-effect', 'start-in-reach']])
  })
  test('after the merge nothing waits any more', () => {
    const effective = { fromAt: at('2026-11-24T00:00:00Z'), untilAt: at('2027-01-01T00:00:00Z') }
    expect(decided({ contract: contract({ effective }), ...merged() }).outcome).toBe('refuse')
  })
  test('names the nearest clause, or all of them', () => {
    expect(refused({ request: request({ clause: 'C-raed' }) })?.todo).toContain('"C-read"')
    expect(refused({ request: request({ clause: 'nothing-like-it' }) })?.todo).toContain('"C-read"')
  })
  test('does not take what every object has for a clause', () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(refused({ request: request({ clause: name }) })?.holds).toBe(false)
    }
  })
  test('refuses a clause of both kinds, and of neither', () => {
    const action = { provider: 'ops', name: 'restart-service', inputs: {} }
    expect(refused({ clause: clause({ action }) })?.todo).toContain('owner of the contract')
    expect(refused({ clause: clause({ access: [] }) })?.todo).toContain('owner of the contract')
  })
})

describe('subject-known', () => {
  test.each<[string, Bend]>([
    ['a directory that is not there', { rules: { directory: { ...rules.directory, blob: null, parsed: null } } }],
    ['a directory that cannot be read', { rules: { directory: { ...rules.directory, parsed: unreadable({}) } } }],
    ['a login that is not in it', { request: request({ subject: 'nobody' }) }],
    [
      'a login that is in it twice',
      {
        directory: directory(person(octocat), person({ id: 99, login: 'Octocat' }), person(mona))
      }
    ]
  ])('refuses %s', (_, bend) => {
    const decision = decided(bend)
    expect(decision.outcome).toBe('refuse')
    expect(decision.terms).toBeNull()
    expect(failedOf(decision)).toEqual(['subject-known', 'subject-eligible', 'policy-holds', 'duties-separated'])
  })
  test('refuses a subject without identity where access is asked for, own identities only', () => {
    for (const identities of [{}, { 'payments-db': '' }, JSON.parse('{"__proto__": "x"}') as Record<string, string>]) {
      const decision = decided({ directory: directory(person(octocat, { identities })) })
      expect(failedOf(decision)).toEqual(['subject-known'])
    }
    expect(decided({ directory: directory(person(octocat, { identities: {} })) }).terms).toBeNull()
  })
  test('finds the login in any spelling, and knows the person by number', () => {
    const decision = decided({ request: request({ subject: 'OctoCat' }) })
    expect(decision.outcome).toBe('allow')
    expect(decision.terms?.subject).toEqual({ id: 1, login: 'octocat', person: 'p-octocat' })
  })
  test('a contractor past the end date holds nothing, and before it nothing beyond it', () => {
    const until = (untilAt: Date, startAt?: Date) =>
      decided({
        directory: directory(person(octocat, { class: 'contractor', untilAt })),
        request: request({ startAt })
      })
    expect(failedOf(until(now))).toEqual(['subject-known'])
    expect(failedOf(until(at('2026-11-25T00:00:00Z'), at('2026-11-25T00:00:00Z')))).toEqual(['subject-known'])
    const soon = at('2026-11-23T11:00:00Z')
    expect(until(soon).outcome).toBe('allow')
    expect(until(soon).terms?.latestAt).toEqual(soon)
  })
})

describe('subject-eligible', () => {
  test('takes the list of the clause, else that of the contract', () => {
    expect(failedOf(decided({ clause: clause({ eligible: ['@acme/sre'] }) }))).toEqual(['subject-eligible'])
    const other = { request: request({ subject: 'hubot' }), clause: clause({ eligible: undefined }) }
    expect(decided(other).outcome).toBe('allow')
    expect(failedOf(decided({ clause: clause({ eligible: [] }) }))).toEqual(['subject-eligible'])
  })
  test('goes by number: a recycled login is not the one who was eligible (attack #13)', () => {
    const teams = { ...facts().teams, '@acme/payments': known([{ ...octocat, id: 999 }]) }
    expect(failedOf(decided({ teams }))).toEqual(['subject-eligible'])
  })
  test('a team that is not known makes nobody eligible, and does not spoil another (attack #17)', () => {
    const teams = { ...facts().teams, '@acme/payments': unknown }
    expect(failedOf(decided({ teams }))).toEqual(['subject-eligible'])
    const both = clause({ eligible: ['@acme/payments', '@hubot', '@nobody', '@Acme/Payments-Leads'] })
    expect(decided({ teams, clause: both, request: request({ subject: 'hubot' }) }).outcome).toBe('allow')
  })
})

describe('duration-within', () => {
  test.each<[number | undefined, 'allow' | 'refuse']>([
    [28_800, 'allow'],
    [28_801, 'refuse'],
    [0, 'refuse'],
    [-1, 'refuse'],
    [Number.NaN, 'refuse'],
    [undefined, 'allow']
  ])('%s seconds: %s', (durationSeconds, outcome) => {
    expect(decided({ request: request({ durationSeconds }) }).outcome).toBe(outcome)
  })
  test('takes the default of the clause, and refuses a clause without durations', () => {
    const asked = request({ durationSeconds: undefined })
    expect(decided({ request: asked }).terms?.durationSeconds).toBe(3_600)
    const without = decided({ request: asked, clause: clause({ duration: undefined }) })
    expect(failedOf(without)).toEqual(['duration-within', 'start-in-reach'])
    expect(without.terms).toBeNull()
  })
})

describe('start-in-reach', () => {
  test('a start that is past means now', () => {
    const decision = decided({ request: request({ startAt: at('2020-01-01T00:00:00Z') }) })
    expect(decision.outcome).toBe('allow')
  })
  test('refuses a start more than 90 days ahead', () => {
    const long = { effective: { fromAt: at('2026-01-01T00:00:00Z'), untilAt: at('2028-01-01T00:00:00Z') } }
    const edge = (ms: number) =>
      decided({ contract: contract(long), request: request({ startAt: new Date(now.getTime() + 90 * day + ms) }) })
    expect(edge(0).outcome).toBe('allow')
    expect(failedOf(edge(1))).toEqual(['start-in-reach'])
  })
  test('refuses access that would outlast the contract, on the line that is to be mended', () => {
    const ending = (ms: number, startAt?: Date) =>
      decided({
        contract: contract({
          effective: { fromAt: at('2026-01-01T00:00:00Z'), untilAt: new Date(now.getTime() + ms) }
        }),
        request: request({ startAt })
      })
    expect(ending(7_200_000).outcome).toBe('allow')
    const short = reasonsOf(ending(3_600_000), 'start-in-reach')[0]
    expect([short?.holds, short?.mark?.line]).toEqual([false, '/duration'.length + 1])
    const late = reasonsOf(ending(3_600_000, new Date(now.getTime() + 3_600_000)), 'start-in-reach')[0]
    expect([late?.holds, late?.mark?.line]).toEqual([false, '/start'.length + 1])
  })
})

describe('conditions-hold', () => {
  const office: Window = {
    days: ['mon', 'tue', 'wed', 'thu', 'fri'],
    startMinute: 480,
    endMinute: 1_080,
    zone: 'Europe/Berlin'
  }
  const under = (conditions: Partial<Clause['conditions']>, bend: Bend = {}) =>
    decided({ clause: clause({ conditions: { require: [], ...conditions } }), ...bend })

  test('asks for a ticket of the right form where the clause does', () => {
    const ticket = '^PAY-[0-9]+$'
    expect(failedOf(under({ ticket }))).toEqual(['conditions-hold'])
    expect(failedOf(under({ ticket }, { request: request({ ticket: 'PAY-1 or so' }) }))).toEqual(['conditions-hold'])
    expect(under({ ticket }, { request: request({ ticket: 'PAY-1234' }) }).outcome).toBe('allow')
    expect(failedOf(under({ ticket: '(a+)+$' }, { request: request({ ticket: 'aaaa' }) }))).toEqual(['conditions-hold'])
  })
  test('waits for the hours to open, but refuses a start that lies outside them', () => {
    const evening = at('2026-11-23T17:00:00Z')
    const outside = under({ window: office }, { now: evening })
    expect([outside.outcome, failedOf(outside)]).toEqual(['wait', ['conditions-hold']])
    expect(reasonsOf(outside, 'conditions-hold')[0]?.todo).toContain('2026-11-24T07:00:00Z')
    expect(under({ window: office }, { now: evening, ...merged() }).outcome).toBe('refuse')
    const start = under({ window: office }, { request: request({ startAt: evening }) })
    expect([start.outcome, failedOf(start)]).toEqual(['refuse', ['conditions-hold']])
    expect(reasonsOf(start, 'conditions-hold')[0]?.mark).toBeDefined()
  })
  test('judges a scheduled start by its own time, and ends access with the hours', () => {
    const startAt = at('2026-11-24T16:30:00Z')
    const decision = under({ window: office }, { now: at('2026-11-23T17:00:00Z'), request: request({ startAt }) })
    expect(decision.outcome).toBe('allow')
    expect(decision.terms).toMatchObject({ startAt, latestAt: at('2026-11-24T17:00:00Z') })
  })
  test('hours around the clock never end access', () => {
    const window: Window = {
      ...office,
      days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
      startMinute: 0,
      endMinute: 0
    }
    const decision = under({ window })
    expect(decision.outcome).toBe('allow')
    expect(decision.terms?.latestAt).toEqual(at('2027-01-01T00:00:00Z'))
  })
  test('hours that can never be met refuse', () => {
    expect(under({ window: { ...office, days: [] } }).outcome).toBe('refuse')
    expect(under({ window: { ...office, zone: 'Mars/Olympus' } }).outcome).toBe('refuse')
  })
  test('what is required holds where its rule does, or its "when" does not; one reason for each that does not', () => {
    const long = "request.duration > duration('1h')"
    const require = [
      { rule: long, because: 'One.' },
      { when: '!request.emergency', rule: 'false', because: 'Two.' },
      { when: long, rule: "request.ticket != ''", because: 'Three.' }
    ]
    const decision = under({ require }, { request: request({ emergency: true }) })
    expect(decision.outcome).toBe('refuse')
    expect(reasonsOf(decision, 'conditions-hold').map(({ because }) => because.slice(0, 6))).toEqual([
      'Three.',
      'The cl'
    ])
    const met = under({ require: require.slice(0, 1) })
    expect([met.outcome, reasonsOf(met, 'conditions-hold')[0]?.because]).toEqual([
      'allow',
      expect.stringContaining('1 requirement')
    ])
  })
  test.each([
    ['an expression that cannot be read', { rule: 'request.tikcet == 1' }],
    ['a "when" that cannot be read', { when: '(', rule: 'true' }],
    ['an expression that fails', { rule: '1 / size(subject.holdings) == 1' }],
    ['a "when" that fails', { when: 'subject.until > now', rule: 'true' }]
  ])('%s does not hold', (_, broken) => {
    expect(failedOf(under({ require: [{ because: 'One.', ...broken }] }))).toEqual(['conditions-hold'])
  })
  test('nothing is required of a subject who is not known', () => {
    const decision = under(
      { require: [{ rule: 'true', because: 'One.' }] },
      { request: request({ subject: 'nobody' }) }
    )
    expect(failedOf(decision)).toContain('conditions-hold')
  })
  test('says which conditions were met', () => {
    const decision = under({ ticket: '^[A-Z]+$', window: office }, { request: request({ ticket: 'PAY' }) })
    expect(reasonsOf(decision, 'conditions-hold')[0]?.because).toMatch(
      /ticket and the hours \(mon, .* 08:00–18:00 Europe/
    )
  })
})

describe('provider-ready', () => {
  const name = 'payments-db/ledger reader'
  test('refuses what the provider refuses or did not answer for, line by line', () => {
    expect(failedOf(decided({ providers: { [name]: 'The role is not on the list.' } }))).toEqual(['provider-ready'])
    expect(failedOf(decided({ providers: {} }))).toEqual(['provider-ready'])
    const access = ['a', 'b'].map(role => ({ provider: 'payments-db', resource: 'ledger', role }))
    expect(reasonsOf(decided({ clause: clause({ access }) }), 'provider-ready')).toHaveLength(2)
  })
  test('refuses two lines that share a name and so an answer', () => {
    const access = [
      { provider: 'payments-db', resource: 'ledger', role: 'reader' },
      { provider: 'payments-db', resource: 'ledger', role: 'reader' }
    ]
    expect(failedOf(decided({ clause: clause({ access }) }))).toEqual(['provider-ready'])
  })
})

test('terms carry what would be granted, with identities', () => {
  const { terms } = decided({
    reviews: known([review(mona)]),
    directory: directory(person(octocat), person(hubot), person(mona))
  })
  expect(terms).toMatchObject({
    contract: 'payments-production',
    clause: 'C-read',
    controls: ['soc2:CC6.3'],
    entitlements: [{ provider: 'payments-db', resource: 'ledger', role: 'reader', identity: 'octocat' }],
    durationSeconds: 7_200,
    startAt: null
  })
  const bare = decided({
    clause: clause({ text: undefined }),
    rules: { directory: { ...rules.directory, parsed: parsed(directory()) } }
  })
  expect(bare.terms?.clauseText).toBe('')
})
