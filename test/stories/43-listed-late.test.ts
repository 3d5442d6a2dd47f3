// Story 43: GitHub lists a push or a dismissal later than it happened. Until then somebody is missing, and the sweep looks again.
import { expect } from 'vitest'
import { at } from '../house.ts'
import { approve, ask, checks, fate, minute, story, works } from './company.ts'

story('a push that is listed late costs one more approval until it is', undefined, async house => {
  const pull = await ask(house)
  const late = house.repository.activities.splice(0)
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  house.repository.activities.push(...late)
  await house.advance(6 * minute, { sweepEveryMs: 5 * minute })
  expect(await fate(house, pull)).toBe('merged by addendum[bot]')
  expect(works(house)).toBe(true)
})

story('an objection that its author dismissed stands until it is listed that it was they', undefined, async house => {
  const pull = await ask(house)
  const objection = { ...at, pull_number: pull, event: 'REQUEST_CHANGES', body: 'For how long?' } as const
  house.clock.forward(1000)
  const { data } = await house.as.monalisa.rest.pulls.createReview(objection)
  const dismissal = { ...at, pull_number: pull, review_id: data.id, message: 'Settled' }
  await house.as.monalisa.rest.pulls.dismissReview(dismissal)
  const found = house.repository.pulls[pull]
  const late = found?.dismissals ?? []
  Object.assign(found ?? {}, { dismissals: [] })
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  Object.assign(found ?? {}, { dismissals: late })
  await house.advance(6 * minute, { sweepEveryMs: 5 * minute })
  expect(await fate(house, pull)).toBe('merged by addendum[bot]')
  expect(works(house)).toBe(true)
})
