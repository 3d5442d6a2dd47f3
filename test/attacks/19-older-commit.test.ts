// #19 A commit that is older than the approval, pushed to a side branch before, becomes the head after it.
// Time proves nothing; the reviewed commit does.
import { expect } from 'vitest'
import { at } from '../house.ts'
import { approve, ask, checks, requestPath, requestText, story } from '../stories/company.ts'
import { headOf, keepStaleReviews, manual, refusedEvenMerged } from './scene.ts'

story('#19 a branch that moves to a commit from before the approval is not approved', manual(), async house => {
  keepStaleReviews(house)
  const pull = await ask(house, { duration: '1h' })
  const { sha, ref } = await headOf(house, pull)
  const longer = { [requestPath()]: requestText({ duration: '8h' }) }
  const older = house.github.seed.commit('acme/access', 'side', longer, { by: 'octocat', parents: [sha] })
  house.clock.forward(60_000)
  await approve(house, pull)
  expect((await checks(house, pull)).approvals).toBe('success')
  await house.as.octocat.rest.git.updateRef({ ...at, ref: `heads/${ref}`, sha: older })
  await house.settle()
  expect(await headOf(house, pull)).toMatchObject({ sha: older })
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  await refusedEvenMerged(house, pull, 'content-bound')
})
