// Grants on one entitlement: pure algebra. Provider state follows from the set of grants in force (S3).

/** One request's claim on one entitlement, from `notBefore` (inclusive) to `notAfter` (exclusive). */
export interface Grant {
  request: string
  notBefore: Date
  notAfter: Date
  /** Ended before its time, at this instant. */
  endedAt?: Date | undefined
}

/** When the grant stops carrying its entitlement: at its expiry, or when it was ended before. */
export function endOf(grant: Grant): Date {
  return grant.endedAt !== undefined && grant.endedAt < grant.notAfter ? grant.endedAt : grant.notAfter
}

/** Whether the grant carries its entitlement at `now`. */
export function inForce(grant: Grant, now: Date): boolean {
  return grant.notBefore <= now && now < endOf(grant)
}

/** Until when the set carries the entitlement without looking again; undefined when nothing is in force at `now`. */
export function carriedUntil(grants: readonly Grant[], now: Date): Date | undefined {
  const ends = grants.filter(grant => inForce(grant, now)).map(endOf)
  return ends.length === 0 ? undefined : new Date(Math.max(...ends.map(Number)))
}

/** The next instant after `now` at which the answer may change; undefined when it never will by itself. */
export function nextBoundary(grants: readonly Grant[], now: Date): Date | undefined {
  const instants = grants
    .flatMap(grant => [grant.notBefore, endOf(grant)])
    .filter(at => at > now)
    .map(Number)
  return instants.length === 0 ? undefined : new Date(Math.min(...instants))
}
