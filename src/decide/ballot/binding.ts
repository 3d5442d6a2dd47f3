// Whether a review is of exactly the content that is judged now: by commit, or by path, mode and blob; never by time.
import type { ProposalFacts, Review } from '../../model/facts.ts'
import type { Settings } from '../../model/settings.ts'
import { own } from '../own.ts'

/**
 * `strict`: the review is on the head commit. `content`: at the reviewed commit the same path had the same mode and
 * blob (attacks #18–22, #26, #27). A review whose commit GitHub no longer names is bound to nothing. Without readable
 * settings the strict binding holds.
 */
export function bindingOf(
  facts: Pick<ProposalFacts<unknown>, 'pull' | 'file' | 'reviewed'>,
  settings: Settings | null
): (review: Review) => boolean {
  const head = facts.pull.head.sha
  const byContent = settings?.approvals.binding === 'content'
  return review => {
    if (review.commit === null) return false
    if (review.commit === head) return true
    const entry = byContent ? own(facts.reviewed, review.commit) : undefined
    const { file } = facts
    if (entry === undefined || entry === null || file === null) return false
    return entry.path === file.path && entry.mode === file.mode && entry.sha === file.sha
  }
}
