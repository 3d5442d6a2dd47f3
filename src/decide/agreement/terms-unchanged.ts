// Rule: the clauses that the amendment touches stand as they did when it was approved (ledger.md §4: stale asks again).
import type { Reason } from '../../model/decision.ts'
import { holds, waits } from '../reason.ts'
import { list, mention, quoted } from '../wording.ts'
import type { AmendmentContext } from './context.ts'
import { statementFor, unlike } from './standing.ts'

const rule = 'terms-unchanged'

/**
 * Waits where an approval would be needed that was given for other terms, and names the clauses that changed since.
 * Says nothing while the amendment does not apply: other rules say why, and nobody can approve it before.
 */
export function termsUnchanged({ standing, ballot, facts }: AmendmentContext): Reason | Reason[] {
  if (standing === null) return []
  const stale = ballot.spoiled.filter(({ flaw }) => flaw === 'other-terms')
  if (stale.length === 0) return holds(rule, 'No approval is for other terms of the clauses that it touches.')
  const told = stale.map(({ by, review }) => {
    const statement = statementFor(facts.statements, review)
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
