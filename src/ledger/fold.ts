// From records to state: pure and total. Replaying the ledger gives the same state on every machine (S4, L6).
import type { LedgerRecord } from '../model/record.ts'
import { AgreementFolding } from './fold-agreements.ts'
import { NoticeFolding } from './fold-notices.ts'
import { RequestFolding } from './fold-requests.ts'
import { ReviewFolding } from './fold-reviews.ts'
import { hashLine, lineOf } from './format.ts'
import { edit } from './layered-map.ts'
import type { MapEdit } from './layered-map.ts'
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
  readonly #keys: MapEdit<string, KeyState>
  readonly #requests: RequestFolding
  readonly #agreements: AgreementFolding
  readonly #reviews: ReviewFolding
  readonly #notices: NoticeFolding
  readonly #anomalies: Anomaly[] = []
  #frame: Pick<LedgerState, 'ledger' | 'branch' | 'sealed' | 'repository' | 'root' | 'main' | 'lastHeartbeatAt'>

  constructor(state: LedgerState) {
    this.#state = state
    this.seq = state.seq
    this.#keys = edit(state.keys)
    this.#requests = new RequestFolding(state)
    this.#agreements = new AgreementFolding(state)
    this.#reviews = new ReviewFolding(state)
    this.#notices = new NoticeFolding(state)
    const { ledger, branch, sealed, repository, root, main, lastHeartbeatAt } = state
    this.#frame = { ledger, branch, sealed, repository, root, main, lastHeartbeatAt }
  }

  done(): LedgerState {
    const last = this.last as LedgerRecord
    return {
      ...this.#frame,
      ...this.#requests.done(),
      ...this.#agreements.done(),
      ...this.#reviews.done(),
      ...this.#notices.done(),
      seq: this.seq,
      head: this.hash ?? hashLine(lineOf(last)),
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
        if (key === undefined) return this.#tell(['key.unknown'], record)
        // The earliest word holds: a later one could only give a stolen key more room.
        const lastGoodSeq = Math.min(record.lastGoodSeq, key.lastGoodSeq ?? record.lastGoodSeq)
        this.#keys.set(record.keyId, { ...key, lastGoodSeq })
        return
      }
      case 'main.advanced':
        return this.#advanced(record)
      case 'request.decided':
        return this.#tell(this.#requests.decided(record), record, record.request)
      case 'grant.intended':
      case 'grant.done':
        return this.#tell(this.#requests.granted(record), record, record.request)
      case 'grant.rebound':
        return this.#tell(this.#requests.rebound(record), record, record.request)
      case 'revoke.done':
        return this.#tell(this.#requests.revoked(record), record, record.request)
      case 'revoke.failed':
        return this.#tell(this.#requests.unrevoked(record), record, record.request)
      case 'revert.merged':
        for (const ref of record.requests) this.#tell(this.#requests.reverted(ref, record), record, ref)
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
      case 'breakglass.opened':
      case 'breakglass.reviewed':
        return this.#tell(this.#reviews.add(record, this.#requests.get(record.request)), record, record.request)
      case 'heartbeat': {
        const at = new Date(record.recordedAt)
        this.#frame = { ...this.#frame, lastHeartbeatAt: at }
        return this.#requests.closeLapsed(at)
      }
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
    if (record.continues === undefined) return this.#tell(['created.twice'], record)
    const same =
      record.repository === this.#frame.repository &&
      record.root === this.#frame.root &&
      record.main === this.#frame.main &&
      record.continues.branch === this.#frame.branch &&
      record.continues.seq === this.seq &&
      this.#frame.sealed !== null
    if (!same) this.#tell(['created.mismatch'], record)
    this.#frame = { ...this.#frame, branch, sealed: null }
  }

  #advanced(record: LedgerRecord & { type: 'main.advanced' }): void {
    if (record.from !== this.#frame.main) this.#tell(['main.gap'], record)
    this.#frame = { ...this.#frame, main: record.to }
    for (const ref of record.removed) this.#tell(this.#requests.removed(ref, record), record, ref)
    for (const ref of record.amendments ?? []) this.#tell(this.#agreements.removed(ref, record), record, ref)
  }

  #tell(codes: readonly AnomalyCode[], { seq }: LedgerRecord, request: Anomaly['request'] = null): void {
    for (const code of codes) this.#anomalies.push({ code, seq, request })
  }
}
