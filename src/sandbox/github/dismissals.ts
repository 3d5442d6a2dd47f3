// Local GitHub, effects: who dismissed which review, kept beside the pull request and told among the events of its issue.
import { nodeId, repositoryUrl, userJson } from './render.ts'
import type { Json } from './render.ts'
import type { Dismissal, Pull, Repository } from './store.ts'
import { account } from './world.ts'
import type { World } from './world.ts'

/** Notes a dismissal: somebody's, with their words, or that of a push which made the review stale. */
export function noteDismissal(world: World, pull: Pull, dismissal: Omit<Dismissal, 'id' | 'createdAt'>): void {
  pull.dismissals = [...(pull.dismissals ?? []), { id: world.id(), createdAt: world.stamp(), ...dismissal }]
}

/** A `review_dismissed` event. */
export function dismissalJson(world: World, r: Repository, { commitId, ...dismissal }: Dismissal): Json {
  return {
    id: dismissal.id,
    node_id: nodeId('RDE', dismissal.id),
    url: repositoryUrl(world, r, `/issues/events/${dismissal.id}`),
    actor: userJson(world, account(world, dismissal.actorId)),
    event: 'review_dismissed',
    commit_id: null,
    commit_url: null,
    created_at: dismissal.createdAt,
    performed_via_github_app: null,
    dismissed_review: {
      state: dismissal.state.toLowerCase(),
      review_id: dismissal.reviewId,
      dismissal_message: dismissal.message,
      ...(commitId === null ? {} : { dismissal_commit_id: commitId })
    }
  }
}
