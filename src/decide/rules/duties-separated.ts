// Rule: who has a part in a document does not judge it (S5; attacks #1–7, #84).
import type { Clause } from '../../model/contract.ts'
import type { Reason } from '../../model/decision.ts'
import { byId, hasStrangers } from '../ballot/persons.ts'
import type { Involved, Involvement } from '../ballot/persons.ts'
import type { Proposal } from '../proposal.ts'
import { fails, holds, unjudged } from '../reason.ts'
import { counted, list, mention } from '../wording.ts'

const rule = 'duties-separated'

type Looked = Pick<Proposal, 'kind' | 'facts' | 'ballot' | 'stages' | 'involvement' | 'personOf'> & {
  /** Who gets the access; an amendment has no subject. */
  subject: object | null
  clause?: Clause | null
  breakGlass?: boolean
}

/**
 * Names who is excluded and why. Refuses where the people who are left cannot give what a stage still needs: the bar is
 * never lowered (attack #84). That nobody excluded is counted is seen to in `ballot.ts`.
 */
export function dutiesSeparated(proposal: Looked): Reason {
  const { kind, facts, subject, ballot, stages, involvement, personOf, clause, breakGlass } = proposal
  if (!facts.commits.known) return unjudged(rule, 'people-known')
  if (kind === 'request' && subject === null) return unjudged(rule, 'subject-known')
  if (clause?.approvals.kind === 'automatic') return holds(rule, 'The clause asks nobody: it approves by a condition.')
  if (breakGlass === true && stages.length === 0) {
    return holds(rule, 'The clause asks nobody before access; who reviews it has no part in it.')
  }
  if (stages.length === 0) return unjudged(rule, kind === 'request' ? 'clause-in-effect' : 'contract-in-effect')
  const said = `May not approve: ${list(everyone([...involvement.byPerson.values()]))}.${strangers(involvement)}`
  // Short by the exclusions, and not because a team is empty or unknown: `approved` and `people-known` tell those.
  const short = ballot.short
    .map(index => stages[index] as Proposal['stages'][number])
    .find(({ electorate }) => [...electorate.members.keys()].some(id => involvement.byPerson.has(personOf(id))))
  if (short === undefined) return holds(rule, said)
  const whom = list(short.electorate.from, 'or')
  const because = `Too few are left in ${whom} for ${counted(short.count, 'approval')}. ${said}`
  return fails(rule, because, `Ask for one more person in ${whom}, or let somebody else open the pull request.`)
}

function strangers(involvement: Involvement): string {
  if (!hasStrangers(involvement)) return ''
  const { unknownCommits, unknownPushes } = involvement
  const commits = unknownCommits === 0 ? [] : [counted(unknownCommits, 'commit')]
  const pushes = unknownPushes === 0 ? [] : [unknownPushes === 1 ? '1 push' : `${unknownPushes} pushes`]
  const are = unknownCommits + unknownPushes === 1 ? 'is' : 'are'
  const what = `${list([...commits, ...pushes])} ${are}`
  return ` ${what} by somebody whom GitHub does not know, so the first stage needs one approval more.`
}

function everyone(involved: readonly Involved[]): string[] {
  return byId(involved.map(({ account }) => account)).map(account => {
    const parts = involved.filter(one => one.account === account).flatMap(one => one.parts)
    return `${mention(account)} (${list(parts)})`
  })
}
