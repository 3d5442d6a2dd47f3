// Beside the fold: requests and what they hold, from the decision to the end of each grant.
import type { LedgerRecord, RequestRef, Target } from '../model/record.ts'
import { GrantFolding } from './fold-grants.ts'
import { edit } from './layered-map.ts'
import type { MapEdit } from './layered-map.ts'
import { lapsed, requestStateOf } from './request-state.ts'
import type { HoldingState, RequestState } from './request-state.ts'
import type { AnomalyCode, LedgerState } from './state.ts'

type Of<T extends LedgerRecord['type']> = LedgerRecord & { type: T }
type Requests = Pick<LedgerState, 'requests' | 'ids' | 'open' | 'byKey' | 'latestGrant'>

/** The part of a fold that knows the requests. Each method answers with the anomalies that it met. */
export class RequestFolding {
  readonly #requests: MapEdit<RequestRef, RequestState>
  readonly #ids: MapEdit<string, RequestRef>
  readonly #open: MapEdit<RequestRef, RequestState>
  readonly #byKey: MapEdit<string, ReadonlySet<RequestRef>>
  readonly #grants: GrantFolding

  constructor(state: Requests) {
    this.#requests = edit(state.requests)
    this.#ids = edit(state.ids)
    this.#open = edit(state.open)
    this.#byKey = edit(state.byKey)
    this.#grants = new GrantFolding(state)
  }

  done(): Requests {
    return {
      requests: this.#requests.done(),
      ids: this.#ids.done(),
      open: this.#open.done(),
      byKey: this.#byKey.done(),
      ...this.#grants.done()
    }
  }

  get(ref: RequestRef): RequestState | undefined {
    return this.#requests.get(ref)
  }

  /** `request.decided`. An id burns on its first use, whatever became of it (attack #44). */
  decided(record: Of<'request.decided'>): AnomalyCode[] {
    if (this.#requests.get(record.request) !== undefined) return ['request.repeated']
    const owner = this.#ids.get(record.idSha256)
    if (owner === undefined) this.#ids.set(record.idSha256, record.request)
    const [request, later] = this.#grants.add(requestStateOf(record), ref => this.#requests.get(ref))
    this.#put(request)
    if (later !== undefined) {
      this.#requests.set(later.request, later)
      if (this.#open.get(later.request) !== undefined) this.#open.set(later.request, later)
    }
    return owner !== undefined && record.outcome === 'allow' ? ['id.reused'] : []
  }

  /** `grant.intended` and `grant.done`: only of what was approved, in that order, and never of what has ended (S9). */
  granted(record: Of<'grant.intended' | 'grant.done'>): AnomalyCode[] {
    const found = this.#holding(record.request, record.target)
    if (found === undefined || found.request.window === null) return ['grant.unapproved']
    const { request, index, holding } = found
    if (holding.ended !== undefined) return ['grant.revived']
    const anomalies: AnomalyCode[] = []
    if (new Date(record.notAfter) > found.request.window.notAfter) anomalies.push('grant.prolonged')
    const at = new Date(record.occurredAt)
    if (record.type === 'grant.intended') this.#hold(request, index, { intendedAt: holding.intendedAt ?? at })
    else {
      if (holding.intendedAt === undefined) anomalies.push('grant.unintended')
      this.#hold(request, index, { intendedAt: holding.intendedAt ?? at, doneAt: holding.doneAt ?? at })
    }
    return anomalies
  }

  /** `grant.rebound`: a grant ends earlier than was decided, and never later. */
  rebound(record: Of<'grant.rebound'>): AnomalyCode[] {
    const request = this.#requests.get(record.request)
    if (request === undefined || request.window === null) return ['grant.unapproved']
    const notAfter = new Date(record.notAfter)
    if (notAfter > request.window.notAfter) return ['grant.prolonged']
    this.#put({ ...request, window: { ...request.window, notAfter }, reboundBy: record.cause })
    return []
  }

  /** `revoke.done`: once for each holding; its request no longer carries the key. */
  revoked(record: Of<'revoke.done'>): AnomalyCode[] {
    const found = this.#holding(record.request, record.target)
    if (found === undefined) return ['revoke.unknown']
    const { request, index, holding } = found
    if (holding.ended !== undefined) return ['revoke.repeated']
    this.#hold(request, index, { ended: { at: new Date(record.occurredAt), readBack: record.readBack } })
    this.#index(record.target.key, set => set.delete(record.request))
    return []
  }

  /** `revoke.failed`: one attempt more. */
  unrevoked(record: Of<'revoke.failed'>): AnomalyCode[] {
    const found = this.#holding(record.request, record.target)
    if (found === undefined) return ['revoke.unknown']
    this.#hold(found.request, found.index, { attempts: Math.max(found.holding.attempts + 1, record.attempt) })
    return []
  }

  /** Its file left main: it ended then, whatever its window says. */
  removed(ref: RequestRef, record: Of<'main.advanced'>): AnomalyCode[] {
    const request = this.#requests.get(ref)
    if (request === undefined) return ['request.unknown']
    if (request.removedAt === undefined) {
      const revertedBy = request.revertedBy ?? { pr: record.pr, merge: record.to }
      this.#put({ ...request, removedAt: new Date(record.occurredAt), revertedBy })
    }
    return []
  }

  /** `revert.merged` names it. */
  reverted(ref: RequestRef, { pr, merge }: Of<'revert.merged'>): AnomalyCode[] {
    const request = this.#requests.get(ref)
    if (request === undefined) return ['request.unknown']
    this.#put({ ...request, revertedBy: { pr, merge } })
    return []
  }

  /** What never began and never can costs nothing from `at` on. */
  closeLapsed(at: Date): void {
    const over = [...this.#open.entries()].filter(([, request]) => lapsed(request, at))
    for (const [, request] of over) this.#close(request)
  }

  #holding(
    ref: RequestRef,
    target: Target
  ): { request: RequestState; index: number; holding: HoldingState } | undefined {
    const request = this.#requests.get(ref)
    const index = request?.holdings.findIndex(holding => holding.target.key === target.key) ?? -1
    const holding = request?.holdings[index]
    return request === undefined || holding === undefined ? undefined : { request, index, holding }
  }

  #hold(request: RequestState, index: number, change: Partial<HoldingState>): void {
    const holdings = request.holdings.map((holding, at) => (at === index ? { ...holding, ...change } : holding))
    this.#put({ ...request, holdings })
  }

  #put(request: RequestState): void {
    this.#requests.set(request.request, request)
    const known = this.#open.get(request.request) !== undefined
    if (request.holdings.every(holding => holding.ended !== undefined)) {
      if (known) this.#close(request)
      return
    }
    this.#open.set(request.request, request)
    if (known) return
    for (const { target, ended } of request.holdings) {
      if (ended === undefined) this.#index(target.key, set => set.add(request.request))
    }
  }

  #close(request: RequestState): void {
    this.#open.delete(request.request)
    for (const { target } of request.holdings) this.#index(target.key, set => set.delete(request.request))
  }

  #index(key: string, change: (set: Set<RequestRef>) => void): void {
    const set = new Set(this.#byKey.get(key))
    change(set)
    if (set.size === 0) this.#byKey.delete(key)
    else this.#byKey.set(key, set)
  }
}
