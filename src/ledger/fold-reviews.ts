// Beside the fold: what break-glass owes, from the grant to the review (S10).
import type { LedgerRecord, RequestRef } from '../model/record.ts'
import { edit } from './layered-map.ts'
import type { MapEdit } from './layered-map.ts'
import type { RequestState } from './request-state.ts'
import type { AnomalyCode, LedgerState, ReviewState } from './state.ts'

type Of<T extends LedgerRecord['type']> = LedgerRecord & { type: T }

/** The part of a fold that knows the reviews. */
export class ReviewFolding {
  readonly #reviews: MapEdit<RequestRef, ReviewState>

  constructor({ reviews }: Pick<LedgerState, 'reviews'>) {
    this.#reviews = edit(reviews)
  }

  done(): Pick<LedgerState, 'reviews'> {
    return { reviews: this.#reviews.done() }
  }

  /** Answers with the anomalies that it met. */
  add(record: Of<'breakglass.opened' | 'breakglass.reviewed'>, state: RequestState | undefined): AnomalyCode[] {
    return record.type === 'breakglass.opened' ? this.#opened(record, state) : this.#closed(record, state)
  }

  // The first word on when it is due holds.
  #opened({ request, reviewDue }: Of<'breakglass.opened'>, state: RequestState | undefined): AnomalyCode[] {
    if (state?.outcome !== 'allow') return ['review.unknown']
    if (this.#reviews.get(request) !== undefined) return ['review.repeated']
    this.#reviews.set(request, { dueAt: new Date(reviewDue) })
    return []
  }

  // Nobody closes the review of their own access, or of what they asked for.
  #closed(record: Of<'breakglass.reviewed'>, state: RequestState | undefined): AnomalyCode[] {
    const { request, verdict, issue } = record
    const review = this.#reviews.get(request)
    if (review === undefined || state === undefined) return ['review.unknown']
    if (review.reviewed !== undefined) return ['review.repeated']
    const by = Number(record.by.slice('gh:'.length))
    if (by === state.subject || by === state.author) return ['review.own']
    this.#reviews.set(request, { ...review, reviewed: { at: new Date(record.occurredAt), by, verdict, issue } })
    return []
  }
}
