// #18 A push after the approval changes what was approved. An approval is of exactly the commit that was reviewed.
import { expect } from 'vitest'
import { approve, ask, checks, requestPath, requestText, story } from '../stories/company.ts'
import { keepStaleReviews, manual, pushTo, refusedEvenMerged, said } from './scene.ts'

story(
  '#18 a longer duration pushed after the approval is not approved, even where GitHub keeps the approval',
  manual(),
  async house => {
    keepStaleReviews(house)
    const pull = await ask(house, { duration: '1h' })
    await approve(house, pull)
    expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'success' })
    await pushTo(house, pull, { [requestPath()]: requestText({ duration: '8h' }) }, { by: 'octocat' })
    expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
    expect((await said(house, pull, 'approvals')).text).toMatch(/@mona.*approved another version/)
    await refusedEvenMerged(house, pull, 'content-bound')
  }
)
