// Rule: the clauses stand as they did when they were approved, for a request and for an amendment (stale asks again).
import type { Reason } from '../../model/decision.ts'
import { unlike } from '../ballot/standing.ts'
import type { Proposal } from '../proposal.ts'
import { holds, waits } from '../reason.ts'
import { list, mention, quoted } from '../wording.ts'

const rule = 'terms-unchanged'

/**
 * Waits where an approval would be needed that was given for other terms, and names the clauses that changed since.
 * Says nothing where there are no terms to approve: other rules say why.
 */
export function termsUnchanged({ standing, statedFor, ballot }: Proposal): Reason | Reason[] {
  if (standing === null) return []
  const stale = ballot.spoiled.filter(({ flaw }) => flaw === 'other-terms')
  if (stale.length === 0) return holds(rule, 'No approval is for other terms.')
  const told = stale.map(({ by, review }) => {
    const statement = statedFor(review)
    if (Object.keys(statement?.clauses ?? {}).length === 0) {
      return `${mention(by)} approved before it was said how the clauses stand.`
    }
    const changed = unlike(statement, standing).map(quoted)
    return `${list(changed)} changed after ${mention(by)} had approved.`
  })
  const because = told.join(' ')
  if (ballot.stages.every(stage => stage.missing === 0)) return holds(rule, `${because} The other approvals suffice.`)
  const again = stale.map(({ by }) => mention(by))
  return waits(rule, because, `Ask ${list(again, 'or')} to read it again and to approve again.`)
}
