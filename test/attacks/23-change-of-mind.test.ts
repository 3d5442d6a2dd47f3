// #23 The approver asks for changes after all, and the approval is counted nevertheless.
// The latest opinion of each person wins.
import { expect } from 'vitest'
import { approve, ask, checks, story } from '../stories/company.ts'
import { manual, refusedEvenMerged, review } from './scene.ts'

story('#23 an approval that is followed by a request for changes is none', manual(), async house => {
  const pull = await ask(house)
  await approve(house, pull)
  expect((await checks(house, pull)).approvals).toBe('success')
  await review(house, pull, 'mona', 'REQUEST_CHANGES')
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  await refusedEvenMerged(house, pull, 'not-blocked')
  expect((await house.ledger()).requests.get(`R-${pull}`)?.failed).toContain('approved')
})
