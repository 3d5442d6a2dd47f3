// Beside the fold: what each account was granted, newest first, so that the last days of one person cost no more than that.
import type { RequestRef } from '../model/record.ts'
import { edit } from './layered-map.ts'
import type { MapEdit } from './layered-map.ts'
import type { RequestState } from './request-state.ts'
import type { LedgerState } from './state.ts'

/** The part of a fold that knows who was granted what in which order. */
export class GrantFolding {
  readonly #latest: MapEdit<number, RequestRef>

  constructor({ latestGrant }: Pick<LedgerState, 'latestGrant'>) {
    this.#latest = edit(latestGrant)
  }

  done(): Pick<LedgerState, 'latestGrant'> {
    return { latestGrant: this.#latest.done() }
  }

  /**
   * Puts a request that was just decided into its subject's line by the instant of its decision. Answers with it, and with
   * the one after it where there is one. Decisions come nearly in order, so it looks at one or two.
   */
  add(
    request: RequestState,
    find: (ref: RequestRef) => RequestState | undefined
  ): [added: RequestState, after?: RequestState] {
    const { subject } = request
    if (request.outcome !== 'allow' || subject === null) return [request]
    const at = (ref: RequestRef | undefined): RequestState | undefined => (ref === undefined ? undefined : find(ref))
    let later: RequestState | undefined
    let earlier = at(this.#latest.get(subject))
    while (earlier !== undefined && earlier.decidedAt > request.decidedAt) {
      later = earlier
      earlier = at(earlier.grantBefore)
    }
    const placed = earlier === undefined ? request : { ...request, grantBefore: earlier.request }
    if (later !== undefined) return [placed, { ...later, grantBefore: request.request }]
    this.#latest.set(subject, request.request)
    return [placed]
  }
}
