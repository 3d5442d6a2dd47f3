// When time alone changes a decision.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide } from '../../../src/decide/decide.ts'
import { nextTime } from '../../../src/decide/time/next-time.ts'
import type { Window } from '../../../src/model/contract.ts'
import { at, clause, contract, directory, facts, hubot, merged, mona, now, octocat, person, request } from '../facts.ts'
import type { Bend } from '../facts.ts'

const office: Window = {
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  startMinute: 480,
  endMinute: 1_080,
  zone: 'Europe/Berlin'
}
const next = (bend: Bend) => nextTime(facts(bend))
const far = at('2027-06-01T00:00:00Z')
const inEffect = (fromAt: Date, untilAt = far) => contract({ effective: { fromAt, untilAt } })

describe('nextTime', () => {
  test('is when the contract begins', () => {
    const fromAt = at('2026-12-01T00:00:00Z')
    expect(next({ contract: inEffect(fromAt) })).toEqual(fromAt)
  })
  test('is when the access no longer fits into the contract, then when the contract ends', () => {
    const untilAt = at('2026-12-01T00:00:00Z')
    const agreed = inEffect(at('2026-01-01T00:00:00Z'), untilAt)
    expect(next({ contract: agreed })).toEqual(at('2026-11-30T22:00:00.001Z'))
    expect(next({ contract: agreed, now: at('2026-11-30T23:00:00Z') })).toEqual(untilAt)
    expect(next({ contract: agreed, now: untilAt })).toBeUndefined()
  })
  test('looks no earlier where the clause names no duration', () => {
    const untilAt = at('2026-12-01T00:00:00Z')
    const term = clause({ duration: undefined })
    const bare = contract({ effective: { fromAt: now, untilAt }, clauses: { 'C-read': term } })
    expect(next({ contract: bare, request: request({ durationSeconds: undefined }) })).toEqual(untilAt)
  })
  test('is when the hours open or close', () => {
    const term = clause({ conditions: { require: [], window: office } })
    expect(next({ clause: term, now: at('2026-11-23T17:00:00Z') })).toEqual(at('2026-11-24T07:00:00Z'))
    expect(next({ clause: term })).toEqual(at('2026-11-23T17:00:00Z'))
  })
  test('is the scheduled start, or when it comes in reach', () => {
    const startAt = at('2026-11-25T08:00:00Z')
    expect(next({ request: request({ startAt }) })).toEqual(startAt)
    expect(next({ request: request({ startAt: at('2027-03-01T00:00:00Z') }), contract: inEffect(now) })).toEqual(
      at('2026-12-01T00:00:00Z')
    )
  })
  test('is when the person leaves', () => {
    const untilAt = at('2026-11-24T00:00:00Z')
    expect(next({ directory: directory(person(octocat, { untilAt }), person(mona)) })).toEqual(untilAt)
  })
  test('is when somebody who may approve leaves', () => {
    const untilAt = at('2026-11-24T00:00:00Z')
    expect(next({ directory: directory(person(octocat), person(mona, { untilAt })) })).toEqual(untilAt)
    expect(next({ directory: directory(person(octocat), person(hubot, { untilAt })) })).not.toEqual(untilAt)
  })
  test('is never after the merge, and never where nothing is readable', () => {
    expect(next(merged())).toBeUndefined()
    expect(next({ file: null })).toBeUndefined()
    const directory = { path: 'directory.yml', blob: null, parsed: null }
    expect(next({ file: null, rules: { directory } })).toBeUndefined()
  })
})

test('until then the decision keeps its bytes, whatever the request', () => {
  const instant = fc.date({ min: at('2026-11-20T00:00:00Z'), max: at('2026-12-20T00:00:00Z'), noInvalidDate: true })
  const optional = fc.option(instant, { nil: undefined })
  const scene = fc.record({
    when: instant,
    startAt: optional,
    fromAt: instant,
    untilAt: instant,
    leavesAt: optional,
    goesAt: optional,
    hours: fc.boolean()
  })
  const part = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(scene, part, ({ when, startAt, fromAt, untilAt, leavesAt, goesAt, hours }, share) => {
      const term = clause({ conditions: hours ? { require: [], window: office } : { require: [] } })
      const bend: Bend = {
        now: when,
        request: request({ startAt }),
        contract: contract({ effective: { fromAt, untilAt }, clauses: { 'C-read': term } }),
        directory: directory(person(octocat, { untilAt: leavesAt }), person(mona, { untilAt: goesAt }))
      }
      const end = next(bend)?.getTime() ?? when.getTime() + 400 * 86_400_000
      expect(end).toBeGreaterThan(when.getTime())
      const later = new Date(when.getTime() + Math.floor((end - 1 - when.getTime()) * share))
      expect(JSON.stringify(decide(facts({ ...bend, now: later })))).toBe(JSON.stringify(decide(facts(bend))))
    }),
    { numRuns: 500 }
  )
})
