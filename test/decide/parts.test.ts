// The parts of the count and of the wording, each by itself.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contextOf } from '../../src/decide/context.ts'
import { decisionDigest, effectiveDigest } from '../../src/decide/digests.ts'
import { decide } from '../../src/decide/decide.ts'
import { latestOpinions } from '../../src/decide/ballot/opinions.ts'
import { byId } from '../../src/decide/ballot/persons.ts'
import { unjudged } from '../../src/decide/reason.ts'
import { seat } from '../../src/decide/ballot/seating.ts'
import { windowOf } from '../../src/decide/time/window.ts'
import { counted, instant, list, mention, plain, quoted } from '../../src/decide/wording.ts'
import { at, contract, facts, mona, monalisa, now, request, review } from './facts.ts'

describe('latestOpinions', () => {
  const early = '2026-11-23T09:00:00Z'
  const late = '2026-11-23T09:01:00Z'
  const states = (...reviews: ReturnType<typeof review>[]) =>
    latestOpinions(reviews).map(({ review: { state } }) => state)
  test('the latest counts, however they are listed and numbered', () => {
    const before = review(mona, { id: 9, submittedAt: early })
    const after = review(mona, { id: 1, state: 'CHANGES_REQUESTED', submittedAt: late })
    expect(states(before, after)).toEqual(['CHANGES_REQUESTED'])
    expect(states(after, before)).toEqual(['CHANGES_REQUESTED'])
    expect(states({ ...after, submittedAt: early }, { ...before, submittedAt: late })).toEqual(['APPROVED'])
  })
  test('in one second the less favourable is taken as later, among equals the higher number', () => {
    expect(states(review(mona, { id: 9 }), review(mona, { id: 1, state: 'CHANGES_REQUESTED' }))).toEqual([
      'CHANGES_REQUESTED'
    ])
    expect(states(review(mona, { id: 9 }), review(mona, { id: 1, state: 'DISMISSED' }))).toEqual([])
    const two = [review(mona, { id: 9 }), review(mona, { id: 8, commit: null })]
    expect(latestOpinions(two)[0]?.review.id).toBe(9)
    expect(latestOpinions(two.toReversed())[0]?.review.id).toBe(9)
  })
  test('an objection without a time stands, an approval without or with a broken one does not', () => {
    expect(states(review(mona, { state: 'CHANGES_REQUESTED', submittedAt: null }), review(mona))).toEqual([
      'CHANGES_REQUESTED'
    ])
    expect(states(review(mona, { submittedAt: null }), review(monalisa, { submittedAt: 'yesterday' }))).toEqual([])
  })
})

describe('seat', () => {
  // Slow and obvious: tries every way of seating.
  const most = (stages: { count: number; mayTake: ReadonlySet<string> }[], persons: string[]): number => {
    const [person, ...others] = persons
    if (person === undefined) return 0
    const seated = stages.flatMap((stage, index) => {
      if (stage.count === 0 || !stage.mayTake.has(person)) return []
      const rest = stages.map((other, at) => (at === index ? { ...other, count: other.count - 1 } : other))
      return [1 + most(rest, others)]
    })
    return Math.max(most(stages, others), ...seated)
  }
  const people = ['a', 'b', 'c', 'd', 'e']
  const stage = fc.record({
    count: fc.integer({ min: 0, max: 3 }),
    mayTake: fc.subarray(people).map(names => new Set(names))
  })
  test('takes as many seats as can be, each by somebody else who may', () => {
    fc.assert(
      fc.property(fc.array(stage, { maxLength: 4 }), fc.subarray(people), (stages, persons) => {
        const seated = seat(stages, persons)
        expect(seated.flat()).toHaveLength(most(stages, persons))
        expect(new Set(seated.flat()).size).toBe(seated.flat().length)
        for (const [index, names] of seated.entries()) {
          expect(names.length).toBeLessThanOrEqual(stages[index]?.count ?? 0)
          expect(names.every(name => stages[index]?.mayTake.has(name))).toBe(true)
        }
      })
    )
  })
})

