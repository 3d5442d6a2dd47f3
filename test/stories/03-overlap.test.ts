// Story 3: two requests carry the same access; ending one leaves what the other still carries (S3, S8).
import { expect } from 'vitest'
import { granted, hour, remove, story, told, works } from './company.ts'

story('the first expires under the second, which expires in its own time', undefined, async house => {
  const first = await granted(house, { id: 'octocat-refunds', duration: '2h' })
  await house.advance(hour)
  const second = await granted(house, { id: 'octocat-chargebacks', duration: '4h' })
  await house.advance(2 * hour)
  expect(works(house)).toBe(true)
  expect(house.onMain()).toEqual(['payments-production/octocat-chargebacks.yml'])
  expect(told(house, first)).toEqual(['request.decided', 'grant.intended', 'grant.done', 'revoke.done'])
  expect(told(house, second)).toEqual(['request.decided', 'grant.intended', 'grant.done'])
  await house.advance(2 * hour)
  expect(works(house)).toBe(false)
  expect(house.onMain()).toEqual([])
})

story('a longer one that is ended early leaves the shorter one its time', undefined, async house => {
  await granted(house, { id: 'octocat-short', duration: '2h' })
  await granted(house, { id: 'octocat-long', duration: '8h' })
  await remove(house, 'octocat-long', 'octocat')
  expect(works(house)).toBe(true)
  await house.advance(2 * hour)
  expect(works(house)).toBe(false)
})

story('access that somebody else gave stands after ours has ended', undefined, async house => {
  house.setForeign({ provider: 'payments-db', identity: 'monalisa', resource: 'ledger', role: 'reader' })
  await granted(house, {})
  await house.advance(3 * hour)
  expect(works(house)).toBe(false)
  expect(works(house, 'monalisa')).toBe(true)
})
