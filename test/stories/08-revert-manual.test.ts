// Story 8: the revert pull request is bookkeeping. Access ends without it, and closing it keeps nothing.
import { expect } from 'vitest'
import { approve, checks, fate, granted, hour, minute, openPulls, story, works } from './company.ts'

const files = { '.github/addendum.yml': 'apiVersion: addendum/v1\nkind: Settings\nrevert: {merge: manual}\n' }
const at = { owner: 'acme', repo: 'access' }

story('the revert waits for a person, and the access does not', { files }, async house => {
  await granted(house, {})
  await house.advance(2 * hour)
  expect(works(house)).toBe(false)
  const [revert = 0, ...more] = await openPulls(house)
  expect(more).toEqual([])
  expect(await checks(house, revert)).toEqual({ terms: 'success', approvals: 'success' })
  await house.as.mona.rest.pulls.createReview({ ...at, pull_number: revert, event: 'APPROVE' })
  await approve(house, revert)
  await house.as.mona.rest.pulls.merge({ ...at, pull_number: revert })
  await house.settle()
  expect(house.onMain()).toEqual([])
  expect((await house.ledger()).requests.get('R-1')?.revertedBy?.pr).toBe(revert)
})

story('who closes it gets a new one, and no access', { files }, async house => {
  await granted(house, {})
  await house.advance(2 * hour)
  const [revert = 0] = await openPulls(house)
  await house.as.octocat.rest.pulls.update({ ...at, pull_number: revert, state: 'closed' })
  await house.settle()
  await house.advance(10 * minute, { sweepEveryMs: 5 * minute })
  expect(works(house)).toBe(false)
  expect(await fate(house, revert)).toBe('closed')
  const open = await openPulls(house)
  expect(open).toHaveLength(1)
  expect(open).not.toContain(revert)
  await house.restart()
  expect(works(house)).toBe(false)
  expect(await openPulls(house)).toEqual(open)
})

story(
  'who pushes to its branch does not stop it',
  { files: { '.github/addendum.yml': files['.github/addendum.yml'].replace('manual', 'auto') } },
  async house => {
    await granted(house, {})
    const stop = house.github.faults.before('pulls/merge', () => {
      stop()
      house.github.seed.commit('acme/access', 'addendum/end/octocat-refunds', { 'README.md': 'mine\n' }, { by: 'lisa' })
    })
    await house.advance(2 * hour)
    await house.advance(5 * minute)
    expect(house.onMain()).toEqual([])
    expect(works(house)).toBe(false)
    expect(await openPulls(house)).toEqual([])
  }
)