describe('windowOf', () => {
  const terms = { startAt: null, durationSeconds: 3_600, latestAt: at('2027-01-01T00:00:00Z') }
  const span = (begin: string, end: string) => ({ notBefore: at(begin), notAfter: at(end) })
  test('the clock starts at the grant, or at a start that is still to come', () => {
    expect(windowOf(terms, now)).toEqual(span('2026-11-23T10:00:00Z', '2026-11-23T11:00:00Z'))
    const startAt = at('2026-11-24T08:00:00Z')
    expect(windowOf({ ...terms, startAt }, now)).toEqual(span('2026-11-24T08:00:00Z', '2026-11-24T09:00:00Z'))
    expect(windowOf({ ...terms, startAt: at('2026-11-01T08:00:00Z') }, now)).toEqual(windowOf(terms, now))
  })
  test('never goes beyond the last instant, and is empty after it (S9)', () => {
    expect(windowOf({ ...terms, latestAt: at('2026-11-23T10:30:00Z') }, now).notAfter).toEqual(
      at('2026-11-23T10:30:00Z')
    )
    expect(windowOf({ ...terms, latestAt: at('2026-11-23T09:30:00Z') }, now)).toEqual({ notBefore: now, notAfter: now })
  })
})

describe('wording', () => {
  test('quotes on one line, clipped at 80, without what nobody sees and without backticks', () => {
    expect(quoted('a\u202Eb`c\n d\u0000\u200B\uD800')).toBe('"abc d"')
    expect(quoted('x'.repeat(81))).toBe(`"${'x'.repeat(80)}…"`)
    expect(quoted('😀'.repeat(80))).toBe(`"${'😀'.repeat(80)}"`)
    expect(plain('y'.repeat(400))).toHaveLength(301)
  })
  test('never gives out a character that is not seen', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
        expect(quoted(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029`]/u)
      })
    )
  })
  test('lists, counts, mentions and tells instants', () => {
    expect([list([]), list(['a']), list(['a', 'b']), list(['a', 'b', 'c'], 'or')]).toEqual([
      '',
      'a',
      'a and b',
      'a, b or c'
    ])
    expect(list([...'abcdefghijkl'])).toContain('and 4 more')
    expect([counted(1, 'approval'), counted(2, 'approval')]).toEqual(['1 approval', '2 approvals'])
    expect(mention({ login: 'mo`na' })).toBe('@mona')
    expect([instant(now), instant(new Date(Number.NaN))]).toEqual(['2026-11-23T10:00:00Z', 'an unknown time'])
  })
  test('a rule that nobody named in words is still told', () => {
    expect(unjudged('approved', 'not-blocked').because).toContain('not-blocked')
  })
})

test('a file that is not readable has no places to point at', () => {
  expect(contextOf(facts({ file: null })).markOf('/id')).toBeUndefined()
  expect(contextOf(facts()).markOf('/id')).toMatchObject({ column: 1 })
})

test('byId orders by number, then login, and leaves out who is not known', () => {
  const [a, b] = [
    { ...mona, login: 'a' },
    { ...mona, login: 'b' }
  ]
  expect(byId([monalisa, b, null, a, a])).toEqual([a, a, b, monalisa])
})

describe('digests', () => {
  test('the effective contract is named by what it says', () => {
    expect(effectiveDigest(contract())).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(effectiveDigest(contract({ version: 4 }))).not.toBe(effectiveDigest(contract()))
    const effective = { ...contract().effective, untilAt: at('2027-01-01T00:00:00.001Z') }
    expect(effectiveDigest(contract({ effective }))).not.toBe(effectiveDigest(contract()))
  })
  test('the whole decision has a digest, instants and broken text included', () => {
    const decision = decide(
      facts({ request: request({ startAt: at('2026-11-24T08:00:00Z') }), contract: contract({ title: '\uD800' }) })
    )
    expect(decisionDigest(decision)).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(decisionDigest(decision)).not.toBe(decisionDigest(decide(facts())))
    const endless = decide(facts({ request: request({ durationSeconds: Infinity }) }))
    expect(decisionDigest(endless)).toMatch(/^sha256:/)
  })
})
