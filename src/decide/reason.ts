// How each rule of decide() answers: it holds, it does not, it waits for people or for time, or it could not be judged.
import type { Mark, Reason, RuleId } from '../model/decision.ts'

/** The rule holds. */
export function holds(rule: RuleId, because: string): Reason {
  return { rule, holds: true, because }
}

/** The rule does not hold, and only a change of the pull request or of what it relies on makes it hold. */
export function fails(rule: RuleId, because: string, todo: string, mark?: Mark): Reason {
  return mark === undefined ? { rule, holds: false, because, todo } : { rule, holds: false, because, todo, mark }
}

/** The rule does not hold yet: an approval, a click or a date makes it hold, without a new commit. */
export function waits(rule: RuleId, because: string, todo: string): Reason {
  return { rule, holds: false, waiting: true, because, todo }
}

const subjects: Partial<Record<RuleId, string>> = {
  'one-document': 'the pull request adds exactly one document',
  'document-valid': 'the file is valid',
  'clause-in-effect': 'the clause is in effect',
  'contract-in-effect': 'the contract and its amendments are known',
  'changes-apply': 'the changes apply',
  'expects-current': 'the clauses are as the amendment expects them',
  'no-conflict': 'no other amendment conflicts',
  'subject-known': 'the subject is known',
  'owners-readable': 'the owners of the file are known',
  'people-known': 'everyone involved is known',
  'policy-holds': 'no policy denies it'
}

/** What the rule looks at is missing, and unknown is no (S6): says which earlier rule to mend first. */
export function unjudged(rule: RuleId, first: RuleId): Reason {
  const because = `Not judged yet: this can be told only once ${subjects[first] ?? first}.`
  return fails(rule, because, `Mend "${first}" first.`)
}
