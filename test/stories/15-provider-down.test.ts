// Story 15: the provider is down over the end. Revoking is tried until it is done, and the debt is told (L7, reliability fault 58).
import { expect } from 'vitest'
import { comments, granted, hour, minute, story, told, works } from './company.ts'

const down = Array.from({ length: 8 }, () => ({ kind: 'before' as const }))

story('revocation is tried until the provider is back, and the failures are on the ledger', undefined, async house => {
  const pull = await granted(house, { duration: '1h' })
  house.payments.disturb('revoke', ...down)
  await house.advance(hour + minute)
  expect(works(house)).toBe(true)
  expect(told(house, pull).filter(type => type === 'revoke.failed')).toHaveLength(3)
  expect((await comments(house, pull))[0]).toContain('Not ended yet')
  await house.advance(10 * minute)
  expect(works(house)).toBe(false)
  const done = house.records().find(record => record.type === 'revoke.done')
  expect(done).toMatchObject({ cause: 'expired', readBack: 'absent' })
  expect(done?.type === 'revoke.done' && done.latencyMs > minute).toBe(true)
  expect(house.onMain()).toEqual([])
})

story('a revocation whose answer was lost is not believed, and read back', undefined, async house => {
  const pull = await granted(house, { duration: '1h' })
  house.payments.disturb('revoke', { kind: 'after' })
  await house.advance(hour + minute)
  expect(works(house)).toBe(false)
  expect(told(house, pull).at(-1)).toBe('revoke.done')
})

story('a provider that lies is found out', undefined, async house => {
  const pull = await granted(house, { duration: '1h' })
  house.payments.disturb('revoke', { kind: 'lie' })
  await house.advance(hour)
  expect(told(house, pull)).not.toContain('revoke.done')
  await house.advance(minute)
  expect(works(house)).toBe(false)
})

story('a grant that fails is tried again, within its window only', undefined, async house => {
  house.payments.disturb('grant', ...Array.from({ length: 30 }, () => ({ kind: 'before' as const })))
  const pull = await granted(house, { duration: '5m' })
  expect(works(house)).toBe(false)
  await house.advance(20 * minute)
  expect(works(house)).toBe(false)
  // Something was intended, so what the provider shows is asked, and the end is recorded.
  expect(told(house, pull)).toEqual(['request.decided', 'grant.intended', 'revoke.done'])
  expect(house.onMain()).toEqual([])
})
