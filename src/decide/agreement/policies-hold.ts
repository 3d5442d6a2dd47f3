// Rules of an amendment: its expressions can be read, and no policy denies what it would make of its clauses.
import type { Reason } from '../../model/decision.ts'
import { documentProblems } from '../policy/document-problems.ts'
import { readyPolicies } from '../policy/compile.ts'
import { evaluatePolicies } from '../policy/evaluate.ts'
import { policyReasons } from '../policy/reasons.ts'
import { amendmentVariables } from '../policy/variables.ts'
import { fails, unjudged } from '../reason.ts'
import { plain, quoted } from '../wording.ts'
import type { AmendmentContext } from './context.ts'

const todo = 'Change the amendment so that this holds.'

/** One reason for each expression that cannot be read: it would hold for nobody. Says nothing where there is none. */
export function expressionsReadable({ facts, amendment, markOf }: AmendmentContext): Reason[] {
  const parsed = facts.file?.parsed
  if (amendment === null || facts.file === null || parsed?.ok !== true) return []
  return documentProblems(facts.file.path, amendment, parsed.lines).map(({ message, pointer, suggestion }) => {
    const nearest = suggestion === undefined ? '' : ` Did you mean ${quoted(suggestion)}?`
    return fails('document-valid', plain(message), `Mend the expression.${nearest}`, markOf(pointer))
  })
}

/**
 * One reason for each rule that denies. What cannot be read or evaluated denies (S6). Changes that do not apply make
 * nothing that could be judged; `changes-apply` and its neighbours refuse them.
 */
export function policiesHold({ facts, amendment, trial, settings, markOf }: AmendmentContext): Reason | Reason[] {
  if (amendment === null || trial === null) return unjudged('policy-holds', 'contract-in-effect')
  if (trial.failures.length > 0) return []
  const [before, after] = [trial.before.contract, trial.after.contract]
  const variables = amendmentVariables(amendment, { before, after, now: facts.now, zone: settings?.zone ?? '' })
  const results = evaluatePolicies(readyPolicies(facts.policies), { on: 'amendment', variables })
  return policyReasons(results, todo, markOf('/changes'))
}
