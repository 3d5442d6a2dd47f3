// #20 A push lands between the approval and its webhook.
// The review itself names the commit that was reviewed; when we hear of it says nothing.
import { expect } from 'vitest'
import { at } from '../house.ts'
import { ask, checks, requestPath, requestText, story } from '../stories/company.ts'
import { headOf, keepStaleReviews, refusedEvenMerged } from './scene.ts'

story('#20 an approval that is heard of after a push is of what was there before it', undefined, async house => {
  keepStaleReviews(house)
  const pull = await ask(house, { duration: '1h' })
  const { ref } = await headOf(house, pull)
  house.github.faults.hold({ event: 'pull_request_review', times: 1 })
  house.clock.forward(1000)
  await house.as.mona.rest.pulls.createReview({ ...at, pull_number: pull, event: 'APPROVE' })
  house.github.seed.commit('acme/access', ref, { [requestPath()]: requestText({ duration: '8h' }) }, { by: 'octocat' })
  house.github.faults.release()
  await house.settle()
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  await refusedEvenMerged(house, pull, 'content-bound')
})
