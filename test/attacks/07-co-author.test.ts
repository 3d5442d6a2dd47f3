// #7 The approver helped, and stands in a Co-authored-by trailer only.
// Co-authors are excluded; one whom nobody knows costs one more approval.
import { expect } from 'vitest'
import { approve, checks, requestPath, requestText, story } from '../stories/company.ts'
import { join, openFor, refusedEvenMerged, said } from './scene.ts'

const file = { [requestPath()]: requestText({}) }

story('#7 an owner who is a co-author does not approve', undefined, async house => {
  await join(house, 'payments-leads', 'hubot')
  const message = 'Ask for access\n\nCo-Authored-By: Mona <1002+mona@users.noreply.github.com>'
  const pull = await openFor(house, 'octocat', file, { by: 'octocat', message })
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  expect((await said(house, pull, 'approvals')).text).toMatch(/@mona.*co-author/)
  await refusedEvenMerged(house, pull, 'approved')
})

story("#7 a co-author whose address is nobody's costs one more approval", undefined, async house => {
  await join(house, 'payments-leads', 'hubot')
  const message = 'Ask for access\n\nco-authored-by: A friend <friend@nowhere.example>'
  const pull = await openFor(house, 'octocat', file, { by: 'octocat', message })
  await approve(house, pull)
  expect((await said(house, pull, 'approvals')).text).toContain('1 more of 2 approvals')
  await refusedEvenMerged(house, pull, 'approved')
})
