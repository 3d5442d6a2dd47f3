// Rule: who has a part in a request does not judge it (S5; attacks #1–7, #84).
import type { Reason, StageStatus } from '../model/decision.ts'
import type { Context } from './context.ts'
import { byId } from './persons.ts'
import type { Involved } from './persons.ts'
import { fails, holds, unjudged } from './reason.ts'
import { counted, list, mention } from './wording.ts'

const rule = 'duties-separated'

/**
 * Names who is excluded and why. Refuses where the people who are left cannot give what a stage still needs: the bar is
 * never lowered (attack #84). That nobody excluded is counted is seen to in `ballot.ts`.
 */
export function dutiesSeparated(context: Context): Reason {
  const { facts, ballot, stages, involvement } = context
  if (!facts.commits.known) return unjudged(rule, 'people-known')
  if (context.subject === null) return unjudged(rule, 'subject-known')
  if (stages.length === 0) return unjudged(rule, 'clause-in-effect')
  const excluded = `May not approve: ${list(everyone([...involvement.byPerson.values()]))}.`
  const unknown = involvement.unknownCommits
  const extra =
    unknown === 0
      ? ''
      : ` ${counted(unknown, 'commit')} ${unknown === 1 ? 'names' : 'name'} somebody whom GitHub does not know, so the first stage needs one approval more.`
  const short = ballot.stages.find((stage, index) => isShort(context, stage, index))
  if (short !== undefined) {
    const because = `Too few are left who may approve for ${list(short.from, 'or')}: ${counted(short.count, 'approval')} needed. ${excluded}${extra}`
    return fails(rule, because, `Ask for one more person in ${list(short.from, 'or')}, or let somebody else open the pull request.`)
  }
  return holds(rule, `${excluded}${extra}`)
}

// Short by the exclusions, not because a team is unknown or empty: those have their own rules.
function isShort({ stages, personOf, involvement, facts }: Context, stage: StageStatus, index: number): boolean {
  const electorate = stages[index]?.electorate
  if (electorate === undefined || electorate.members.size === 0 || electorate.unknown.length > 0) return false
  void facts
  const left = new Set([...stage.approvedBy, ...stage.eligible].map(({ id }) => personOf(id)))
  const excluded = [...electorate.members.keys()].some(id => involvement.byPerson.has(personOf(id)))
  return excluded && left.size < stage.count
}

function everyone(involved: readonly Involved[]): string[] {
  return byId(involved.map(({ account }) => account)).map(account => {
    const parts = involved.filter(one => one.account === account).flatMap(one => one.parts)
    return `${mention(account)} (${list(parts)})`
  })
}
