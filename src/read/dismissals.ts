// Who dismissed which review: the list of reviews says only that it was done (attack #25).
import type { Dismissal, Known, Review } from '../model/facts.ts'
import { statusOf } from './github.ts'
import { offersMore } from './offers.ts'
import { accountOf } from './pull.ts'
import type { Pull } from './pull.ts'
import { at } from './repository.ts'
import type { Repository } from './repository.ts'

/** A thousand events of one pull request; further ones are not read, and so what they tell is not known. */
const mostPages = 10

/**
 * Every dismissal, read only where somebody's latest opinion may be a dismissed one. Null: this server does not say.
 * Labels and titles are events too, so that there may be many; what cannot be read whole is unknown (S6).
 */
export async function readDismissals(
  repository: Repository,
  pull: Pull,
  reviews: Known<Review[]>
): Promise<Known<Dismissal[]> | null> {
  if (!offersMore(repository.github)) return null
  if (!reviews.known || !reviews.value.some(review => isLast(review, reviews.value))) return { known: true, value: [] }
  const found: Dismissal[] = []
  for (let page = 1; page <= mostPages; page += 1) {
    const events = await eventsOn(repository, pull, page)
    if (events === null) return { known: false, because: 'GitHub does not show the events of this pull request.' }
    for (const event of events) {
      if (event.event !== 'review_dismissed' || event.dismissed_review === undefined) continue
      const { review_id: review, state } = event.dismissed_review
      found.push({ review, was: states[state.toLowerCase()] ?? null, by: accountOf(event.actor) })
    }
    if (events.length < 100) return { known: true, value: found }
  }
  return { known: false, because: `It has more than ${mostPages * 100} events.` }
}

const states: Readonly<Record<string, Dismissal['was']>> = {
  approved: 'APPROVED',
  changes_requested: 'CHANGES_REQUESTED',
  commented: 'COMMENTED'
}

/** Whether a review is dismissed, and its author is not known to have said anything later. In doubt it is. */
function isLast({ state, user, submittedAt }: Review, reviews: readonly Review[]): boolean {
  if (state !== 'DISMISSED') return false
  return !reviews.some(other => {
    const speaks = other.state === 'APPROVED' || other.state === 'CHANGES_REQUESTED'
    const later = submittedAt !== null && other.submittedAt !== null && other.submittedAt > submittedAt
    return speaks && later && other.user?.id === user?.id
  })
}

interface Event {
  event: string
  actor: Parameters<typeof accountOf>[0]
  dismissed_review?: { state: string; review_id: number }
}

async function eventsOn(repository: Repository, pull: Pull, page: number): Promise<Event[] | null> {
  try {
    const { data } = await repository.github.request('GET /repos/{owner}/{repo}/issues/{issue_number}/events', {
      ...at(repository),
      issue_number: pull.number,
      per_page: 100,
      page
    })
    return data as Event[]
  } catch (error) {
    if (statusOf(error) === 404 || statusOf(error) === 410) return null
    throw error
  }
}
