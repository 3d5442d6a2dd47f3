// Story 44: so long before the end as the settings say, the subject is told, once.
import { expect } from 'vitest'
import type { House } from '../house.ts'
import { comments, granted, hour, minute, remove, story } from './company.ts'

const settings = 'apiVersion: addendum/v1\nkind: Settings\nnotice: 15m\nzone: Europe/Berlin\n'
const files = { files: { '.github/addendum.yml': settings } }

async function reminders(house: House, pull: number): Promise<string[]> {
  return (await comments(house, pull)).filter(body => body.startsWith('<!-- addendum reminder -->'))
}

story('fifteen minutes before, by name, and never again', files, async house => {
  const pull = await granted(house, { duration: '1h' })
  await house.advance(44 * minute)
  expect(await reminders(house, pull)).toEqual([])
  await house.advance(2 * minute)
  const [said = '', ...more] = await reminders(house, pull)
  expect(said).toContain('@octocat')
  expect(said).toContain('Europe/Berlin')
  expect(more).toEqual([])
  await house.advance(5 * minute, { sweepEveryMs: minute })
  await house.restart()
  await house.advance(2 * hour, { sweepEveryMs: 5 * minute })
  expect(await reminders(house, pull)).toHaveLength(1)
})

story('with the queue and all memory lost, the sweep sees to it', files, async house => {
  const pull = await granted(house, { duration: '1h' })
  await house.restart()
  await house.advance(50 * minute, { sweepEveryMs: 5 * minute })
  expect(await reminders(house, pull)).toHaveLength(1)
})

story('not where access was never meant to last longer, nor after an early end', files, async house => {
  const short = await granted(house, { duration: '10m' })
  const early = await granted(house, { id: 'early', duration: '1h' })
  await remove(house, 'early', 'octocat')
  await house.advance(hour, { sweepEveryMs: 5 * minute })
  expect([await reminders(house, short), await reminders(house, early)]).toEqual([[], []])
})

story('nor where the settings do not ask for it', undefined, async house => {
  const pull = await granted(house, { duration: '1h' })
  await house.advance(hour, { sweepEveryMs: 5 * minute })
  expect(await comments(house, pull)).toHaveLength(1)
})
