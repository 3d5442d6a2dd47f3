// A past request as the ledger and git have it, and the terms under which it is decided again: the replay's ground.
import type { Clause, Contract } from '../model/contract.ts'
import { canonicalJson } from '../model/digest.ts'
import type { Person } from '../model/directory.ts'
import type { Account, Holding, Known, Read, RecentGrant } from '../model/facts.ts'
import type { Policy } from '../model/policy.ts'
import type { RequestRef } from '../model/record.ts'
import type { AccessRequest } from '../model/request.ts'

/** One decided request: what its record says, and the blobs that it cites. */
export interface PastRequest {
  request: RequestRef
  pr: number
  /** When it was decided, at its merge. It is judged again as of then. */
  decidedAt: Date
  contract: string
  clause: string
  /** Rules that did not hold then. */
  failed: readonly string[]
  /** Numeric ids. */
  author: number
  subject: number | null
  /** Every valid one, needed or not, with a stage that could take it. */
  approvals: readonly { by: number; stage: number }[]
  /** Null where the file is missing, cannot be read, or was not needed. */
  document: AccessRequest | null
  /** Whom the directory of then names of subject, author and approvers; null where it is missing or unreadable. */
  people: readonly Person[] | null
  /** Who was asked then: the clause's lists under the contract in effect at the decision; null where not known. */
  asked: Asked | null
  /** What the subject held, or was promised, at the decision. */
  holdings: readonly Holding[]
  /** What the subject was granted before it, as far back as was asked for. */
  recentGrants: readonly RecentGrant[]
  /** Set while its grant is in force: when that ends. */
  liveUntil: Date | null
}

/** The lists of people that a clause names: what a record's "eligible" and "approved" speak of. */
export interface Asked {
  eligible: readonly string[]
  /** One list for each stage; empty where approval is automatic. */
  stages: readonly (readonly string[])[]
}

/** Terms to decide by: one effective contract (null: there is none, and nothing is allowed) and all policies. */
export interface Basis {
  contract: Contract | null
  policies: readonly Read<Policy>[]
}

/** Who is in which team, by `@org/team` in lower case, as facts have it. What is not in it is not known. */
export type Members = Readonly<Record<string, Known<Account[]>>>

/** The lists of `clause` in `contract`. */
export function askedBy(contract: Contract, clause: Clause): Asked {
  const stages = clause.approvals.kind === 'stages' ? clause.approvals.stages.map(stage => stage.from) : []
  return { eligible: clause.eligible ?? contract.parties.eligible, stages }
}

/** Whether every request under this clause comes out alike by both: the same terms, people and policies. */
export function sameTerms(a: Basis, b: Basis, clause: string): boolean {
  return canonicalJson(termsIn(a, clause)) === canonicalJson(termsIn(b, clause))
}

function termsIn({ contract, policies }: Basis, id: string): unknown {
  const rules = policies.map(({ parsed }) => (parsed?.ok === true ? parsed.value : null))
  const clause = contract !== null && Object.hasOwn(contract.clauses, id) ? contract.clauses[id] : undefined
  if (contract === null || clause === undefined) return { rules }
  return { rules, clause: { ...clause, eligible: askedBy(contract, clause).eligible } }
}
