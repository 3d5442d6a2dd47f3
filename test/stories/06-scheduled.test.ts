// Story 6: access that begins later is agreed now, granted then, and not a second before.
import { expect } from 'vitest'
import { granted, hour, remove, story, told, works } from './company.ts'

const start = '2026-11-23T15:00:00Z'

story('a scheduled request is granted at its start and ends by its duration from there', undefined, async house => {
  const pull = await granted(house, { start, duration: '1h' })
  expect(works(house)).toBe(false)
  expect(told(house, pull)).toEqual(['request.decided'])
  await house.advance(new Date(start).getTime() - house.clock.now().getTime() - 1000)
  expect(works(house)).toBe(false)
  await house.advance(1000)
  expect(works(house)).toBe(true)
  await house.advance(hour - 1)
  expect(works(house)).toBe(true)
  await house.advance(1)
  expect(works(house)).toBe(false)
  expect(house.onMain()).toEqual([])
})

story('one that is taken back before its start is never granted', undefined, async house => {
  const pull = await granted(house, { start })
  await remove(house, 'octocat-refunds', 'octocat')
  await house.advance(8 * hour)
  expect(told(house, pull)).toEqual(['request.decided'])
  expect(house.payments.calls.filter(call => call.operation === 'grant')).toEqual([])
  expect(house.onMain()).toEqual([])
})

story('one whose start passes while the app is gone is granted when it comes back', undefined, async house => {
  await granted(house, { start, duration: '4h' })
  house.clock.forward(7 * hour)
  expect(works(house)).toBe(false)
  await house.restart()
  expect(works(house)).toBe(true)
})
