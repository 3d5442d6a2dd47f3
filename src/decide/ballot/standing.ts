// What a review was given for: how the clauses stood by the app's own word, when it was given (approvals.md §0).
import type { Clause, Contract } from '../../model/contract.ts'
import type { ProposalFacts, Review } from '../../model/facts.ts'
import { parseInstant } from '../../model/instant.ts'
import type { Statement } from '../../model/statement.ts'
import { termsDigest } from '../digests.ts'
import { own } from '../own.ts'

type Statements = ProposalFacts<unknown>['statements']

/** A clause with whom it leaves to its contract: those are among its terms. */
export function wholeTerms(clause: Clause | null, { parties }: Pick<Contract, 'parties'>): object | null {
  return clause === null ? null : { ...clause, eligible: clause.eligible ?? parties.eligible }
}

/**
 * How the clause of a request stands: as it is now and, where it will be another, as it will be at a scheduled start. That
 * the start passes changes nothing by itself.
 */
export function standingClause(id: string, now: object | null, atStart: object | null): Record<string, string> {
  const changes = termsDigest({ terms: now }) !== termsDigest({ terms: atStart })
  return { [id]: termsDigest({ now, atStart: changes ? atStart : null }) }
}

/**
 * What the reviewer had before them: the newest statement on the reviewed commit that was made before the review. Both
 * instants are GitHub's own and whole seconds, so that one of the same second may have come after it, and is not taken.
 */
export function statementFor(statements: Statements, review: Review): Statement | undefined {
  const at = review.submittedAt === null ? undefined : parseInstant(review.submittedAt)
  const made = review.commit === null ? undefined : own(statements, review.commit)
  return at === undefined ? undefined : made?.findLast(statement => statement.at < at)
}

/** The same, and the first one for whoever was faster than the app: a request says itself what it asks for. */
export function firstStatementFor(statements: Statements, review: Review): Statement | undefined {
  return statementFor(statements, review) ?? (review.commit === null ? undefined : own(statements, review.commit)?.[0])
}

/** The clauses that do not stand as stated; all of them where nothing was stated. */
export function unlike(statement: Statement | undefined, standing: Record<string, string>): string[] {
  const ids = new Set([...Object.keys(standing), ...Object.keys(statement?.clauses ?? {})])
  return [...ids].filter(id => statement === undefined || own(statement.clauses, id) !== own(standing, id)).sort()
}
