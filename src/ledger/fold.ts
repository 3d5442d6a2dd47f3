// From records to state: pure and total. Replaying the ledger gives the same state on every machine (S4, L6).
import type { AmendmentRef, LedgerRecord, RequestRef, Target } from '../model/record.ts'
import { AgreementFolding } from './fold-agreements.ts'
import { GrantFolding } from './fold-grants.ts'
import { NoticeFolding } from './fold-notices.ts'
import { ReviewFolding } from './fold-reviews.ts'
import { hashLine, lineOf } from './format.ts'
import type { LayeredMap, MapEdit } from './layered-map.ts'
import { requestStateOf } from './request-state.ts'
import { lapsed } from './request-state.ts'
import type { HoldingState, RequestState } from './request-state.ts'
import type { Anomaly, AnomalyCode, KeyState, LedgerState } from './state.ts'

/** A record and the hash of the very bytes that it was read from or is written as. */
export interface Chained {
  record: LedgerRecord
  hash: string
}

/**
 * The state after these records. Types that are not known are skipped (reliability fault 74); an impossible transition
 * changes nothing but `seq` and `head`, and becomes an anomaly. Signatures and the chain are `segment.ts`'s, not its.
 */
export function fold(state: LedgerState, records: readonly (LedgerRecord | Chained)[]): LedgerState {
  if (records.length === 0) return state
  const next = new Folding(state)
  for (const entry of records) {
    const { record, hash } = 'hash' in entry ? entry : { record: entry, hash: null }
    next.add(record)
    next.seq = record.seq
    next.hash = hash
    next.last = record
  }
  return next.done()
}

class Folding {
  seq: number
  hash: string | null = null
  last: LedgerRecord | null = null
  readonly #state: LedgerState
  readonly #requests: MapEdit<RequestRef, RequestState>
  readonly #ids: MapEdit<string, RequestRef>
  readonly #open: MapEdit<RequestRef, RequestState>
  readonly #byKey: MapEdit<string, ReadonlySet<RequestRef>>
  readonly #notices: NoticeFolding
  readonly #keys: MapEdit<string, KeyState>
  readonly #grants: GrantFolding
  readonly #agreements: AgreementFolding
  readonly #reviews: ReviewFolding
  readonly #anomalies: Anomaly[] = []
  #frame: Pick<LedgerState, 'ledger' | 'branch' | 'sealed' | 'repository' | 'root' | 'main' | 'lastHeartbeatAt'>

  constructor(state: LedgerState) {
    this.#state = state
    this.seq = state.seq
    this.#requests = edit(state.requests)
    this.#ids = edit(state.ids)
    this.#open = edit(state.open)
    this.#byKey = edit(state.byKey)
    this.#notices = new NoticeFolding(state)
    this.#keys = edit(state.keys)
    this.#grants = new GrantFolding(state)
    this.#agreements = new AgreementFolding(state)
    this.#reviews = new ReviewFolding(state)
    const { ledger, branch, sealed, repository, root, main, lastHeartbeatAt } = state
    this.#frame = { ledger, branch, sealed, repository, root, main, lastHeartbeatAt }
  }

  done(): LedgerState {
    const last = this.last as LedgerRecord
    return {
      ...this.#frame,
      ...this.#grants.done(),
      ...this.#agreements.done(),
      ...this.#reviews.done(),
      seq: this.seq,
      head: this.hash ?? hashLine(lineOf(last)),
      requests: this.#requests.done(),
      ids: this.#ids.done(),
      open: this.#open.done(),
      byKey: this.#byKey.done(),
      ...this.#notices.done(),
      keys: this.#keys.done(),
      lastRecordedAt: new Date(last.recordedAt),
      anomalies: this.#anomalies.length === 0 ? this.#state.anomalies : [...this.#state.anomalies, ...this.#anomalies]
    }
  }

