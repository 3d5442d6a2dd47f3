// The contract: what every provider must do, whatever system stands behind it (DESIGN §6; S3, S7–S9).
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Entitlement } from '../../src/model/entitlement.ts'
import { entitlementKey } from '../../src/model/entitlement.ts'
import { Fault } from '../../src/model/fault.ts'
import type { Provider } from '../../src/providers/provider.ts'

/** A provider with a system behind it, and hands that reach into that system from outside. */
export interface Stage {
  provider: Provider
  /** Two entitlements that may be held here, of different identities. Nobody holds them when a test begins. */
  entitlement: Entitlement
  other: Entitlement
  /** Entitlements that `admits` refuses beside the hostile ones that the suite makes by itself. */
  refused: Entitlement[]
  /** Well-formed, admitted, but the system has no such identity. */
  missing?: Entitlement
  /** The same system as another process would open it. */
  reopen(): Promise<Provider>
  /** An entitlement that somebody else may give; `entitlement` itself where nothing tells otherwise. */
  foreign?: Entitlement
  /** Gives the access as somebody else would. */
  giveForeign(e: Entitlement): Promise<void>
  /** Whether the identity itself finds that its access works: asked of the system, not of the provider. */
  works(e: Entitlement): Promise<boolean>
  /** Takes everything away from everybody, foreign or not. */
  clear(): Promise<void>
  close(): Promise<void>
}

/** Tests of the suite that a provider cannot have, each with its reason. */
export interface Skips {
  'native expiry'?: string
  'missing identity'?: string
}

// Far ahead, because a real system judges by its own clock.
const soon = new Date('2096-11-22T15:00:00Z')
const later = new Date('2096-11-22T16:00:00Z')

/** Runs the contract on what `setup` opens, once for the whole suite. */
export function describeProvider(name: string, setup: () => Promise<Stage>, skips: Skips = {}): void {
  describe(`the provider contract: ${name}`, () => {
    let stage: Stage
    let provider: Provider
    let e: Entitlement
    beforeAll(async () => {
      stage = await setup()
      provider = stage.provider
      e = stage.entitlement
    })
    beforeEach(() => stage.clear())
    afterAll(() => stage?.close())

    test('what was granted is present, works, and is ours', async () => {
      expect(await stage.works(e)).toBe(false)
      expect(await provider.inspect(e)).toEqual({ state: 'absent' })
      expect(await provider.grant(e, soon, 'k1')).toMatchObject({ changed: true })
      expect(await provider.inspect(e)).toMatchObject({ state: 'present' })
      expect(await stage.works(e)).toBe(true)
    })

    test('granting twice changes nothing the second time', async () => {
      await provider.grant(e, soon, 'k1')
      expect(await provider.grant(e, soon, 'k1')).toMatchObject({ changed: false })
      expect(await held(provider)).toEqual([entitlementKey(e)])
    })

    test('after a crash between effect and record, the same grant finds itself done', async () => {
      await provider.grant(e, soon, 'k1')
      const another = await stage.reopen()
      expect(await another.inspect(e)).toMatchObject({ state: 'present' })
      expect(await another.grant(e, soon, 'k1')).toMatchObject({ changed: false })
      expect(await another.revoke(e)).toMatchObject({ changed: true })
      expect(await provider.inspect(e)).toEqual({ state: 'absent' })
      await another.close()
    })

    test('what was revoked is absent and works no more, and revoking again is success', async () => {
      await provider.grant(e, soon, 'k1')
      expect(await provider.revoke(e)).toMatchObject({ changed: true })
      expect(await provider.inspect(e)).toEqual({ state: 'absent' })
      expect(await stage.works(e)).toBe(false)
      expect(await provider.revoke(e)).toMatchObject({ changed: false })
    })

    test('revoking what was never there is success, and is said', async () => {
      const receipt = await provider.revoke(e)
      expect(receipt.changed).toBe(false)
      expect(receipt.detail).not.toBe('')
    })

    test('ending one identity leaves the other as it was', async () => {
      await provider.grant(e, soon, 'k1')
      await provider.grant(stage.other, soon, 'k2')
      await provider.revoke(e)
      expect(await stage.works(stage.other)).toBe(true)
      expect(await held(provider)).toEqual([entitlementKey(stage.other)])
    })

    test('what somebody else gave is foreign: not granted over, not removed, not listed', async () => {
      const f = stage.foreign ?? e
      await stage.giveForeign(f)
      expect(await provider.inspect(f)).toEqual({ state: 'foreign' })
      await expect(provider.grant(f, soon, 'k1')).rejects.toMatchObject({ code: 'provider.refused' })
      const receipt = await provider.revoke(f)
      expect(receipt.changed).toBe(false)
      expect(receipt.detail).toContain('not made by us')
      expect(await provider.inspect(f)).toEqual({ state: 'foreign' })
      expect(await stage.works(f)).toBe(true)
      expect(await held(provider)).toEqual([])
    })

    test('the inventory lists exactly what is ours', async () => {
      expect(await held(provider)).toEqual([])
      await provider.grant(e, soon, 'k1')
      await provider.grant(stage.other, soon, 'k2')
      expect(await held(provider)).toEqual([entitlementKey(e), entitlementKey(stage.other)].sort())
    })

    test('its own expiry moves to the later instant only', async ({ skip }) => {
      if (skips['native expiry'] !== undefined) skip(skips['native expiry'])
      await provider.grant(e, soon, 'k1')
      expect(await provider.inspect(e)).toEqual({ state: 'present', until: soon })
      expect(await provider.grant(e, later, 'k2')).toMatchObject({ changed: true })
      expect(await provider.inspect(e)).toEqual({ state: 'present', until: later })
      expect(await provider.grant(e, soon, 'k3')).toMatchObject({ changed: false })
      expect(await provider.inspect(e)).toEqual({ state: 'present', until: later })
    })

    test('two grants at once end in one holding', async () => {
      const another = await stage.reopen()
      const both = [provider.grant(e, soon, 'k1'), another.grant(e, soon, 'k1')]
      for (const outcome of await Promise.allSettled(both)) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ retry: true })
      }
      expect(await provider.inspect(e)).toMatchObject({ state: 'present' })
      expect(await held(provider)).toEqual([entitlementKey(e)])
      await another.close()
    })

    test('a grant and a revocation at once end in one state, and a revocation after it ends it', async () => {
      const another = await stage.reopen()
      await provider.grant(e, soon, 'k1')
      const both = [provider.grant(e, later, 'k2'), another.revoke(e)]
      for (const outcome of await Promise.allSettled(both)) {
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(Fault)
      }
      const presence = await provider.inspect(e)
      expect(['present', 'absent']).toContain(presence.state)
      expect(await stage.works(e)).toBe(presence.state === 'present')
      await provider.revoke(e)
      expect(await provider.inspect(e)).toEqual({ state: 'absent' })
      expect(await stage.works(e)).toBe(false)
      await another.close()
    })

    test('an identity that is gone holds nothing: granting is refused, revoking succeeds', async ({ skip }) => {
      if (skips['missing identity'] !== undefined) skip(skips['missing identity'])
      const missing = stage.missing ?? e
      expect(provider.admits(missing)).toBeUndefined()
      expect(await provider.inspect(missing)).toEqual({ state: 'absent' })
      await expect(provider.grant(missing, soon, 'k1')).rejects.toMatchObject({ code: 'provider.refused' })
      expect(await provider.revoke(missing)).toMatchObject({ changed: false })
    })

    test('what the operator does not allow is refused, however it is spelled', async () => {
      expect(provider.admits(e)).toBeUndefined()
      expect(provider.admits(stage.other)).toBeUndefined()
      for (const refused of [...stage.refused, ...hostile(e)]) {
        const label = JSON.stringify(refused)
        expect(provider.admits(refused), label).toMatch(/\S/)
        const granting = provider.grant(refused, soon, 'k1')
        await expect(granting, label).rejects.toMatchObject({ code: 'provider.refused', retry: false })
        await untouched(provider, refused)
      }
      expect(await held(provider)).toEqual([])
      expect(await stage.works(e)).toBe(false)
    })
  })
}

