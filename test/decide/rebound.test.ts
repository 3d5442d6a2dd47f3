import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { reboundEnd, versionEnd } from '../../src/decide/rebound.ts'
import type { ReboundTerms } from '../../src/decide/rebound.ts'
import { at, clause, contract } from './facts.ts'

const grant = { notBefore: at('2026-11-23T10:00:00Z'), notAfter: at('2026-11-23T18:00:00Z') }
const now = at('2026-11-23T11:00:00Z')
const targets = [{ provider: 'payments-db', resource: 'ledger', role: 'reader' }]

function end(over: Partial<ReboundTerms> = {}): Date {
  return reboundEnd(grant, { contract: contract(), clause: clause(), eligible: true, targets, ...over }, now)
}

describe('the end of a live grant under other terms', () => {
  test('stays where it is within the terms', () => {
    expect(end()).toEqual(grant.notAfter)
  })

  test('is at the maximum from its start, and now where that is past', () => {
    expect(end({ clause: clause({ duration: { defaultSeconds: 60, maxSeconds: 7_200 } }) })).toEqual(
      at('2026-11-23T12:00:00Z')
    )
    expect(end({ clause: clause({ duration: { defaultSeconds: 60, maxSeconds: 60 } }) })).toEqual(now)
  })

  test('is now where the clause is gone, gives something else, is an action, or names the subject no more', () => {
    const { access: _access, ...bare } = clause()
    const { duration: _duration, ...action } = bare
    const writer = clause({ access: [{ provider: 'payments-db', resource: 'ledger', role: 'writer' }] })
    for (const gone of [null, bare, action, writer]) expect(end({ clause: gone })).toEqual(now)
    expect(end({ eligible: false })).toEqual(now)
  })

  test('is never after the contract', () => {
    const effective = { fromAt: at('2026-01-01T00:00:00Z'), untilAt: at('2026-11-23T15:00:00Z') }
    expect(end({ contract: contract({ effective }) })).toEqual(effective.untilAt)
  })

  test('is never later than before: S9', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.boolean(), fc.integer({ min: -1e8, max: 1e8 }), (maxSeconds, eligible, ms) => {
        const terms = {
          contract: contract(),
          clause: clause({ duration: { defaultSeconds: 0, maxSeconds } }),
          eligible,
          targets
        }
        expect(reboundEnd(grant, terms, new Date(now.getTime() + ms)).getTime()).toBeLessThanOrEqual(
          grant.notAfter.getTime()
        )
      })
    )
  })
})

describe('the end of a live grant by a new version of the contract', () => {
  const hours = (maxHours: number) => clause({ duration: { defaultSeconds: 60, maxSeconds: maxHours * 3_600 } })
  const until = (hour: number) => {
    const untilAt = new Date(Date.UTC(2026, 10, 23, hour))
    return contract({ effective: { fromAt: at('2026-01-01T00:00:00Z'), untilAt } })
  }
  const terms = (over: Partial<ReboundTerms> = {}): ReboundTerms => {
    return { contract: contract(), clause: hours(8), eligible: true, targets, ...over }
  }
  const version = (then: Partial<ReboundTerms> | null, since: Partial<ReboundTerms>) => {
    return versionEnd(grant, terms(since), then === null ? null : terms(then), now)
      .toISOString()
      .slice(11, 16)
  }

  test('is at what gives less in it', () => {
    expect(version({}, {})).toBe('18:00')
    expect(version({}, { clause: hours(3) })).toBe('13:00')
    expect(version({}, { clause: null })).toBe('11:00')
    expect(version({}, { eligible: false })).toBe('11:00')
    expect(version({}, { contract: until(14) })).toBe('14:00')
    expect(version({}, { clause: hours(3), contract: until(12) })).toBe('12:00')
  })

  test('is not at what gave no more before, as an amendment with keep had it', () => {
    expect(version({ clause: hours(2) }, { clause: hours(2) })).toBe('18:00')
    expect(version({ clause: hours(2) }, { clause: hours(4) })).toBe('18:00')
    expect(version({ clause: null }, { clause: null })).toBe('18:00')
    expect(version({ clause: hours(2) }, { clause: hours(2), contract: until(14) })).toBe('14:00')
    expect(version({ clause: hours(1) }, { clause: null })).toBe('11:00')
    expect(version({ contract: until(14) }, { contract: until(14), clause: hours(7) })).toBe('17:00')
  })

  test('is by all of it where the version before is not known', () => {
    expect(version(null, { clause: hours(2) })).toBe('12:00')
    expect(version(null, {})).toBe('18:00')
  })

  test('is never later than before, nor earlier than by all of it: S9', () => {
    const any = fc.record({
      clause: fc.integer({ min: 0, max: 9 }).map(hours),
      contract: fc.integer({ min: 8, max: 20 }).map(until)
    })
    fc.assert(
      fc.property(any, any, (then, since) => {
        const end = versionEnd(grant, terms(since), terms(then), now)
        expect(end.getTime()).toBeLessThanOrEqual(grant.notAfter.getTime())
        expect(end.getTime()).toBeGreaterThanOrEqual(reboundEnd(grant, terms(since), now).getTime())
      })
    )
  })
})
