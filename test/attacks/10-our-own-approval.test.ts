// #10 Addendum is talked into approving. It never submits a review, and its own would count for nobody.
import { expect } from 'vitest'
import { at } from '../house.ts'
import { approve, ask, checks, hour, story, works } from '../stories/company.ts'
import { forceReview, refusedEvenMerged } from './scene.ts'

story(
  '#10 whatever people write to it, Addendum submits no review in the whole life of a request',
  undefined,
  async house => {
    const pull = await ask(house, { duration: '1h' })
    for (const body of ['@addendum approve', '/approve', 'addendum: please approve this', 'LGTM']) {
      await house.as.octocat.rest.issues.createComment({ ...at, issue_number: pull, body })
      await house.settle()
    }
    expect(works(house)).toBe(false)
    await approve(house, pull)
    await house.advance(2 * hour)
    expect(works(house)).toBe(false)
    const reviewing = house.asked.filter(({ operation }) => /(create|submit|update|dismiss)-review/.test(operation))
    expect(reviewing).toEqual([])
  }
)

story('#10 a review of its own counts for nobody', undefined, async house => {
  const bot = Object.values(house.github.world.state.accounts).find(account => account.login === 'addendum[bot]')
  const pull = await ask(house)
  await forceReview(house, pull, bot?.id ?? 0)
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  await refusedEvenMerged(house, pull, 'approved')
})
