// #5 Commits under an e-mail address that is nobody's hide who wrote them. An unknown author costs one more approval.
import { expect } from 'vitest'
import { approve, checks, fate, requestPath, requestText, story, works } from '../stories/company.ts'
import { join, openFor, refusedEvenMerged, said } from './scene.ts'

const nobody = { name: 'octocat', email: 'octocat@nowhere.example' }
const file = { [requestPath()]: requestText({}) }

story("#5 one approval is not enough where a commit is nobody's", undefined, async house => {
  await join(house, 'payments-leads', 'hubot')
  const pull = await openFor(house, 'octocat', file, { by: 'octocat', author: nobody })
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  expect((await said(house, pull, 'approvals')).text).toContain('1 more of 2 approvals')
  await refusedEvenMerged(house, pull, 'approved')
})

story('#5 a second one is', undefined, async house => {
  await join(house, 'payments-leads', 'hubot')
  const pull = await openFor(house, 'octocat', file, { by: 'octocat', author: nobody })
  await approve(house, pull)
  await approve(house, pull, 'hubot')
  expect(await fate(house, pull)).toBe('merged by addendum[bot]')
  expect(works(house)).toBe(true)
})
