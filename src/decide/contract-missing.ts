// Why a contract that a document names cannot be judged by.
import type { Reason, RuleId } from '../model/decision.ts'
import type { ProposalFacts } from '../model/facts.ts'
import { fails } from './reason.ts'
import { counted, plain, quoted } from './wording.ts'

/** There is none with the id, or what is there is another, or it has problems: the first of these that is true. */
export function contractMissing(
  rule: RuleId,
  read: ProposalFacts<unknown>['rules']['contract'],
  id: string,
  mark: Reason['mark']
): Reason {
  const { parsed } = read
  const ask = 'Ask the owner of the contract to mend it on the base branch.'
  if (parsed === null) {
    const because = `There is no contract ${quoted(id)} on the base branch.`
    return fails(rule, because, 'Name a contract that is there, or have this one merged first.', mark)
  }
  if (parsed.ok) return fails(rule, `${quoted(read.path)} is not the contract ${quoted(id)}.`, ask, mark)
  const first = parsed.problems[0]?.message ?? 'it gave no value.'
  const because = `${quoted(read.path)} has ${counted(parsed.problems.length, 'problem')}: ${plain(first)}`
  return fails(rule, because, ask, mark)
}
