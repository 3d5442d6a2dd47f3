// Rule: the pull request is open and not a draft, or it is merged (attack #62).
import type { Reason } from '../../model/decision.ts'
import type { RequestFacts } from '../../model/facts.ts'
import { holds, waits } from '../reason.ts'

const rule = 'ready-for-review'

/** Waits while the pull request is a draft, or closed without a merge. */
export function readyForReview({ facts }: { facts: Pick<RequestFacts, 'pull'> & { merge: object | null } }): Reason {
  const { pull, merge } = facts
  if (pull.draft) return waits(rule, 'The pull request is a draft.', 'Mark it as ready for review.')
  // What is open and decided as merged is a member of a merge group (attack #60).
  const merged = pull.state === 'open' ? 'is in the merge queue' : 'is merged'
  if (merge !== null) return holds(rule, `The pull request ${merged}.`)
  if (pull.state !== 'open') return waits(rule, 'The pull request is closed.', 'Reopen it.')
  return holds(rule, 'The pull request is open and ready for review.')
}
