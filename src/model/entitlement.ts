// The entitlement: the key that a provider holds and that reconcile works on.

/** What one identity may hold at one provider. `provider` names an instance of the operator's file, not a kind. */
export interface Entitlement {
  provider: string
  identity: string
  resource: string
  role: string
}

/** One line of a clause's `access`: an entitlement without its identity. */
export type Access = Omit<Entitlement, 'identity'>

/** The key of an entitlement: unambiguous, since no part may hold a NUL. Not for people. */
export function entitlementKey(e: Entitlement): string {
  return [e.provider, e.identity, e.resource, e.role].join('\0')
}

/** For people and logs: `payments-db/ledger reader`. Names no identity. */
export function accessName(a: Access): string {
  return `${a.provider}/${a.resource} ${a.role}`
}
