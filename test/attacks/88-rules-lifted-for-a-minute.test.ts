// #88 Auto-merge is armed, and an administrator lifts the rules for a minute. What slips through then is decided as
// ever: by its approvals, and by the rules of that moment.
import { expect } from 'vitest'
import { at } from '../house.ts'
import { approve, ask, minute, story, works } from '../stories/company.ts'
import { lift, manual, refusedOnceMerged } from './scene.ts'
import type { House } from '../house.ts'

const both = ['Addendum: main', 'Addendum: reviews on main']

/** As auto-merge does it: the moment that nothing stands in the way, in the name of whoever armed it. */
async function mergedMeanwhile(house: House, pull: number): Promise<void> {
  const restore = both.map(name => lift(house, name))
  await house.as.octocat.rest.pulls.merge({ ...at, pull_number: pull })
  for (const back of restore) back()
  await house.advance(minute)
}

story('#88 an unapproved request that was merged in that minute grants nothing', undefined, async house => {
  const pull = await ask(house)
  await expect(house.as.octocat.rest.pulls.merge({ ...at, pull_number: pull })).rejects.toThrow()
  await mergedMeanwhile(house, pull)
  await refusedOnceMerged(house, pull, 'approved')
})

story('#88 nor one that is judged within the minute, approved as it is', manual(), async house => {
  const pull = await ask(house)
  await approve(house, pull)
  for (const name of both) lift(house, name)
  await house.as.octocat.rest.pulls.merge({ ...at, pull_number: pull })
  await house.settle()
  expect(works(house)).toBe(false)
  await refusedOnceMerged(house, pull, 'protected')
})
