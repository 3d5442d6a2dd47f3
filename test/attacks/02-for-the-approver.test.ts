// #2 A colleague opens the pull request for the approver, who then approves their own access. The subject is excluded.
import { expect } from 'vitest'
import { approve, ask, checks, story } from '../stories/company.ts'
import { join, refusedEvenMerged, said } from './scene.ts'

story('#2 an owner does not approve access for themselves that a colleague asked for', undefined, async house => {
  await join(house, 'payments-leads', 'octocat')
  const pull = await ask(house, { subject: 'octocat' }, 'monalisa')
  await approve(house, pull, 'octocat')
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  expect((await said(house, pull, 'approvals')).text).toMatch(/@octocat.*subject/)
  await refusedEvenMerged(house, pull, 'approved')
})
