// Rule: every control that a changed clause names is one of the catalogue.
import type { Clause } from '../../model/contract.ts'
import type { Reason } from '../../model/decision.ts'
import { suggest } from '../../model/suggest.ts'
import { fails, holds, unjudged } from '../reason.ts'
import { list, plain, quoted } from '../wording.ts'
import type { AmendmentContext } from './context.ts'

const rule = 'controls-known'

/** One reason for each control that the catalogue does not have. A clause that names none is left as it is. */
export function controlsKnown({ facts, amendment, markOf }: AmendmentContext): Reason | Reason[] {
  if (amendment === null) return unjudged(rule, 'document-valid')
  const named = amendment.changes.flatMap((change, index) => {
    if (change.kind === 'strike') return []
    const terms: Partial<Clause> = change.kind === 'add' ? change.with : change.set
    const pointer = `/changes/${index}/${change.kind === 'add' ? 'with' : 'set'}/controls`
    return (terms.controls ?? []).map((control, at) => ({ control, at: `${pointer}/${at}` }))
  })
  const failed = named.flatMap(({ control, at }) => {
    if (facts.controls.includes(control)) return []
    const nearest = suggest(control, facts.controls)
    const choose = 'Choose one that "addendum controls" lists.'
    const todo = nearest === undefined ? choose : `Did you mean ${quoted(nearest)}?`
    return [fails(rule, `${quoted(control)} is not a control of the catalogue.`, todo, markOf(at))]
  })
  if (failed.length > 0) return failed
  const names = [...new Set(named.map(({ control }) => plain(control)))].sort()
  return holds(rule, names.length === 0 ? 'It names no controls.' : `It names ${list(names)}.`)
}
