// #36 The rules are deleted, so that nothing forbids.
// Default is deny: what no contract allows and no owner can be asked for is refused.
import { expect } from 'vitest'
import type { RuleId } from '../../src/model/decision.ts'
import { approve, ask, checks, granted, hour, mergePast, minute, story, told, works } from '../stories/company.ts'
import { manual, refusedEvenMerged } from './scene.ts'

const gone: [path: string, rule: RuleId][] = [
  ['.github/CODEOWNERS', 'owners-readable'],
  ['contracts/payments-production.yml', 'clause-in-effect'],
  ['directory.yml', 'subject-known']
]
for (const [path, rule] of gone) {
  story(`#36 without ${path} nothing is granted`, manual(), async house => {
    const pull = await ask(house)
    await approve(house, pull)
    expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'success' })
    house.github.seed.commit('acme/access', 'main', { [path]: null }, { by: 'lisa' })
    await house.settle()
    const now = await checks(house, pull)
    expect([now.terms, now.approvals]).toContain('failure')
    await refusedEvenMerged(house, pull, rule)
  })
}

const settings = '.github/addendum.yml'

story('#36 without the settings nothing is granted, and nothing is kept longer', manual(), async house => {
  await mergePast(house, await granted(house, { id: 'octocat-held', duration: '1h' }))
  expect(works(house)).toBe(true)
  const pull = await granted(house, { duration: '8h' })
  house.github.seed.commit('acme/access', 'main', { [settings]: null }, { by: 'lisa' })
  await house.settle()
  await mergePast(house, pull)
  expect(told(house, pull)).toEqual([])
  await house.advance(hour, { sweepEveryMs: 5 * minute })
  expect(works(house)).toBe(false)
})
