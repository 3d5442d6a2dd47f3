// Story 1: a request is made, approved, granted, expires and is taken out of main again, and nobody did more than ask and approve.
import { expect } from 'vitest'
import { approve, ask, checks, comments, fate, hour, openPulls, story, told, works } from './company.ts'

story('an approved request is granted, ends by itself, and its file leaves main', undefined, async house => {
  const pull = await ask(house)
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  expect(works(house)).toBe(false)

  await approve(house, pull)
  expect(await fate(house, pull)).toBe('merged by addendum[bot]')
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'success' })
  expect(works(house)).toBe(true)
  expect(house.onMain()).toEqual(['payments-production/octocat-refunds.yml'])

  await house.advance(2 * hour - 1000)
  expect(works(house)).toBe(true)
  await house.advance(2000)
  expect(works(house)).toBe(false)
  expect(house.onMain()).toEqual([])
  expect(await openPulls(house)).toEqual([])
  expect(await comments(house, pull)).toHaveLength(1)
  expect(told(house, pull)).toEqual(['request.decided', 'grant.intended', 'grant.done', 'revoke.done'])
  const ledger = await house.ledger()
  expect([...ledger.open.keys()]).toEqual([])
  expect(ledger.requests.get(`R-${pull}`)?.revertedBy?.pr).toBe(pull + 1)
})
