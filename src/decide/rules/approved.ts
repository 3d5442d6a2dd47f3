// Rule: every stage of the clause has its approvals, from distinct people (attacks #8–13; approvals.md §2).
import type { Reason, StageStatus } from '../../model/decision.ts'
import type { Ballot, Flaw } from '../ballot/ballot.ts'
import type { Context } from '../context.ts'
import { byId, hasStrangers } from '../ballot/persons.ts'
import { conditionHolds } from '../policy/condition.ts'
import { fails, holds, unjudged, waits } from '../reason.ts'
import { counted, list, mention, plain } from '../wording.ts'

const rule = 'approved'
const stranger = 'A commit or a push is by somebody whom GitHub does not know'
const introduce = 'Commit with an e-mail address that GitHub knows, on a branch that you alone push to.'

/** Waits for what is missing, stage by stage, and says whose approval does not count. The count is `ballot.ts`'s. */
export function approved(context: Context): Reason {
  const { clause, breakGlass, ballot, stages } = context
  if (clause === null) return unjudged(rule, 'clause-in-effect')
  if (clause.approvals.kind === 'automatic') {
    return byItself(context, clause.approvals.when)
  }
  if (breakGlass && stages.length === 0) return forOneself(context)
  if (stages.length === 0) {
    return fails(rule, 'The clause names no approvers.', 'Ask the owner of the contract to name them.')
  }
  return stagesFilled(ballot)
}

// An expression stands for people only where no policy denies, and where every commit and push is somebody's (attack #5).
function byItself({ variables, policies, involvement }: Context, when: string): Reason {
  if (variables === null || policies === null) return unjudged(rule, 'subject-known')
  if (policies.some(({ verdict }) => verdict === 'denies')) return unjudged(rule, 'policy-holds')
  if (hasStrangers(involvement)) return fails(rule, `${stranger}, so the clause does not approve by itself.`, introduce)
  const said = conditionHolds(when, variables)
  if (said.holds) return holds(rule, 'The clause approves this by itself: its condition holds.')
  const untold = said.because === undefined ? '' : ` ${plain(said.because)}`
  const because = `The clause approves by itself only where its condition holds.${untold}`
  return fails(rule, because, 'Change the request so that it does, or choose a clause that people approve.')
}

// Nobody is asked before, so nobody else may have had a hand in what is granted (attacks #5, #22).
function forOneself({ subject, involvement, personOf, facts }: Context): Reason {
  if (subject === null) return unjudged(rule, 'subject-known')
  if (!facts.commits.known) return unjudged(rule, 'people-known')
  if (hasStrangers(involvement)) return fails(rule, `${stranger}, so nothing is granted without approval.`, introduce)
  const self = personOf(subject.account.id)
  const others = [...involvement.byPerson].flatMap(([person, { account }]) => (person === self ? [] : [account]))
  if (others.length === 0) return holds(rule, 'In an emergency the clause asks nobody before access; a review follows.')
  const who = list(byId(others).map(mention))
  const because = `Without approval only ${mention(subject.account)} may ask, and ${who} had a part in this.`
  return fails(rule, because, `Let ${mention(subject.account)} open a pull request alone.`)
}

/** Holds where no stage of the ballot misses anybody; else waits, stage by stage. */
export function stagesFilled(ballot: Ballot): Reason {
  const open = ballot.stages.filter(stage => stage.missing !== 0)
  if (open.length === 0) {
    const by = new Set(ballot.stages.flatMap(stage => stage.approvedBy.map(mention)))
    return holds(rule, `Approved by ${list([...by])}.`)
  }
  const because = `Needs ${list([...new Set(open.map(needs))], 'and')}.`
  const uncounted = (Object.keys(words) as (keyof typeof words)[]).flatMap(flaw => {
    const whose = ballot.spoiled.filter(spoiled => spoiled.flaw === flaw).map(({ by }) => mention(by))
    return whose.length === 0 ? [] : [` ${list(whose)} approved too, but ${words[flaw]}.`]
  })
  return waits(rule, `${because}${uncounted.join('')}`, todoOf(open))
}

const words = {
  'not-a-person': 'only people count',
  'has-left': 'has left, as the directory says',
  'not-asked': 'may not approve this',
  'no-write': 'may not write to this repository'
} satisfies Partial<Record<Flaw, string>>

function needs({ missing, count, from }: StageStatus): string {
  const of = missing === count ? counted(count, 'approval') : `${missing} more of ${counted(count, 'approval')}`
  return `${of} from ${from.length === 0 ? 'owners who are not known' : list(from, 'or')}`
}

function todoOf(open: readonly StageStatus[]): string {
  const people = new Map(open.flatMap(stage => stage.eligible.map(account => [account.id, mention(account)])))
  if (people.size === 0) return 'Ask the owner of the contract who may approve.'
  return `Ask ${list([...people.values()], 'or')} to approve.`
}
