// The provider that holds access in memory: for tests, the simulator and trying Addendum out. It guards nothing real.
import type { Clock, Log } from '../model/ports.ts'
import type { Entitlement } from '../model/entitlement.ts'
import { entitlementKey } from '../model/entitlement.ts'
import { Fault } from '../model/fault.ts'
import { malformed } from './names.ts'
import type { Held, Presence, Provider, Receipt } from './provider.ts'

/** An instance in the operator's file. */
export interface MemorySettings {
  kind: 'memory'
  /** Resource to the roles that may be held on it. */
  resources: Record<string, string[]>
  /** Identities that exist; without it every well-formed name does. */
  identities?: string[]
}

/** What was asked of the provider, in order. */
export interface Call {
  operation: Operation
  entitlement?: Entitlement
}

/** The calls that reach the imagined system. */
export type Operation = 'grant' | 'revoke' | 'inspect' | 'inventory'

/**
 * What goes wrong with one call. `before`: fails, nothing done. `after`: done, and the answer is lost. `lie`: answers
 * as if done, nothing done. `slow`: done after `ms` of the clock.
 */
export type Mishap = { kind: 'before' | 'after' | 'lie' } | { kind: 'slow'; ms: number }

/** A provider whose system can be seen and disturbed from outside. */
export interface MemoryProvider extends Provider {
  /** Every call so far. */
  readonly calls: Call[]
  /** The next calls of `operation` meet these mishaps, one each; then all is well again. */
  disturb(operation: Operation, ...mishaps: Mishap[]): void
  /** Someone else gives (or takes) the access; what is ours beside it stays. */
  setForeign(e: Entitlement, held?: boolean): void
  /** Someone takes our access away behind our back. */
  steal(e: Entitlement): void
  /** Whether the access works now, whoever gave it: what the identity itself would find. */
  works(e: Entitlement): boolean
  /** The same system, as another process would open it. */
  reopen(): MemoryProvider
}

interface System {
  ours: Map<string, { entitlement: Entitlement; until: Date }>
  foreign: Set<string>
  calls: Call[]
  mishaps: Map<Operation, Mishap[]>
}

/**
 * Opens an imagined system. With a `clock` it expires natively: what is ours and past its `until` is gone by itself.
 * Mishaps of the kind `slow` need the clock.
 */
export function openMemory(
  name: string,
  settings: MemorySettings,
  ports: { log?: Log; clock?: Clock } = {}
): MemoryProvider {
  return openSystem(name, settings, ports.clock, { ours: new Map(), foreign: new Set(), calls: [], mishaps: new Map() })
}

function openSystem(name: string, settings: MemorySettings, clock: Clock | undefined, system: System): MemoryProvider {
  const admits = (e: Entitlement): string | undefined => {
    if (e.provider !== name) return `this is ${name}, not the provider that was named`
    const fault = malformed(e)
    if (fault !== undefined) return fault
    if (!Object.hasOwn(settings.resources, e.resource)) return 'the resource is not in the allow-list'
    if (!settings.resources[e.resource]?.includes(e.role)) return 'the role is not in the allow-list of the resource'
    return settings.identities?.includes(e.identity) === false ? 'the identity is not known' : undefined
  }

  const oursAt = (key: string) => {
    const held = system.ours.get(key)
    if (held === undefined || clock === undefined || held.until > clock.now()) return held
    system.ours.delete(key)
    return undefined
  }

  async function through<T>(operation: Operation, e: Entitlement | undefined, effect: () => T, lie: T): Promise<T> {
    system.calls.push(e === undefined ? { operation } : { operation, entitlement: { ...e } })
    const mishap = system.mishaps.get(operation)?.shift()
    if (mishap?.kind === 'before') throw new Fault('provider.unavailable', `${name} did not take the call`)
    if (mishap?.kind === 'lie') return lie
    if (mishap?.kind === 'slow') await clock?.sleep(mishap.ms)
    const answer = effect()
    if (mishap?.kind === 'after') throw new Fault('provider.unconfirmed', `${name} did not answer in time`)
    return answer
  }

  const presence = (e: Entitlement): Presence => {
    const key = entitlementKey(e)
    const held = oursAt(key)
    if (held !== undefined) return { state: 'present', until: new Date(held.until) }
    return { state: system.foreign.has(key) ? 'foreign' : 'absent' }
  }

  return {
    name,
    calls: system.calls,
    admits,

    async grant(e, until) {
      const refusal = admits(e)
      if (refusal !== undefined) throw new Fault('provider.refused', `${name}: ${refusal}`, { retry: false })
      const effect = (): Receipt => {
        const key = entitlementKey(e)
        const held = oursAt(key)
        if (held === undefined && system.foreign.has(key)) {
          throw new Fault('provider.refused', `${name}: held already, and not made by us`, { retry: false })
        }
        if (held !== undefined && held.until >= until) return { changed: false, detail: 'held already' }
        system.ours.set(key, { entitlement: { ...e }, until: new Date(until) })
        return held === undefined ? { changed: true, detail: 'held' } : { changed: true, detail: 'held for longer' }
      }
      return through('grant', e, effect, { changed: true, detail: 'held' })
    },

    async revoke(e) {
      const effect = (): Receipt => {
        const key = entitlementKey(e)
        const left = system.foreign.has(key) ? '; left what was not made by us' : ''
        const held = oursAt(key) !== undefined
        system.ours.delete(key)
        return { changed: held, detail: `${held ? 'removed' : 'was not there'}${left}` }
      }
      return through('revoke', e, effect, { changed: true, detail: 'removed' })
    },

    async inspect(e) {
      return through('inspect', e, () => presence(e), { state: 'unknown', because: `${name} gave no clear answer` })
    },

    async *inventory() {
      const list = (): Held[] =>
        [...system.ours].flatMap(([key]) => {
          const held = oursAt(key)
          return held === undefined ? [] : [{ entitlement: { ...held.entitlement }, until: new Date(held.until) }]
        })
      yield* await through<Held[]>('inventory', undefined, list, [])
    },

    async close() {},

    disturb(operation, ...mishaps) {
      system.mishaps.set(operation, [...(system.mishaps.get(operation) ?? []), ...mishaps])
    },
    setForeign(e, held = true) {
      if (held) system.foreign.add(entitlementKey(e))
      else system.foreign.delete(entitlementKey(e))
    },
    steal(e) {
      system.ours.delete(entitlementKey(e))
    },
    works(e) {
      return system.foreign.has(entitlementKey(e)) || oursAt(entitlementKey(e)) !== undefined
    },
    reopen() {
      return openSystem(name, settings, clock, system)
    }
  }
}