/** The keys of everything in the inventory, sorted. */
export async function held(provider: Provider): Promise<string[]> {
  const keys: string[] = []
  for await (const each of provider.inventory()) keys.push(entitlementKey(each.entitlement))
  return keys.sort()
}

/** A refused entitlement is never reported as held by us, and revoking it removes nothing. */
async function untouched(provider: Provider, refused: Entitlement): Promise<void> {
  const presence = await provider.inspect(refused)
  expect(presence.state, JSON.stringify(refused)).not.toBe('present')
  const receipt = await provider.revoke(refused).catch((fault: unknown) => fault)
  if (receipt instanceof Error) expect(receipt).toMatchObject({ code: 'provider.refused' })
  else expect(receipt).toMatchObject({ changed: false })
}

/**
 * Attack #79 and its kin, on each part. Names that merely look odd are for the allow-list; these also try to break out.
 */
function hostile(e: Entitlement): Entitlement[] {
  const names = (good: string) => [
    '',
    `${good}"; DROP TABLE ledger; --`,
    `${good}'; DROP TABLE ledger; --`,
    `${good}\0`,
    `${good}\n`,
    `${good}\u202e`,
    `${good}\u200b`,
    '\ud800',
    'x'.repeat(300),
    ` ${good}`,
    `${good} `,
    'pg_read_all_data',
    'postgres',
    '../../etc',
    '*',
    '%',
    '__proto__',
    'constructor',
    'rеader',
    `${good}/../${good}`,
    `${good}?per_page=1`,
    `${good}#`
  ]
  const identities = ['', `${e.identity}\0`, `${e.identity}\u202e`, `${e.identity}\n`, 'x'.repeat(300)]
  return [
    ...(['resource', 'role'] as const).flatMap(part => names(e[part]).map(name => ({ ...e, [part]: name }))),
    ...identities.map(identity => ({ ...e, identity })),
    { ...e, provider: 'another' }
  ]
}
