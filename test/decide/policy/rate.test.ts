// How often one person is granted something: the sliding window, its edges, and what a decision makes of it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide } from '../../../src/decide/decide.ts'
import { againAt, rateName } from '../../../src/decide/policy/rate.ts'
import { nextTime } from '../../../src/decide/time/next-time.ts'
import type { RecentGrant } from '../../../src/model/facts.ts'
import type { GrantRate } from '../../../src/model/policy.ts'
import { facts, failedOf, merged, now, reasonsOf } from '../facts.ts'
import type { Bend } from '../facts.ts'
import { policy, rule } from './policies.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const read = { contract: 'payments-production', clause: 'C-read' }
const write = { contract: 'payments-production', clause: 'C-write' }
/** Granted so long before now. */
const ago = (ms: number, clause = read): RecentGrant => ({ ...clause, decidedAt: new Date(now.getTime() - ms) })
const rate = (count: number, perSeconds = 86_400, of: GrantRate['of'] = []): GrantRate => ({ count, perSeconds, of })
const again = (one: GrantRate, ...grants: RecentGrant[]) => againAt(one, grants, now.getTime())
const later = (ms: number): Date => new Date(now.getTime() + ms)

describe('the window', () => {
  test('lets through as many as it says, and then waits for the oldest of them', () => {
    expect(again(rate(2))).toBeNull()
    expect(again(rate(2), ago(hour))).toBeNull()
    expect(again(rate(2), ago(hour), ago(3 * hour))).toEqual(later(21 * hour))
    expect(again(rate(1), ago(hour), ago(3 * hour))).toEqual(later(23 * hour))
  })
  test('whatever the order in which the grants are told', () => {
    const grants = [ago(hour), ago(9 * hour), ago(3 * hour)]
    for (const some of [grants, grants.toReversed()]) expect(again(rate(2), ...some)).toEqual(later(21 * hour))
  })
  test('counts a grant until it is exactly so old, to the millisecond', () => {
    expect(again(rate(1), ago(day - 1))).toEqual(later(1))
    expect(again(rate(1), ago(day))).toBeNull()
  })
  test('counts what another server dated later than now', () => {
    expect(again(rate(1), ago(-minute))).toEqual(later(day + minute))
  })
  test('counts only the clauses that it names, where it names some', () => {
    const named = rate(1, 86_400, [write, { contract: 'audit', clause: 'C-read' }])
    expect(again(named, ago(hour))).toBeNull()
    expect(again(named, ago(hour), ago(2 * hour, write))).toEqual(later(22 * hour))
  })
})

test('as a sentence it says what, how often and within what', () => {
  expect(rateName(rate(1))).toBe('Nobody is granted access more than once within 1d.')
  expect(rateName(rate(3, 5_400, [read, write]))).toBe(
    'Nobody is granted payments-production/C-read or payments-production/C-write more than 3 times within 1h30m.'
  )
})

describe('a decision', () => {
  const twice = { grants: [{ count: 2, per: '1d' }] }
  const under = (limits: object, bend: Bend = {}) => facts({ policies: [policy({ limits })], ...bend })
  const full = { recentGrants: [ago(hour), ago(3 * hour)] }
  test('waits, says until when, and is made again then', () => {
    const given = under(twice, full)
    const decision = decide(given)
    expect(decision.outcome).toBe('wait')
    expect(reasonsOf(decision, 'policy-holds')).toMatchObject([{ holds: false, waiting: true }])
    const [reason] = reasonsOf(decision, 'policy-holds')
    expect(reason?.because).toContain('more than 2 times within 1d')
    expect(reason?.todo).toContain('2026-11-24T07:00:00Z')
    expect(nextTime(given)).toEqual(later(21 * hour))
    expect(decide({ ...given, now: later(21 * hour) }).outcome).toBe('allow')
    expect(decide({ ...given, now: later(21 * hour - 1) }).outcome).toBe('wait')
  })
  test('is allowed below the limit, and waits for nothing', () => {
    const given = under(twice, { recentGrants: [ago(hour)] })
    expect(decide(given).outcome).toBe('allow')
    expect(nextTime(given)).toEqual(nextTime(under({})))
  })
  test('after the merge refuses: nothing is granted later by itself', () => {
    expect(decide(under(twice, { ...full, ...merged() })).outcome).toBe('refuse')
  })
  test('refuses where another rule denies for good', () => {
    const policies = [policy({ limits: twice, rules: [rule({ deny: 'true' })] })]
    const decision = decide(facts({ policies, ...full }))
    expect(decision.outcome).toBe('refuse')
    expect(failedOf(decision)).toEqual(['policy-holds'])
    expect(nextTime(facts({ policies, ...full }))).toEqual(later(21 * hour))
  })
  test('waits under each of several rates, and is made again at the first that lets go', () => {
    const given = under({ grants: [...twice.grants, { count: 1, per: '2d' }] }, full)
    expect(reasonsOf(decide(given), 'policy-holds')).toHaveLength(2)
    expect(nextTime(given)).toEqual(later(21 * hour))
    expect(nextTime({ ...given, now: later(21 * hour) })).toEqual(later(47 * hour))
  })
  test('is not asked by a rate on other clauses', () => {
    const others = { grants: [{ count: 1, per: '1d', of: ['payments-production/C-write'] }] }
    expect(decide(under(others, { recentGrants: [ago(hour), ago(hour, write)] })).outcome).toBe('allow')
  })
})

