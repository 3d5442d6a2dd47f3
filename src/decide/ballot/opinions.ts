// What each reviewer thinks now: the latest opinion per account, by numeric id (approvals.md §2, attacks #23–25).
import type { Account, Dismissal, Known, Review } from '../../model/facts.ts'
import { parseInstant } from '../../model/instant.ts'
import type { PersonKey } from './persons.ts'

/** An account's latest opinion. */
export interface Opinion {
  review: Review
  by: Account
}

/**
 * The latest of approved, changes requested and dismissed for each account, in the order of numeric ids. Comments never
 * override. A dismissed opinion is dropped and revives nothing before it. Where two came in the same second, or GitHub
 * does not say when, the one that is not an approval is taken as the later.
 */
export function latestOpinions(reviews: readonly Review[]): Opinion[] {
  return latestOf(reviews).filter(({ review }) => review.state !== 'DISMISSED')
}

/** An objection that was dismissed, and stands. */
export interface Veto extends Opinion {
  /** Null: it is not known who dismissed it, or not even that it was an objection. */
  dismissedBy: Account | null
}

/**
 * Whose latest opinion was an objection that somebody else dismissed (attack #25). Whoever objected takes it back by any
 * account of theirs, or reviews again; nobody does that for them. What is not known of a dismissed review is taken for
 * the worst (S6). `dismissals` null: the server says nothing of them, and what is dismissed is no opinion.
 */
export function standingVetoes(
  reviews: readonly Review[],
  dismissals: Known<Dismissal[]> | null,
  personOf: PersonKey
): Veto[] {
  if (dismissals === null) return []
  return latestOf(reviews).flatMap((opinion): Veto[] => {
    const { review, by } = opinion
    if (review.state !== 'DISMISSED') return []
    const told = dismissals.known ? dismissals.value.find(one => one.review === review.id) : undefined
    if (told === undefined) return [{ ...opinion, dismissedBy: null }]
    if (told.was === 'APPROVED' || told.was === 'COMMENTED') return []
    const itself = told.by !== null && personOf(told.by.id) === personOf(by.id)
    return itself ? [] : [{ ...opinion, dismissedBy: told.by }]
  })
}

function latestOf(reviews: readonly Review[]): Opinion[] {
  const latest = new Map<number, Opinion>()
  for (const review of reviews) {
    if (review.user === null || weight[review.state] === 0 || timeOf(review) === -Infinity) continue
    const before = latest.get(review.user.id)
    if (before === undefined || isLater(review, before.review)) latest.set(review.user.id, { review, by: review.user })
  }
  return [...latest.values()].sort((a, b) => a.by.id - b.by.id)
}

const weight = { COMMENTED: 0, PENDING: 0, APPROVED: 1, DISMISSED: 2, CHANGES_REQUESTED: 3 }

function isLater(a: Review, b: Review): boolean {
  const times = [timeOf(a), timeOf(b)] as const
  if (times[0] !== times[1]) return times[0] > times[1]
  return weight[a.state] === weight[b.state] ? a.id > b.id : weight[a.state] > weight[b.state]
}

// Unknown is no: an approval without a time is as old as can be and so none, anything else is as new as can be.
function timeOf(review: Review): number {
  const at = review.submittedAt === null ? undefined : parseInstant(review.submittedAt)
  return at?.getTime() ?? (review.state === 'APPROVED' ? -Infinity : Infinity)
}
