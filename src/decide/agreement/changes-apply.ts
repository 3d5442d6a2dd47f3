// Rule: every change finds its clause, or a free id, and what comes of it is a valid contract (DESIGN §3).
import type { Reason } from '../../model/decision.ts'
import { suggest } from '../../model/suggest.ts'
import { fails, holds, unjudged } from '../reason.ts'
import { counted, quoted } from '../wording.ts'
import type { AmendmentContext } from './context.ts'
import { failuresOf } from './failures.ts'

const rule = 'changes-apply'

/** One reason for each change that fails at any instant of the window, and for each name superseded that is none. */
export function changesApply({ amendment, trial, facts, markOf }: AmendmentContext): Reason | Reason[] {
  if (amendment === null) return unjudged(rule, 'document-valid')
  if (trial === null || !facts.amendments.known) return unjudged(rule, 'contract-in-effect')
  const others = facts.amendments.value.map(other => other.amendment)
  const known = others.filter(({ contract }) => contract === amendment.contract).map(({ id }) => id)
  const unknown = amendment.supersedes.flatMap((id, index) => {
    if (known.includes(id)) return []
    const nearest = suggest(id, known)
    const todo = nearest === undefined ? 'Take it out of "supersedes".' : `Did you mean ${quoted(nearest)}?`
    const because = `It supersedes ${quoted(id)}, which is no amendment of this contract.`
    return [fails(rule, because, todo, markOf(`/supersedes/${index}`))]
  })
  const failed = [...failuresOf(rule, { trial, amendment, markOf }), ...unknown]
  if (failed.length > 0) return failed
  return holds(rule, `${counted(amendment.changes.length, 'change')} can be made to ${quoted(amendment.contract)}.`)
}
