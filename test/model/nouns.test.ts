// The small nouns: grants on one entitlement, keys, references, faults.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accessName, entitlementKey } from '../../src/model/entitlement.ts'
import { Fault } from '../../src/model/fault.ts'
import { carriedUntil, endOf, inForce, nextBoundary } from '../../src/model/grant.ts'
import type { Grant } from '../../src/model/grant.ts'
import { amendmentRef, personRef, requestRef } from '../../src/model/record.ts'

const minute = (m: number) => new Date(Date.UTC(2026, 10, 23, 10, m))
const grant = (from: number, to: number, endedAt?: number): Grant => ({
  request: `R-${from}`,
  notBefore: minute(from),
  notAfter: minute(to),
  endedAt: endedAt === undefined ? undefined : minute(endedAt)
})

describe('grants', () => {
  test('end at their expiry, or when ended before; ending later prolongs nothing (S9)', () => {
    expect(endOf(grant(0, 30))).toEqual(minute(30))
    expect(endOf(grant(0, 30, 10))).toEqual(minute(10))
    expect(endOf(grant(0, 30, 40))).toEqual(minute(30))
  })
  test('are in force from their first instant to just before their last', () => {
    const one = grant(5, 30)
    expect([4, 5, 29, 30].map(m => inForce(one, minute(m)))).toEqual([false, true, true, false])
    expect(inForce(grant(5, 30, 5), minute(5))).toBe(false)
  })
  test('ending one leaves what another still carries (S8)', () => {
    const two = [grant(0, 30, 10), grant(5, 20)]
    expect(carriedUntil(two, minute(9))).toEqual(minute(20))
    expect(carriedUntil(two, minute(12))).toEqual(minute(20))
    expect(carriedUntil(two, minute(20))).toBeUndefined()
  })
  test('tell the next instant at which anything may change', () => {
    expect(nextBoundary([grant(5, 30, 10), grant(8, 20)], minute(5))).toEqual(minute(8))
    expect(nextBoundary([grant(5, 30)], minute(30))).toBeUndefined()
  })
  test('between now and the next boundary the answer stays the same, for any set', () => {
    const grants = fc.array(fc.tuple(fc.nat(60), fc.nat(60), fc.option(fc.nat(60), { nil: undefined })), {
      maxLength: 6
    })
    fc.assert(
      fc.property(grants, fc.nat(60), (spans, at) => {
        const set = spans.map(([from, length, ended]) => grant(from, from + length, ended))
        const next = nextBoundary(set, minute(at))
        const held = (now: Date) => carriedUntil(set, now) !== undefined
        const before = new Date((next?.getTime() ?? minute(200).getTime()) - 1)
        expect(held(before)).toBe(held(minute(at)))
      })
    )
  })
})

test('the key of an entitlement tells apart what differs, and its name holds no identity', () => {
  const one = { provider: 'payments-db', identity: 'octocat', resource: 'ledger', role: 'reader' }
  expect(entitlementKey(one)).not.toBe(entitlementKey({ ...one, identity: 'octo', resource: 'catledger' }))
  expect(accessName(one)).toBe('payments-db/ledger reader')
})

test('references are made of numbers only', () => {
  expect([requestRef(812), amendmentRef(813), personRef(1)]).toEqual(['R-812', 'A-813', 'gh:1'])
})

describe('Fault', () => {
  test('is retried unless it says otherwise, and keeps its cause', () => {
    const cause = new Error('socket closed')
    const fault = new Fault('github.unavailable', 'GitHub did not answer', { cause })
    expect(fault).toMatchObject({ name: 'Fault', code: 'github.unavailable', retry: true, retryAt: undefined, cause })
    expect(fault).toBeInstanceOf(Error)
  })
  test('says when to try again, and that it is of no use', () => {
    const fault = new Fault('github.limited', 'Wait', { retry: false, retryAt: minute(1) })
    expect(fault).toMatchObject({ retry: false, retryAt: minute(1) })
    expect('cause' in fault).toBe(false)
  })
})
