// The provider in memory against the contract, and the mishaps that the simulator makes with it.
import { describe, expect, test } from 'vitest'
import type { Clock } from '../../src/model/ports.ts'
import { openMemory, type MemorySettings } from '../../src/providers/memory.ts'
import { describeProvider, held } from './contract.ts'

const settings: MemorySettings = {
  kind: 'memory',
  resources: { ledger: ['reader', 'writer'], orders: ['reader'] },
  identities: ['octocat', 'hubot']
}
const e = { provider: 'db', identity: 'octocat', resource: 'ledger', role: 'reader' }
const other = { ...e, identity: 'hubot' }
const until = new Date('2026-11-22T15:00:00Z')

describeProvider(
  'memory',
  async () => {
    const provider = openMemory('db', settings)
    return {
      provider,
      entitlement: e,
      other,
      refused: [
        { ...e, identity: 'monalisa' },
        { ...e, resource: 'orders', role: 'writer' }
      ],
      reopen: async () => provider.reopen(),
      giveForeign: async given => provider.setForeign(given),
      works: async given => provider.works(given),
      clear: async () => {
        for (const each of [e, other]) {
          provider.setForeign(each, false)
          provider.steal(each)
        }
      },
      close: () => provider.close()
    }
  },
  { 'missing identity': 'memory knows its identities from its settings, so admits refuses them already' }
)

/** A clock that moves only when told; `sleep` moves it. */
function clockAt(start: string): Clock & { move(ms: number): void } {
  let now = new Date(start).getTime()
  return { now: () => new Date(now), sleep: async ms => void (now += ms), move: ms => void (now += ms) }
}

describe('memory as a system under test', () => {
  test('a call that fails before its effect leaves nothing behind', async () => {
    const provider = openMemory('db', settings)
    provider.disturb('grant', { kind: 'before' })
    await expect(provider.grant(e, until, 'k')).rejects.toMatchObject({ code: 'provider.unavailable', retry: true })
    expect(provider.works(e)).toBe(false)
  })

  test('a call that fails after its effect is found done when it is repeated', async () => {
    const provider = openMemory('db', settings)
    provider.disturb('grant', { kind: 'after' })
    await expect(provider.grant(e, until, 'k')).rejects.toMatchObject({ code: 'provider.unconfirmed' })
    expect(await provider.grant(e, until, 'k')).toMatchObject({ changed: false })
    provider.disturb('revoke', { kind: 'after' })
    await expect(provider.revoke(e)).rejects.toMatchObject({ code: 'provider.unconfirmed' })
    expect(await provider.inspect(e)).toEqual({ state: 'absent' })
  })

  test('a lying success is seen by reading back', async () => {
    const provider = openMemory('db', settings)
    await provider.grant(e, until, 'k')
    provider.disturb('revoke', { kind: 'lie' })
    expect(await provider.revoke(e)).toMatchObject({ changed: true })
    expect(await provider.inspect(e)).toMatchObject({ state: 'present' })
    provider.disturb('inspect', { kind: 'lie' })
    expect(await provider.inspect(e)).toMatchObject({ state: 'unknown' })
  })

  test('a slow call takes effect when its time has passed', async () => {
    const clock = clockAt('2026-11-22T14:00:00Z')
    const provider = openMemory('db', settings, { clock })
    provider.disturb('grant', { kind: 'slow', ms: 5000 })
    await provider.grant(e, until, 'k')
    expect(clock.now()).toEqual(new Date('2026-11-22T14:00:05Z'))
    expect(provider.works(e)).toBe(true)
  })

  test('with a clock it expires by itself at the instant, and not before', async () => {
    const clock = clockAt('2026-11-22T14:00:00Z')
    const provider = openMemory('db', settings, { clock })
    await provider.grant(e, until, 'k')
    clock.move(3_599_999)
    expect(provider.works(e)).toBe(true)
    clock.move(1)
    expect(provider.works(e)).toBe(false)
    expect(await held(provider)).toEqual([])
    expect(await provider.inspect(e)).toEqual({ state: 'absent' })
  })

  test('every call is on the log in order', async () => {
    const provider = openMemory('db', settings)
    await provider.inspect(e)
    await provider.grant(e, until, 'k')
    await held(provider)
    await provider.revoke(e)
    expect(provider.calls.map(call => call.operation)).toEqual(['inspect', 'grant', 'inventory', 'revoke'])
    expect(provider.calls[1]?.entitlement).toEqual(e)
  })

  test('ours beside foreign is ours: ending it leaves the foreign', async () => {
    const provider = openMemory('db', settings)
    await provider.grant(e, until, 'k')
    provider.setForeign(e)
    expect(await provider.inspect(e)).toMatchObject({ state: 'present' })
    expect(await provider.revoke(e)).toMatchObject({ changed: true })
    expect(await provider.inspect(e)).toEqual({ state: 'foreign' })
  })
})
