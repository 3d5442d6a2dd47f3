// #16 The approver leaves the team after approving. Membership events make every open pull request be decided again.
import { expect } from 'vitest'
import { approve, ask, checks, story } from '../stories/company.ts'
import { leave, manual, refusedEvenMerged } from './scene.ts'

story('#16 the check turns as soon as the approver has left the team', manual(), async house => {
  const pull = await ask(house)
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'success' })
  await leave(house, 'payments-leads', 'mona')
  expect((await checks(house, pull)).approvals).not.toBe('success')
  await refusedEvenMerged(house, pull, 'approved')
})
