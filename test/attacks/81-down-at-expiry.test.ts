// #81 The app is down when access should end. After its start it revokes before anything else; and where a provider
// can expire access by itself, it does.
import { expect, test } from 'vitest'
import { openMemory } from '../../src/providers/memory.ts'
import { handClock } from '../house/clock.ts'
import { ask, approve, granted, hour, minute, story, told, works } from '../stories/company.ts'

story(
  '#81 what ended while the app was away ends when it starts, before anybody else is served',
  undefined,
  async house => {
    const pull = await granted(house, { duration: '1h' })
    house.webhooks = false
    const next = await ask(house, { id: 'monalisa-next', subject: 'monalisa' }, 'monalisa')
    await approve(house, next)
    house.clock.forward(3 * hour)
    expect(works(house)).toBe(true)
    await house.restart()
    await house.advance(minute)
    expect(works(house)).toBe(false)
    expect(told(house, pull)).toContain('revoke.done')
    const operations = house.payments.calls.map(
      ({ operation, entitlement }) => `${operation} ${entitlement?.identity ?? ''}`
    )
    const revoked = operations.indexOf('revoke octocat')
    expect(revoked).toBeGreaterThanOrEqual(0)
    expect(operations.indexOf('grant monalisa')).toBeGreaterThan(revoked)
  }
)

story('#81 also with GitHub away and the queue there', undefined, async house => {
  await granted(house, { duration: '1h' })
  house.outage = () => null
  house.clock.forward(2 * hour)
  await house.restart({ keepQueue: true })
  await house.advance(minute)
  expect(works(house)).toBe(false)
  house.outage = undefined
  await house.advance(15 * minute, { sweepEveryMs: 5 * minute })
  expect(house.onMain()).toEqual([])
})

test('#81 a provider that expires by itself was told the end with the grant', async () => {
  const clock = handClock()
  const provider = openMemory('db', { kind: 'memory', resources: { ledger: ['reader'] } }, { clock })
  const e = { provider: 'db', identity: 'octocat', resource: 'ledger', role: 'reader' }
  await provider.grant(e, new Date(clock.now().getTime() + hour), 'key')
  expect(provider.works(e)).toBe(true)
  clock.forward(hour)
  expect(provider.works(e)).toBe(false)
})
