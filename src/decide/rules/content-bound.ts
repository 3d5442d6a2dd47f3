// Rule: approvals are on exactly this content; those on another are stale and listed (attacks #18–22, #26, #27).
import type { Reason } from '../../model/decision.ts'
import type { Proposal } from '../proposal.ts'
import { fails, holds, waits } from '../reason.ts'
import { list, mention } from '../wording.ts'

const rule = 'content-bound'

/** Waits where a stale approval would be needed. Refuses settings that cannot be read, since they say what binds. */
export function contentBound({ settings, ballot }: Pick<Proposal, 'settings' | 'ballot'>): Reason {
  if (settings === null) {
    const because = 'The settings of the repository cannot be read on the base branch.'
    return fails(rule, because, 'Ask an administrator to mend .github/addendum.yml.')
  }
  const stale = ballot.spoiled.filter(({ flaw }) => flaw === 'other-content').map(({ by }) => mention(by))
  if (stale.length === 0) return holds(rule, 'No approval is for another version of the file.')
  const because = `${list(stale)} approved another version.`
  if (ballot.stages.every(stage => stage.missing === 0)) return holds(rule, `${because} The other approvals suffice.`)
  return waits(rule, because, `Ask ${list(stale, 'or')} to approve this version.`)
}
