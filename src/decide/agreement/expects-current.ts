// Rule: the clauses are as the amendment's author, and those who approved, read them (ledger.md §4).
import type { Reason } from '../../model/decision.ts'
import { holds, unjudged } from '../reason.ts'
import { list, quoted } from '../wording.ts'
import type { AmendmentContext } from './context.ts'
import { failuresOf } from './failures.ts'

const rule = 'expects-current'

/** One reason for each clause that has changed since; the file must change to mend it, so it is approved again. */
export function expectsCurrent({ amendment, trial, markOf }: AmendmentContext): Reason | Reason[] {
  if (amendment === null) return unjudged(rule, 'document-valid')
  if (trial === null) return unjudged(rule, 'contract-in-effect')
  const failed = failuresOf(rule, { trial, amendment, markOf })
  if (failed.length > 0) return failed
  const open = amendment.changes.filter(change => change.kind !== 'add' && change.expects === undefined)
  if (open.length === 0) return holds(rule, 'Every clause that it changes is as it expects.')
  const names = list(open.map(change => quoted(change.clause)))
  return holds(rule, `It names no "expects" for ${names}, and would change whatever stands there.`)
}
