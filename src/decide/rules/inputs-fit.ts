// Rule: the inputs are those that the clause's action takes, each as the clause allows it; access takes none.
import { inputHolds } from '../../model/clause.ts'
import type { InputRule } from '../../model/clause.ts'
import type { Reason } from '../../model/decision.ts'
import { suggest } from '../../model/suggest.ts'
import type { Context } from '../context.ts'
import { own } from '../own.ts'
import { fails, holds, unjudged } from '../reason.ts'
import { list, plain, quoted } from '../wording.ts'

const rule = 'inputs-fit'

/** Refuses an input that is missing, that the action does not take, or whose value its rule does not allow: a reason each. */
export function inputsFit({ request, clause, markOf }: Context): Reason | Reason[] {
  if (request === null) return unjudged(rule, 'document-valid')
  if (clause === null) return unjudged(rule, 'clause-in-effect')
  const given = Object.keys(request.inputs)
  const { action } = clause
  if (action === undefined) {
    if (given.length === 0) return holds(rule, 'Access takes no inputs.')
    const because = `The clause ${quoted(request.clause)} grants access and takes no inputs.`
    return fails(rule, because, 'Remove "inputs" from the request.', markOf('/inputs'))
  }
  const taken = Object.entries(action.inputs)
  const unknown = given.filter(name => own(action.inputs, name) === undefined)
  const wrong = [
    ...unknown.map(name => {
      const near = suggest(name, Object.keys(action.inputs))
      const todo = near === undefined ? `Remove ${quoted(name)}.` : `Did you mean ${quoted(near)}?`
      return fails(rule, `The action takes no input ${quoted(name)}.`, todo, markOf(`/inputs/${name}`))
    }),
    ...taken.flatMap(([name, allowed]) => {
      const value = own(request.inputs, name)
      const todo = `Give it ${described(allowed)}.`
      if (value === undefined) return fails(rule, `The input ${quoted(name)} is missing.`, todo, markOf('/inputs'))
      if (inputHolds(allowed, value)) return []
      const because = `The input ${quoted(name)} may not be ${quoted(String(value))}.`
      return fails(rule, because, todo, markOf(`/inputs/${name}`))
    })
  ]
  if (wrong.length > 0) return wrong
  const names = taken.map(([name]) => quoted(name))
  return holds(rule, names.length === 0 ? 'The action takes no inputs.' : `The action may be given ${list(names)} so.`)
}

function described(allowed: InputRule): string {
  switch (allowed.kind) {
    case 'enum':
      return `one of ${list(
        allowed.values.map(value => quoted(String(value))),
        'or'
      )}`
    case 'pattern':
      return `a text that matches ${plain(allowed.pattern)}`
    case 'text':
      return `a text of ${allowed.maxLength} characters at most`
    case 'number':
      return `a number from ${allowed.minimum} to ${allowed.maximum}`
  }
}
