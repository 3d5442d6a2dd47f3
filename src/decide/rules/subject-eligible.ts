// Rule: the clause, else the contract, names the subject: by numeric id, in its teams or by itself (attacks #13, #87).
import type { Reason } from '../../model/decision.ts'
import type { Context } from '../context.ts'
import { membersOf } from '../ballot/electorate.ts'
import { fails, holds, unjudged } from '../reason.ts'
import { list, mention, plain, quoted } from '../wording.ts'

const rule = 'subject-eligible'

/** Refuses a subject whom no list that could be read contains. */
export function subjectEligible({ facts, request, contract, clause, subject, markOf }: Context): Reason {
  if (contract === null || clause === null || request === null) return unjudged(rule, 'clause-in-effect')
  if (subject === null) return unjudged(rule, 'subject-known')
  const names: string[] = clause.eligible ?? contract.parties.eligible
  const who = mention(subject.account)
  const { id } = subject.account
  const found = names.map(name => ({ name, members: membersOf(name, facts) }))
  const through = found.find(({ members }) => members.known && members.value.some(member => member.id === id))
  if (through !== undefined) return holds(rule, `${who} is eligible through ${plain(through.name)}.`)
  const unread = found.flatMap(({ name, members }) => {
    return members.known ? [] : [`${plain(name)} (${plain(members.because)})`]
  })
  const because = `${who} is not eligible under ${quoted(request.clause)}.`
  const shown = list(
    names.map(name => plain(name)),
    'or'
  )
  const todo = `Only ${shown} may ask for it; join there first, or choose another clause.`
  const doubt = unread.length === 0 ? '' : ` Not known: ${list(unread)}.`
  return fails(rule, `${because}${doubt}`, todo, markOf('/subject'))
}
