// Rule: everyone on whom the count of approvals depends is known, and known whole (attacks #17, #22, #47).
import type { Reason } from '../../model/decision.ts'
import type { Proposal } from '../proposal.ts'
import { byId } from '../ballot/persons.ts'
import { fails, holds } from '../reason.ts'
import { list, mention, plain } from '../wording.ts'

const rule = 'people-known'
const again = 'Wait a minute and run the check again; if it stays, ask the operator of Addendum.'

/**
 * Refuses incomplete lists of commits or reviews, commits without the head, and an approver of the clause who cannot be
 * resolved. An approval whose author's access is not known refuses only where it would be needed.
 */
export function peopleKnown(proposal: Pick<Proposal, 'facts' | 'stages' | 'ballot'>): Reason | Reason[] {
  const { facts, stages, ballot } = proposal
  const { commits, reviews, pull } = facts
  const failed: Reason[] = []
  if (!commits.known) failed.push(fails(rule, `The commits are not all known: ${plain(commits.because)}`, again))
  else if (!commits.value.some(({ sha }) => sha === pull.head.sha)) {
    failed.push(fails(rule, 'The list of commits does not hold the head of the branch.', again))
  }
  if (!reviews.known) failed.push(fails(rule, `The reviews are not all known: ${plain(reviews.because)}`, again))
  const unresolved = stages.flatMap(({ electorate }) => electorate.unknown)
  const unknown = new Map(unresolved.map(({ name, because }) => [name, because]))
  for (const [name, because] of unknown) {
    const todo = 'Ask the owner of the contract to mend the clause, or an administrator to show the team to the app.'
    failed.push(fails(rule, `It is not known who ${plain(name)} is: ${because}`, todo))
  }
  const unread = ballot.spoiled.filter(({ flaw }) => flaw === 'permission-unknown').map(({ by }) => by)
  if (unread.length > 0 && ballot.stages.some(stage => stage.missing > 0)) {
    const because = `It is not known whether ${list(byId(unread).map(mention), 'or')} may write to this repository.`
    failed.push(fails(rule, because, again))
  }
  return failed.length > 0 ? failed : holds(rule, 'All commits, reviews and approvers are known.')
}
