// #12 Somebody who may write, and owns something else, approves.
// The owners of exactly this file are asked, by the last line that matches.
import { expect } from 'vitest'
import { approve, ask, checks, story } from '../stories/company.ts'
import { refusedEvenMerged, said } from './scene.ts'

story('#12 an administrator who owns everything else approves nothing here', undefined, async house => {
  const pull = await ask(house)
  await approve(house, pull, 'lisa')
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  expect((await said(house, pull, 'approvals')).text).toMatch(/@lisa.*may not approve this/)
  await refusedEvenMerged(house, pull, 'approved')
})

story('#12 nor does a colleague of the subject with write access', undefined, async house => {
  const pull = await ask(house)
  await approve(house, pull, 'monalisa')
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  await refusedEvenMerged(house, pull, 'approved')
})
