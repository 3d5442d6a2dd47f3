// Whether the issue of break-glass was closed by somebody who may close it, and what they found (S10; attacks #29, #73, #83).
import type { Account, ProposalFacts } from '../model/facts.ts'
import type { ReviewVerdict } from '../model/record.ts'
import { mayWrite } from './ballot/ballot.ts'
import { electorateOf } from './ballot/electorate.ts'
import { ownedBy } from './ballot/owners.ts'
import { fitness, personKeys } from './ballot/persons.ts'
import { list, mention } from './wording.ts'

/** The labels by which a reviewer says what they found; exactly one of them is on the issue when it is closed. */
export const reviewLabels: Readonly<Record<ReviewVerdict, string>> = { ok: 'review-ok', finding: 'review-finding' }

/** A closed issue, and what is known of who closed it. Words in it count for nothing: only the act does. */
export interface ReviewFacts extends Pick<ProposalFacts<unknown>, 'now' | 'teams' | 'users' | 'permissions'> {
  rules: Pick<ProposalFacts<unknown>['rules'], 'directory' | 'codeowners'>
  /** The file of the request. */
  path: string
  /** Numeric ids of who got the access and of who asked for it. */
  subject: number | null
  author: number
  /** Null: GitHub does not say who closed it. */
  closedBy: Account | null
  labels: readonly string[]
}

/** What the closing of the issue comes to. */
export type ReviewJudgement =
  { reviewed: true; by: Account; verdict: ReviewVerdict } | { reviewed: false; because: string; todo: string }

/**
 * A review counts where one owner of the request's file closed the issue with one verdict: a person who neither got the
 * access nor asked for it, by any of their accounts, who has not left and may write here now. Unknown is no (S6).
 */
export function judgeReview(facts: ReviewFacts): ReviewJudgement {
  const { closedBy, subject, author, now, permissions } = facts
  const owned = ownedBy({ codeowners: facts.rules.codeowners, teams: facts.teams, users: facts.users }, facts.path)
  if (!owned.known) return refused(owned.because, owned.todo)
  const owners = electorateOf(['codeowners'], owned, facts)
  const todo = `One of ${list(owners.from, 'or')} closes it, with one of the two labels.`
  if (closedBy === null) return refused('GitHub does not say who closed it.', todo)
  const who = mention(closedBy)
  const { parsed } = facts.rules.directory
  if (parsed?.ok !== true) return refused('The directory cannot be read on the base branch.', 'Mend directory.yml.')
  const personOf = personKeys(parsed.value)
  const involved = [author, ...(subject === null ? [] : [subject])].map(personOf)
  if (closedBy.type !== 'User') return refused(`${who} closed it, and only people review.`, todo)
  if (!owners.members.has(closedBy.id)) return refused(`${who} closed it, and does not own the file.`, todo)
  if (involved.includes(personOf(closedBy.id))) return refused(`${who} closed it, and asked for it or got it.`, todo)
  if (fitness(parsed.value, now)(closedBy.id) !== undefined) return refused(`${who} closed it, and has left.`, todo)
  if (mayWrite(permissions, closedBy.id) !== true) {
    return refused(`${who} closed it, and is not known to be able to write here.`, todo)
  }
  const given = (['ok', 'finding'] as const).filter(verdict => facts.labels.includes(reviewLabels[verdict]))
  const [verdict, ...others] = given
  if (verdict !== undefined && others.length === 0) return { reviewed: true, by: closedBy, verdict }
  const count = verdict === undefined ? 'neither label' : 'both labels'
  return refused(`${who} closed it with ${count}.`, todo)
}

function refused(because: string, todo: string): ReviewJudgement {
  return { reviewed: false, because, todo }
}
