// Rule: an amendment begins at its merge or later; what was decided before stays decided (ledger.md §4).
import type { Reason } from '../../model/decision.ts'
import { fails, holds, unjudged } from '../reason.ts'
import { instant } from '../wording.ts'
import type { AmendmentContext } from './context.ts'

const rule = 'not-retroactive'

/**
 * Refuses a `from` that is past: before the merge as of now, after it as of the merge. It is never moved to the merge
 * silently, since those who approved read another date.
 */
export function notRetroactive({ facts, amendment, markOf }: AmendmentContext): Reason {
  if (amendment === null) return unjudged(rule, 'document-valid')
  const { effective, permanent } = amendment
  const merged = facts.merge !== null
  const moment = merged ? facts.mergedAt : facts.now
  if (moment === null) return fails(rule, 'It is not known when the amendment was merged.', 'Run the check again.')
  const from = instant(effective.fromAt)
  if (!(effective.fromAt >= moment)) {
    const when = merged ? `when it was merged, at ${instant(moment)}` : 'already'
    const todo = merged ? 'Open a new pull request with a new id and a later "from".' : 'Choose a later "from".'
    return fails(rule, `Its "from" (${from}) was past ${when}.`, todo, markOf('/effective/from'))
  }
  const end = permanent || effective.untilAt === undefined ? 'for good' : `until ${instant(effective.untilAt)}`
  return holds(rule, `The amendment is in force from ${from}, ${end}.`)
}
