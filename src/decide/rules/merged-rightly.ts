// Rule, after the merge only: git itself shows that this pull request brought what was judged (attacks #55–58).
import type { Reason } from '../../model/decision.ts'
import type { Proposal } from '../proposal.ts'
import { fails, holds, unjudged } from '../reason.ts'

const rule = 'merged-rightly'
const todo = 'Open a new pull request with a new id; this file is taken out again.'

/** Refuses a file that came another way, was there before, is gone, or is not the one that was judged. */
export function mergedRightly({ kind, facts }: Pick<Proposal, 'kind' | 'facts'>): Reason | Reason[] {
  const { merge, file, rules } = facts
  if (merge === null) return []
  if (file === null) return unjudged(rule, 'one-document')
  if (!merge.ofThisPull) return fails(rule, 'The merge did not bring the head of this pull request.', todo)
  if (merge.before !== null) return fails(rule, `The file was there before; ${kind}s are only ever added.`, todo)
  if (merge.file === null) return fails(rule, 'The file is not there after the merge.', todo)
  const same = merge.file.path === file.path && merge.file.mode === file.mode && merge.file.sha === file.sha
  if (!same) return fails(rule, 'The file that was merged is not the one that was approved.', todo)
  // The rules of the commit just before the merge judge it (S1).
  if (rules.commit !== merge.firstParent) {
    return fails(rule, 'The rules that were read are not those of the commit before the merge.', 'Run the check again.')
  }
  return holds(rule, 'The merge brought exactly the file that was judged.')
}
