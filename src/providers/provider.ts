// What Addendum asks of a system that holds access (DESIGN §6). One file per system; one contract suite that all pass.
import type { Entitlement } from '../model/entitlement.ts'

/**
 * What a provider found. `present`: held, and made by us. `foreign`: held, but not made by us, so never ours to remove.
 * `unknown`: could not be told; never treated as absent.
 */
export type Presence =
  | { state: 'present'; until?: Date }
  | { state: 'absent' }
  | { state: 'foreign' }
  | { state: 'unknown'; because: string }

/** What a provider did, in the provider's own terms. `changed: false` means that it was so already. Holds no secret. */
export interface Receipt {
  changed: boolean
  detail: string
}

/** One holding that carries our mark. */
export interface Held {
  entitlement: Entitlement
  until?: Date
}

/**
 * One system that holds access. Every method is idempotent, none is silent: it answers or throws a `Fault`
 * (`provider.unavailable` may pass, `provider.refused` needs a person).
 */
export interface Provider {
  /** The name of this instance in the operator's file. */
  readonly name: string
  /** Checks that the entitlement is one that the operator allows here; the sentence says why not. Touches nothing. */
  admits(e: Entitlement): string | undefined
  /** Makes `e` held until `until`, with our mark; sets the provider's own expiry where there is one. Foreign is refused. */
  grant(e: Entitlement, until: Date, idempotencyKey: string): Promise<Receipt>
  /** Ends `e` and its live sessions. "Was not there" is success, and said. Never removes what is foreign. */
  revoke(e: Entitlement): Promise<Receipt>
  inspect(e: Entitlement): Promise<Presence>
  /** Everything that carries our mark: drift and completeness. */
  inventory(): AsyncIterable<Held>
  close(): Promise<void>
}
