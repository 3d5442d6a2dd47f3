// #71 A delivery is sent again: at once, or long after the end. Each only asks for a look, and a look at what is done
// finds nothing to do.
import { expect } from 'vitest'
import { comments, granted, hour, minute, story, told, works } from '../stories/company.ts'

story('#71 every delivery twice: granted once, told once, ended once', undefined, async house => {
  house.github.faults.duplicate({ times: 1000 })
  const pull = await granted(house, { duration: '1h' })
  expect(works(house)).toBe(true)
  await house.advance(hour + minute)
  expect(works(house)).toBe(false)
  expect(told(house, pull)).toEqual(['request.decided', 'grant.intended', 'grant.done', 'revoke.done'])
  expect(await comments(house, pull)).toHaveLength(1)
  expect(house.payments.calls.filter(({ operation }) => operation === 'grant')).toHaveLength(1)
})

story('#71 every delivery again, a day after access ended, brings nothing back', undefined, async house => {
  const pull = await granted(house, { duration: '1h' })
  await house.advance(25 * hour)
  expect(works(house)).toBe(false)
  const { outbox } = house.github
  const deliveries = outbox.deliveries()
  expect(deliveries.map(({ event }) => event)).toEqual(
    expect.arrayContaining(['pull_request', 'pull_request_review', 'push'])
  )
  const before = house.asked.length
  for (const { id } of deliveries.toReversed()) await outbox.redeliver(id)
  await house.settle()
  // Not even the reviews are read again: what the ledger has decided is not decided twice.
  const again = house.asked.slice(before).map(({ operation }) => operation)
  expect(again).not.toEqual([])
  expect(again).not.toContain('pulls/list-reviews')
  await house.advance(hour)
  expect(works(house)).toBe(false)
  expect(told(house, pull)).toEqual(['request.decided', 'grant.intended', 'grant.done', 'revoke.done'])
  expect(house.payments.calls.filter(({ operation }) => operation === 'grant')).toHaveLength(1)
})
