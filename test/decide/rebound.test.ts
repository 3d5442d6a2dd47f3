import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { reboundEnd } from '../../src/decide/rebound.ts'
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
