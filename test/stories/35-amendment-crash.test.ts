// Story 35: the app is killed at any call of an amendment's life, before it reaches anybody or before its answer comes back.
import { describe, expect, test } from 'vitest'
import { openHouse } from '../house.ts'
import type { House } from '../house.ts'
import type { Cut } from '../house/line.ts'
import { amend, amendmentsOnMain, day } from './amendments.ts'
import { approve, hour, minute } from './company.ts'

/** Everything that the end is told by. */
interface End {
  problems: string[]
  records: string[]
  onMain: string[]
  digests: (string | null | undefined)[]
}

async function life(cut?: Cut): Promise<{ house: House; end: End }> {
  const house = await openHouse(cut === undefined ? {} : { cut })
  const base = (await house.ledger()).effective.get('payments-production')?.effective
  await approve(house, await amend(house))
  await house.advance(hour + minute, { sweepEveryMs: 30 * minute })
  const within = (await house.ledger()).effective.get('payments-production')?.effective
  await house.advance(8 * day, { sweepEveryMs: 2 * day })
  const after = (await house.ledger()).effective.get('payments-production')?.effective
  const told = house
    .records()
    .map(({ type }) => type)
    .filter(type => type.startsWith('amendment.'))
  const digests = [base === after || base === undefined ? 'as before' : after, within]
  return { house, end: { problems: await house.finish(), records: told, onMain: amendmentsOnMain(house), digests } }
}

const whole = await life()
const calls = whole.house.tally.calls.length
const every = process.env['ADDENDUM_CRASH_ALL'] === undefined ? Math.ceil(calls / 6) : 1

describe('the life of an amendment', () => {
  test('undisturbed, ends with the contract as it was', () => {
    expect(whole.end.problems).toEqual([])
    expect(whole.end).toMatchObject({
      onMain: [],
      records: ['amendment.decided', 'amendment.inforce', 'amendment.lapsed']
    })
    expect(whole.end.digests[0]).toBe('as before')
  })

  test.each(['before', 'after'] as const)(
    'killed %s one call in so many, it ends the same',
    { timeout: 600_000 },
    async when => {
      for (let at = 2; at <= calls; at += every) {
        expect({ at, ...(await life({ at, when })).end }).toEqual({ at, ...whole.end })
      }
    }
  )
})