const grants = fc.array(
  fc.record({ agoMs: fc.integer({ min: -minute, max: 5 * hour }), clause: fc.constantFrom(read, write) }),
  { maxLength: 12 }
)
const one = fc.record({
  count: fc.integer({ min: 1, max: 3 }),
  per: fc.constantFrom('1s', '20m', '1h', '90m', '4h'),
  of: fc.constantFrom(['payments-production/C-read'], ['payments-production/C-read', 'payments-production/C-write'])
})
/** Copied, so that YAML writes no value as a reference to another. */
const limits = fc
  .uniqueArray(one, { minLength: 1, maxLength: 3, selector: limit => JSON.stringify(limit) })
  .map(some => structuredClone(some).map(limit => ({ ...limit, of: [...limit.of] })))

test('no window, wherever it begins, ever holds more decisions than the limit says', () => {
  const asked = fc.array(fc.integer({ min: -2 * minute, max: hour }), { minLength: 5, maxLength: 40 })
  let refused = 0
  const check = (rates: object[], gaps: number[]): void => {
    const policies = [policy({ limits: { grants: rates } })]
    const parsed = policies[0]?.parsed
    const all = parsed?.ok === true ? (parsed.value.limits.grants ?? []) : []
    const recentGrants: RecentGrant[] = []
    let at = now.getTime()
    for (const gap of gaps) {
      // A gap below nothing: a server whose clock is behind.
      at += gap
      const decision = decide(facts({ now: new Date(at), policies, recentGrants, ...merged() }))
      if (decision.outcome === 'allow') recentGrants.push({ ...read, decidedAt: new Date(at) })
      else refused += 1
    }
    const times = recentGrants.map(({ decidedAt }) => decidedAt.getTime())
    for (const { count, perSeconds } of all) {
      for (const begin of times) {
        const within = times.filter(time => time >= begin && time < begin + perSeconds * 1_000)
        expect(within.length).toBeLessThanOrEqual(count)
      }
    }
  }
  fc.assert(fc.property(limits, asked, check), { numRuns: 200 })
  expect(refused).toBeGreaterThan(100)
})

test('until the next time nothing changes, and what waits for a rate alone is then one step nearer', () => {
  const steps = fc.nat()
  let waited = 0
  fc.assert(
    fc.property(limits, grants, steps, (some, past, step) => {
      const recentGrants = past.map(({ agoMs, clause }) => ago(agoMs, clause))
      const given = facts({ policies: [policy({ limits: { grants: some } })], recentGrants })
      const decision = decide(given)
      const next = nextTime(given)?.getTime() ?? NaN
      const between = later(step % (next - now.getTime()))
      expect(JSON.stringify(decide({ ...given, now: between }))).toBe(JSON.stringify(decision))
      if (decision.outcome === 'allow') return
      waited += 1
      const then = decide({ ...given, now: new Date(next) })
      expect(reasonsOf(then, 'policy-holds')).not.toEqual(reasonsOf(decision, 'policy-holds'))
    }),
    { numRuns: 500 }
  )
  expect(waited).toBeGreaterThan(50)
})
