// From what a trial found to the reasons of the rule that tells it.
import type { UnappliedCode } from '../../model/agreement.ts'
import type { Amendment } from '../../model/amendment.ts'
import type { Reason, RuleId } from '../../model/decision.ts'
import type { Proposal } from '../proposal.ts'
import { fails } from '../reason.ts'
import { instant } from '../wording.ts'
import type { Trial } from './trial.ts'

const again = 'Read the clause again, write its digest as "expects", and ask for approval again.'

/** The rule that tells each failure, and what the reader does about it. */
const told: Record<UnappliedCode, { rule: RuleId; todo: string }> = {
  conflict: { rule: 'no-conflict', todo: 'Choose another window, or name that amendment under "supersedes".' },
  superseded: { rule: 'changes-apply', todo: 'Take it out, or write it anew.' },
  'id-repeated': { rule: 'changes-apply', todo: 'Choose a new id and rename the file to it.' },
  'clause-missing': { rule: 'changes-apply', todo: 'Check the id of the clause.' },
  'clause-exists': { rule: 'changes-apply', todo: 'Choose another id, or amend the clause that is there.' },
  'clause-reserved': { rule: 'changes-apply', todo: 'Choose another id: those of struck clauses are not used again.' },
  'clause-invalid': { rule: 'changes-apply', todo: 'Change the terms so that the contract stays valid.' },
  'expects-differs': { rule: 'expects-current', todo: again },
  'below-floor': { rule: 'floors-kept', todo: 'Stay at the floor or above it, or change the contract itself.' }
}

/** The rule that tells a failure. */
export function tellerOf(code: UnappliedCode): RuleId {
  return told[code].rule
}

/** Every failure of the trial that `rule` tells, on the change that fails. */
export function failuresOf(
  rule: RuleId,
  { trial, amendment, markOf }: { trial: Trial; amendment: Amendment; markOf: Proposal['markOf'] }
): Reason[] {
  const found = trial.failures.filter(failure => tellerOf(failure.code) === rule)
  return found.map(({ code, clause, because, at }) => {
    const index = amendment.changes.findIndex(change => change.clause === clause)
    const mark = index < 0 ? undefined : markOf(`/changes/${index}`)
    const since = at > amendment.effective.fromAt ? `From ${instant(at)} on: ` : ''
    return fails(rule, `${since}${because}`, told[code].todo, mark)
  })
}
