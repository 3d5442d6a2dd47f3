// Beside the fold: amendments and effective contracts, from decision to lapse. Requests are `fold-requests.ts`'s.
import type { AmendmentRef, LedgerRecord } from '../model/record.ts'
import type { AmendmentState } from './amendment-state.ts'
import { edit } from './layered-map.ts'
import type { MapEdit } from './layered-map.ts'
import type { AnomalyCode, EffectiveState, LedgerState } from './state.ts'

type Of<T extends LedgerRecord['type']> = LedgerRecord & { type: T }
type Agreements = Pick<LedgerState, 'amendments' | 'amendmentIds' | 'openAmendments' | 'byContract' | 'effective'>

/** The part of a fold that knows what was agreed. Each method answers with the anomalies that it met. */
export class AgreementFolding {
  readonly #amendments: MapEdit<AmendmentRef, AmendmentState>
  readonly #ids: MapEdit<string, AmendmentRef>
  readonly #open: MapEdit<AmendmentRef, AmendmentState>
  readonly #byContract: MapEdit<string, ReadonlySet<AmendmentRef>>
  readonly #effective: MapEdit<string, EffectiveState>

  constructor(state: Agreements) {
    this.#amendments = edit(state.amendments)
    this.#ids = edit(state.amendmentIds)
    this.#open = edit(state.openAmendments)
    this.#byContract = edit(state.byContract)
    this.#effective = edit(state.effective)
  }

  done(): Agreements {
    return {
      amendments: this.#amendments.done(),
      amendmentIds: this.#ids.done(),
      openAmendments: this.#open.done(),
      byContract: this.#byContract.done(),
      effective: this.#effective.done()
    }
  }

  /** `amendment.decided`. What was refused burns its id, and is never in force. */
  decided(record: Of<'amendment.decided'>): AnomalyCode[] {
    if (this.#amendments.get(record.amendment) !== undefined) return ['amendment.repeated']
    const { amendment, pr, outcome, merge, file, idSha256, contract, window } = record
    const holder = this.#ids.get(idSha256)
    if (holder === undefined) this.#ids.set(idSha256, amendment)
    const allowed = outcome === 'allow' && contract !== null && window !== null
    this.#put({
      amendment,
      pr,
      outcome,
      merge,
      mergedAt: new Date(record.mergedAt),
      blob: file.blob,
      idSha256,
      author: Number(record.author.slice('gh:'.length)),
      contract,
      contractBlob: record.inputs.contract,
      directoryBlob: record.inputs.directory,
      approvedBy: [...new Set(record.approvals.map(({ by }) => Number(by.slice('gh:'.length))))],
      failed: record.failed,
      window: allowed
        ? { fromAt: new Date(window.from), untilAt: window.until === null ? null : new Date(window.until) }
        : null
    })
    if (allowed) this.#byContract.set(contract, new Set([...(this.#byContract.get(contract) ?? []), amendment]))
    return holder !== undefined && outcome === 'allow' ? ['id.reused'] : []
  }

  /** `amendment.inforce`: once, of one that was allowed and is not over. */
  inforce(record: Of<'amendment.inforce'>): AnomalyCode[] {
    const known = this.#amendments.get(record.amendment)
    if (known === undefined || known.window === null) return ['amendment.unknown']
    if (known.inForceAt !== undefined) return ['amendment.repeated']
    if (known.lapsedAt !== undefined) return ['amendment.revived']
    this.#put({ ...known, inForceAt: new Date(record.occurredAt) })
    return []
  }

  /** `amendment.lapsed`: once; nothing revives what has lapsed. */
  lapsed(record: Of<'amendment.lapsed'>): AnomalyCode[] {
    const known = this.#amendments.get(record.amendment)
    if (known === undefined || known.window === null) return ['amendment.unknown']
    if (known.lapsedAt !== undefined) return ['amendment.repeated']
    this.#put({ ...known, lapsedAt: new Date(record.occurredAt) })
    return []
  }

  /** Its file left main: it is over from then on, whatever its window says. */
  removed(ref: AmendmentRef, record: Of<'main.advanced'>): AnomalyCode[] {
    const known = this.#amendments.get(ref)
    if (known === undefined) return ['amendment.unknown']
    if (known.removedAt === undefined) {
      const revertedBy = known.revertedBy ?? { pr: record.pr, merge: record.to }
      this.#put({ ...known, removedAt: new Date(record.occurredAt), revertedBy })
    }
    return []
  }

  /** `revert.merged` names it. */
  reverted(ref: AmendmentRef, { pr, merge }: Of<'revert.merged'>): AnomalyCode[] {
    const known = this.#amendments.get(ref)
    if (known === undefined) return ['amendment.unknown']
    this.#put({ ...known, revertedBy: { pr, merge } })
    return []
  }

  /** `contract.effective`: the newest one says what is agreed; a null base, that the contract is gone. */
  effective({ contract, base, amendments, effective }: Of<'contract.effective'>): undefined {
    if (base === null) this.#effective.delete(contract)
    else this.#effective.set(contract, { base, amendments, effective })
  }

  #put(amendment: AmendmentState): void {
    this.#amendments.set(amendment.amendment, amendment)
    if (amendment.window !== null && amendment.lapsedAt === undefined) {
      this.#open.set(amendment.amendment, amendment)
    } else this.#open.delete(amendment.amendment)
  }
}
