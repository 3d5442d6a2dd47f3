// #3 The approver wrote a part of the pull request. Whoever committed to it does not judge it.
import { expect } from 'vitest'
import { approve, ask, checks, requestPath, requestText, story } from '../stories/company.ts'
import { join, pushTo, refusedEvenMerged, said } from './scene.ts'

story('#3 an owner who committed to the pull request does not approve it', undefined, async house => {
  await join(house, 'payments-leads', 'hubot')
  const pull = await ask(house, { duration: '1h' })
  await pushTo(house, pull, { [requestPath()]: requestText({ duration: '8h' }) }, { by: 'mona' })
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  expect((await said(house, pull, 'approvals')).text).toMatch(/@mona.*committer/)
  await refusedEvenMerged(house, pull, 'approved')
})
