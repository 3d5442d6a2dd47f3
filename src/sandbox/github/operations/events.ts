// Local GitHub, operations: the events of an issue. Of all that GitHub lists it tells one kind: dismissals of reviews.
import { notFound, paged } from '../answer.ts'
import { repo } from '../call.ts'
import type { Handler } from '../call.ts'
import { dismissalJson } from '../dismissals.ts'

const listEvents: Handler = call => {
  const [r, number] = [repo(call), Number(call.params['issue_number'])]
  if (r.issues[number] === undefined) throw notFound()
  return paged((r.pulls[number]?.dismissals ?? []).map(one => dismissalJson(call.world, r, one)))
}

/** Handlers by operation id. */
export const events: Record<string, Handler> = { 'issues/list-events': listEvents }
