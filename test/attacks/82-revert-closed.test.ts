// #82 The pull request that takes an ended request out is closed, again and again. It is bookkeeping: access ended
// before it, and ends without it.
import { expect } from 'vitest'
import { at } from '../house.ts'
import { approve, granted, hour, openPulls, story, told, works } from '../stories/company.ts'

const files = { '.github/addendum.yml': 'apiVersion: addendum/v1\nkind: Settings\nrevert: {merge: manual}\n' }

story('#82 closing the revert keeps no access, and brings the next one', { files }, async house => {
  const pull = await granted(house, { duration: '1h' })
  await house.advance(hour)
  expect(works(house)).toBe(false)
  const seen = new Set<number>()
  for (let again = 0; again < 3; again++) {
    const [revert = 0, ...more] = await openPulls(house)
    expect(more).toEqual([])
    expect(seen.has(revert)).toBe(false)
    seen.add(revert)
    await house.as.octocat.rest.pulls.update({ ...at, pull_number: revert, state: 'closed' })
    await house.settle()
    expect(works(house)).toBe(false)
  }
  const [last = 0] = await openPulls(house)
  await approve(house, last)
  await house.as.mona.rest.pulls.merge({ ...at, pull_number: last })
  await house.settle()
  expect(house.onMain()).toEqual([])
  expect(told(house, pull)).toEqual(['request.decided', 'grant.intended', 'grant.done', 'revoke.done'])
})
