// Story 16: GitHub is down over the end. Revocation does not wait for it; the records follow when it is back (reliability fault 39).
import { expect } from 'vitest'
import type { House, Outage } from '../house.ts'
import { ask, approve, granted, hour, minute, remove, story, told, works } from './company.ts'

const refusing =
  (status: number, headers: Record<string, string> = {}): Outage =>
  () =>
    new Response('{"message":"no"}', { status, headers: { 'content-type': 'application/json', ...headers } })

const outages: [string, Outage][] = [
  ['answers 500', refusing(500)],
  ['does not answer', () => null],
  ['asks to wait', refusing(403, { 'retry-after': '60' })],
  ['answers 404 to everything', refusing(404)]
]

for (const [name, outage] of outages) {
  story(`while GitHub ${name}, access ends on time, and is written down later`, undefined, async house => {
    const pull = await granted(house, { duration: '1h' })
    await house.advance(30 * minute)
    house.outage = outage
    await house.advance(31 * minute)
    expect(works(house)).toBe(false)
    await house.advance(hour)
    house.outage = undefined
    await backAgain(house)
    expect(told(house, pull)).toEqual(['request.decided', 'grant.intended', 'grant.done', 'revoke.done'])
    expect(house.onMain()).toEqual([])
  })
}

story(
  'a process that starts while GitHub is down ends what its queue knows, once it is due',
  undefined,
  async house => {
    await granted(house, { duration: '1h' })
    house.outage = refusing(500)
    await house.restart({ keepQueue: true })
    await house.advance(hour + minute)
    expect(works(house)).toBe(false)
    house.outage = undefined
    await backAgain(house)
    expect(house.onMain()).toEqual([])
  }
)

story('and leaves alone what another request still carries', undefined, async house => {
  await granted(house, { id: 'octocat-short', duration: '1h' })
  await granted(house, { id: 'octocat-long', duration: '4h' })
  house.outage = refusing(500)
  await house.restart({ keepQueue: true })
  await house.advance(2 * hour)
  expect(works(house)).toBe(true)
  house.outage = undefined
  await backAgain(house)
  await house.advance(2 * hour)
  expect(works(house)).toBe(false)
})

story('even where the queue was asked of the other while a try at the first waited', undefined, async house => {
  house.payments.disturb('grant', { kind: 'before' }, { kind: 'before' }, { kind: 'before' })
  await granted(house, { id: 'octocat-short', duration: '1h' })
  expect(works(house)).toBe(false)
  // The look that waits for its second try keeps the data that it has: one grant, where there are two now.
  await granted(house, { id: 'octocat-long', duration: '4h' })
  await house.advance(minute)
  expect(works(house)).toBe(true)
  house.outage = refusing(500)
  await house.restart({ keepQueue: true })
  await house.advance(2 * hour)
  expect(works(house)).toBe(true)
  house.outage = undefined
  await backAgain(house)
})

story('nothing is granted without the ledger', undefined, async house => {
  const pull = await ask(house)
  const stop = house.github.faults.before('git/create-tree', () => {
    house.github.faults.fail({ kind: 'status', status: 500 }, { operation: 'git/create-tree' })
  })
  await approve(house, pull)
  expect(works(house)).toBe(false)
  expect(house.payments.calls.filter(call => call.operation === 'grant')).toEqual([])
  stop()
  house.github.faults.clear()
  await backAgain(house)
  expect(works(house)).toBe(true)
  await remove(house, 'octocat-refunds', 'octocat')
  expect(works(house)).toBe(false)
})

/** Longer than the longest wait between two tries, with the sweep at work. */
async function backAgain(house: House): Promise<void> {
  await house.advance(15 * minute, { sweepEveryMs: 5 * minute })
}
