// Rule: the inputs are those that the clause's action takes, each as the clause allows it; access takes none.
import type { Reason } from '../../model/decision.ts'
import { inputFaults, inputRuleName } from '../../model/inputs.ts'
import type { InputFault } from '../../model/inputs.ts'
import type { Context } from '../context.ts'
import { fails, holds, unjudged } from '../reason.ts'
import { list, quoted } from '../wording.ts'

const rule = 'inputs-fit'

/** Refuses an input that is missing, that the action does not take, or whose value it does not allow: a reason each. */
export function inputsFit({ request, clause, markOf }: Context): Reason | Reason[] {
  if (request === null) return unjudged(rule, 'document-valid')
  if (clause === null) return unjudged(rule, 'clause-in-effect')
  const { action } = clause
  if (action === undefined) {
    if (Object.keys(request.inputs).length === 0) return holds(rule, 'Access takes no inputs.')
    const because = `The clause ${quoted(request.clause)} grants access and takes no inputs.`
    return fails(rule, because, 'Remove "inputs" from the request.', markOf('/inputs'))
  }
  const faults = inputFaults(action.inputs, request.inputs)
  if (faults.length > 0) return faults.map(fault => ofFault(fault, markOf))
  const names = Object.keys(action.inputs).map(quoted)
  return holds(rule, names.length === 0 ? 'The action takes no inputs.' : `The action takes ${list(names)} as given.`)
}

function ofFault(fault: InputFault, markOf: Context['markOf']): Reason {
  const name = quoted(fault.name)
  if (fault.fault === 'unknown') {
    const todo = fault.nearest === undefined ? `Remove ${name}.` : `Did you mean ${quoted(fault.nearest)}?`
    return fails(rule, `The action takes no input ${name}.`, todo, markOf(`/inputs/${fault.name}`))
  }
  const todo = `Give it ${inputRuleName(fault.rule, quoted)}.`
  if (fault.fault === 'missing') return fails(rule, `The input ${name} is missing.`, todo, markOf('/inputs'))
  const because = `The input ${name} may not be ${quoted(String(fault.value))}.`
  return fails(rule, because, todo, markOf(`/inputs/${fault.name}`))
}
