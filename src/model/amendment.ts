// Amendment: changes to the clauses of one contract, for a time (DESIGN §3).
import type { Clause } from './contract.ts'
import type { Parsed, Source } from './problem.ts'

/** An amendment as parsed. */
export interface Amendment {
  kind: 'Amendment'
  id: string
  contract: string
  /** `untilAt` is absent exactly where `permanent` is true. */
  effective: { fromAt: Date; untilAt?: Date }
  permanent: boolean
  reason: string
  changes: Change[]
  /** Ids of amendments of the same contract that this one replaces. */
  supersedes: string[]
  /** Live grants: `keep` as granted, or `rebound`: end earlier if now out of terms. */
  transition: 'keep' | 'rebound'
}

/** The named fields replace the clause's whole fields. */
export type ClauseTerms = Partial<Clause>

/** One change of one clause. `expects` is `digestOf(clause)` as the author saw it: otherwise the amendment conflicts. */
export type Change =
  | { kind: 'amend'; clause: string; set: ClauseTerms; expects?: string }
  | { kind: 'add'; clause: string; with: Clause }
  | { kind: 'strike'; clause: string; expects?: string }

/** Parses an amendment, or says everything that is wrong with it. */
export declare function parseAmendment(file: string, text: Source): Parsed<Amendment>
