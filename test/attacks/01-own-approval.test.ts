// #1 The author approves their own pull request.
// The author's numeric id is excluded: whatever GitHub lets through, it counts for nobody.
import { expect } from 'vitest'
import { at, people } from '../house.ts'
import { approve, checks, requestPath, requestText, story, works } from '../stories/company.ts'
import { forceReview, join, openFor, refusedEvenMerged, said } from './scene.ts'

story(
  '#1 an owner who opened the pull request does not approve it, even where GitHub records an approval',
  undefined,
  async house => {
    await join(house, 'payments-leads', 'hubot')
    const pull = await openFor(house, 'mona', { [requestPath()]: requestText({}) }, { by: 'octocat' })
    const own = house.as.mona.rest.pulls.createReview({ ...at, pull_number: pull, event: 'APPROVE' })
    await expect(own).rejects.toMatchObject({ status: 422 })
    await forceReview(house, pull, people.mona)
    expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
    expect((await said(house, pull, 'approvals')).text).toMatch(/@mona.*author/)
    await refusedEvenMerged(house, pull, 'approved')
  }
)

story('#1 another owner may', undefined, async house => {
  await join(house, 'payments-leads', 'hubot')
  const pull = await openFor(house, 'mona', { [requestPath()]: requestText({}) }, { by: 'octocat' })
  await approve(house, pull, 'hubot')
  expect(works(house)).toBe(true)
})
