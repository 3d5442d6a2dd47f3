// #44 An old file that was approved once is added again. Ids burn on use, whatever became of them.
import { expect } from 'vitest'
import {
  approve,
  ask,
  checks,
  fate,
  granted,
  mergePast,
  remove,
  requestPath,
  requestText,
  story,
  works
} from '../stories/company.ts'
import { refusedEvenMerged } from './scene.ts'

story('#44 a file that ended is not granted again, however it comes back', undefined, async house => {
  const first = await granted(house)
  await remove(house, 'octocat-refunds', 'octocat')
  expect(works(house)).toBe(false)
  const again = await ask(house)
  expect(await checks(house, again)).toEqual({ terms: 'failure', approvals: 'in_progress' })
  await approve(house, again)
  expect(await checks(house, again)).toEqual({ terms: 'failure', approvals: 'success' })
  expect(await fate(house, again)).toBe('open')
  await mergePast(house, again)
  expect(works(house)).toBe(false)
  expect((await house.ledger()).requests.get(`R-${again}`)?.failed).toContain('id-unused')
  house.github.seed.commit('acme/access', 'main', { [requestPath()]: requestText({}) }, { by: 'lisa' })
  await house.settle()
  expect(works(house)).toBe(false)
  expect(house.onMain()).toEqual([])
  const allowed = [...(await house.ledger()).requests.values()].filter(one => one.outcome === 'allow')
  expect(allowed.map(one => one.pr)).toEqual([first])
})

story('#44 nor is one that was refused, once it is approved', undefined, async house => {
  await mergePast(house, await ask(house))
  const again = await ask(house)
  await approve(house, again)
  await refusedEvenMerged(house, again, 'id-unused')
})
