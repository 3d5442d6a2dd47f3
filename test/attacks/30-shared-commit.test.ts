// #30 Two pull requests share a head commit, so that the check of one shines on the other.
// Each is decided by itself, by its own reviews.
import { expect } from 'vitest'
import { at } from '../house.ts'
import { approve, ask, checks, mergePast, story, works } from '../stories/company.ts'
import { headOf, manual } from './scene.ts'

story('#30 the approval of one pull request is none of another with the same commit', manual(), async house => {
  const first = await ask(house)
  const { sha } = await headOf(house, first)
  await house.as.octocat.rest.git.createRef({ ...at, ref: 'refs/heads/twin', sha })
  const { data } = await house.as.octocat.rest.pulls.create({ ...at, title: 'Twin', head: 'twin', base: 'main' })
  await house.settle()
  await approve(house, first)
  await house.sweep()
  expect((await headOf(house, data.number)).sha).toBe(sha)
  // What the shared check shows cannot tell them apart; what is granted can.
  await mergePast(house, data.number)
  const requests = (await house.ledger()).requests
  expect(requests.get(`R-${data.number}`)?.outcome).toBe('refuse')
  expect(requests.get(`R-${data.number}`)?.failed).toContain('approved')
  expect(requests.get(`R-${data.number}`)?.approvedBy).toEqual([])
  expect([...requests.values()].filter(request => request.outcome === 'allow')).toEqual([])
  expect(works(house)).toBe(false)
  expect(house.onMain()).toEqual([])
})

story('#30 the twin of an approved pull request shows no success of its own', manual(), async house => {
  const first = await ask(house)
  await approve(house, first)
  expect((await checks(house, first)).approvals).toBe('success')
  const { sha } = await headOf(house, first)
  await house.as.octocat.rest.git.createRef({ ...at, ref: 'refs/heads/twin', sha })
  const { data } = await house.as.octocat.rest.pulls.create({ ...at, title: 'Twin', head: 'twin', base: 'main' })
  await house.settle()
  expect((await checks(house, data.number)).approvals).toBe('in_progress')
})
