// #24 The objection is dismissed, so that the approval before it counts again. A dismissed opinion revives nothing.
import { expect } from 'vitest'
import { at } from '../house.ts'
import { approve, ask, checks, story } from '../stories/company.ts'
import { manual, refusedEvenMerged, review } from './scene.ts'

story('#24 an approval does not come back when the objection after it is dismissed', manual(), async house => {
  const pull = await ask(house)
  await approve(house, pull)
  const objection = await review(house, pull, 'mona', 'REQUEST_CHANGES')
  await house.as.lisa.rest.pulls.dismissReview({ ...at, pull_number: pull, review_id: objection, message: 'Settled' })
  await house.settle()
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  await refusedEvenMerged(house, pull, 'approved')
})
