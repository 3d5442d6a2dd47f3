// Rule: the operator's providers admit every line of access that the clause grants, or run its action.
import { actionName } from '../../model/clause.ts'
import type { Reason } from '../../model/decision.ts'
import { accessName } from '../../model/entitlement.ts'
import type { Context } from '../context.ts'
import { own } from '../own.ts'
import { fails, holds, unjudged } from '../reason.ts'
import { list, plain } from '../wording.ts'

const rule = 'provider-ready'
const ask = 'Ask the operator of Addendum.'

/**
 * Refuses a line of access that its provider does not admit or has not answered for, a reason for each; and an action
 * that its provider does not run.
 */
export function providerReady({ facts, access, action }: Context): Reason | Reason[] {
  if (action !== null) {
    const name = actionName(action)
    const answer = own(facts.providers, name)
    if (answer === null) return holds(rule, `The provider runs ${plain(name)}.`)
    const why = answer === undefined ? 'the provider did not answer for it.' : plain(answer)
    return fails(rule, `${plain(name)} cannot be run: ${why}`, ask)
  }
  if (access === null || access.length === 0) return unjudged(rule, 'clause-in-effect')
  const names = access.map(accessName)
  // Answers come by name, so two lines of one name would share one answer.
  if (new Set(names).size !== names.length) {
    return fails(rule, 'Two lines of the access read the same.', 'Ask the owner of the contract to mend the clause.')
  }
  const refused = names.flatMap(name => {
    const answer = own(facts.providers, name)
    if (answer === null) return []
    const why = answer === undefined ? 'the provider did not answer for it.' : plain(answer)
    return [fails(rule, `${plain(name)} cannot be granted: ${why}`, ask)]
  })
  return refused.length > 0 ? refused : holds(rule, `The providers admit ${list(names.map(name => plain(name)))}.`)
}
