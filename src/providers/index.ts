// The table of providers: one line per kind, its file and SDK loaded only when the operator has such an instance.
import type { Clock, Log } from '../model/ports.ts'
import type { Instance, Settings } from './instances.ts'
import type { Provider } from './provider.ts'

/** What a provider may use of the world. */
export interface ProviderPorts {
  log: Log
  /** By which what is held in memory expires; real systems judge by their own. */
  clock?: Clock
}

type Open<S> = (name: string, settings: S, ports: ProviderPorts) => Promise<Provider>

/** Kind to loader. A kind that is missing here is a type error. */
export const kinds: { [K in Settings['kind']]: Open<Extract<Settings, { kind: K }>> } = {
  github: async (...args) => (await import('./github.ts')).openGitHub(...args),
  memory: async (...args) => (await import('./memory.ts')).openMemory(...args),
  postgres: async (...args) => (await import('./postgres.ts')).openPostgres(...args)
}

/**
 * Opens every instance of the operator's file, by name; none connects before it is used. Throws the first `Fault`
 * (`provider.refused`: settings that the kind cannot accept, or an SDK that is not installed) with all others closed
 * again.
 */
export async function openProviders(instances: Instance[], ports: ProviderPorts): Promise<Map<string, Provider>> {
  const opened = new Map<string, Provider>()
  try {
    for (const { name, settings } of instances) opened.set(name, await open(name, settings, ports))
    return opened
  } catch (error) {
    await Promise.allSettled([...opened.values()].map(provider => provider.close()))
    throw error
  }
}

function open(name: string, settings: Settings, ports: ProviderPorts): Promise<Provider> {
  const own: ProviderPorts = { ...ports, log: ports.log.child({ provider: name }) }
  switch (settings.kind) {
    case 'github':
      return kinds.github(name, settings, own)
    case 'memory':
      return kinds.memory(name, settings, own)
    case 'postgres':
      return kinds.postgres(name, settings, own)
  }
}