  add(record: LedgerRecord): void {
    switch (record.type) {
      case 'ledger.created':
        return this.#created(record)
      case 'ledger.sealed':
        this.#frame = { ...this.#frame, sealed: record.next }
        return
      case 'key.added':
        this.#keys.set(record.keyId, {
          publicKey: record.publicKey,
          addedSeq: record.seq,
          lastGoodSeq: this.#keys.get(record.keyId)?.lastGoodSeq ?? null
        })
        return
      case 'key.revoked': {
        const key = this.#keys.get(record.keyId)
        if (key === undefined) return this.#strange('key.unknown', record)
        // The earliest word holds: a later one could only give a stolen key more room.
        const lastGoodSeq = Math.min(record.lastGoodSeq, key.lastGoodSeq ?? record.lastGoodSeq)
        this.#keys.set(record.keyId, { ...key, lastGoodSeq })
        return
      }
      case 'main.advanced':
        return this.#advanced(record)
      case 'request.decided':
        return this.#decided(record)
      case 'grant.intended':
      case 'grant.done':
        return this.#granted(record)
      case 'revoke.done':
        return this.#revoked(record)
      case 'revoke.failed': {
        const found = this.#holding(record.request, record.target)
        if (found === undefined) return this.#strange('revoke.unknown', record)
        this.#hold(found.request, found.index, { attempts: Math.max(found.holding.attempts + 1, record.attempt) })
        return
      }
      case 'revert.merged':
        for (const ref of record.requests) {
          const request = this.#requests.get(ref)
          if (request === undefined) this.#strange('request.unknown', record, ref)
          else this.#put({ ...request, revertedBy: { pr: record.pr, merge: record.merge } })
        }
        for (const ref of record.amendments ?? []) this.#tell(this.#agreements.reverted(ref, record), record, ref)
        return
      case 'exception.recorded':
      case 'notice.opened':
      case 'notice.closed':
        return this.#notices.add(record)
      case 'amendment.decided':
        return this.#tell(this.#agreements.decided(record), record, record.amendment)
      case 'amendment.inforce':
        return this.#tell(this.#agreements.inforce(record), record, record.amendment)
      case 'amendment.lapsed':
        return this.#tell(this.#agreements.lapsed(record), record, record.amendment)
      case 'contract.effective':
        return this.#agreements.effective(record)
      case 'grant.rebound':
        return this.#rebound(record)
      case 'breakglass.opened':
      case 'breakglass.reviewed':
        return this.#tell(this.#reviews.add(record, this.#requests.get(record.request)), record, record.request)
      case 'heartbeat':
        return this.#heartbeat(record)
      default: // Observations, and types of a later version: nothing is in force by them.
    }
  }

  #created(record: LedgerRecord & { type: 'ledger.created' }): void {
    const branch = this.#frame.sealed ?? `ledger/${record.recordedAt.slice(0, 4)}`
    if (this.#frame.ledger === null) {
      const { ledger, repository, root, main } = record
      this.#frame = { ...this.#frame, ledger, branch, repository, root, main }
      return
    }
    if (record.continues === undefined) return this.#strange('created.twice', record)
    const same =
      record.repository === this.#frame.repository &&
      record.root === this.#frame.root &&
      record.main === this.#frame.main &&
      record.continues.branch === this.#frame.branch &&
      record.continues.seq === this.seq &&
      this.#frame.sealed !== null
    if (!same) this.#strange('created.mismatch', record)
    this.#frame = { ...this.#frame, branch, sealed: null }
  }

  #advanced(record: LedgerRecord & { type: 'main.advanced' }): void {
    if (record.from !== this.#frame.main) this.#strange('main.gap', record)
    this.#frame = { ...this.#frame, main: record.to }
    for (const ref of record.removed) {
      const request = this.#requests.get(ref)
      if (request === undefined) this.#strange('request.unknown', record, ref)
      else if (request.removedAt === undefined) {
        this.#put({
          ...request,
          removedAt: new Date(record.occurredAt),
          revertedBy: request.revertedBy ?? { pr: record.pr, merge: record.to }
        })
      }
    }
    for (const ref of record.amendments ?? []) this.#tell(this.#agreements.removed(ref, record), record, ref)
  }

  #rebound(record: LedgerRecord & { type: 'grant.rebound' }): void {
    const request = this.#requests.get(record.request)
    if (request === undefined || request.window === null) return this.#strange('grant.unapproved', record)
    const notAfter = new Date(record.notAfter)
    if (notAfter > request.window.notAfter) return this.#strange('grant.prolonged', record)
    this.#put({ ...request, window: { ...request.window, notAfter }, reboundBy: record.cause })
  }

  #decided(record: LedgerRecord & { type: 'request.decided' }): void {
    if (this.#requests.get(record.request) !== undefined) return this.#strange('request.repeated', record)
    const owner = this.#ids.get(record.idSha256)
    if (owner === undefined) this.#ids.set(record.idSha256, record.request)
    else if (record.outcome === 'allow') this.#strange('id.reused', record)
    const [request, later] = this.#grants.add(requestStateOf(record), ref => this.#requests.get(ref))
    this.#put(request)
    if (later === undefined) return
    this.#requests.set(later.request, later)
    if (this.#open.get(later.request) !== undefined) this.#open.set(later.request, later)
  }

  #granted(record: LedgerRecord & { type: 'grant.intended' | 'grant.done' }): void {
    const found = this.#holding(record.request, record.target)
    if (found === undefined || found.request.window === null) return this.#strange('grant.unapproved', record)
    const { request, index, holding } = found
    if (holding.ended !== undefined) return this.#strange('grant.revived', record)
    if (new Date(record.notAfter) > found.request.window.notAfter) this.#strange('grant.prolonged', record)
    const at = new Date(record.occurredAt)
    if (record.type === 'grant.intended') this.#hold(request, index, { intendedAt: holding.intendedAt ?? at })
    else {
      if (holding.intendedAt === undefined) this.#strange('grant.unintended', record)
      this.#hold(request, index, { intendedAt: holding.intendedAt ?? at, doneAt: holding.doneAt ?? at })
    }
  }

  #revoked(record: LedgerRecord & { type: 'revoke.done' }): void {
    const found = this.#holding(record.request, record.target)
    if (found === undefined) return this.#strange('revoke.unknown', record)
    const { request, index, holding } = found
    if (holding.ended !== undefined) return this.#strange('revoke.repeated', record)
    this.#hold(request, index, { ended: { at: new Date(record.occurredAt), readBack: record.readBack } })
    this.#index(record.target.key, set => set.delete(record.request))
  }

  #heartbeat(record: LedgerRecord & { type: 'heartbeat' }): void {
    const at = new Date(record.recordedAt)
    this.#frame = { ...this.#frame, lastHeartbeatAt: at }
    // What never began and never can costs nothing from here on.
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

  #tell(code: AnomalyCode | undefined, record: LedgerRecord, ref: RequestRef | AmendmentRef): void {
    if (code !== undefined) this.#strange(code, record, ref)
  }

  #strange(code: AnomalyCode, record: LedgerRecord, request?: RequestRef | AmendmentRef): void {
    this.#anomalies.push({ code, seq: record.seq, request: request ?? ('request' in record ? record.request : null) })
  }
}

/** States hold layered maps only; the read-only type is what callers see. */
function edit<K, V>(map: ReadonlyMap<K, V>): MapEdit<K, V> {
  return (map as LayeredMap<K, V>).edit()
}
