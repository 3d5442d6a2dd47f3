// Agreement: amendments as merged, the effective contract, and what changes between two (DESIGN §3).
import type { Amendment } from './amendment.ts'
import type { Contract } from './contract.ts'

/** An amendment as main has it: the law's "signature date" is when it was merged. */
export interface MergedAmendment {
  amendment: Amendment
  mergedAt: Date
  /** Git's name of the file, so that what was computed can be traced to its bytes. */
  blob: string
}

/** Why an amendment that is in its window changes nothing. It is applied whole or not at all. */
export type UnappliedCode =
  | 'superseded'
  | 'id-repeated'
  | 'conflict'
  | 'clause-missing'
  | 'clause-exists'
  | 'clause-reserved'
  | 'expects-differs'
  | 'clause-invalid'
  | 'below-floor'

/** One thing that is wrong with such an amendment, in one plain sentence. `clause`: on which it failed, if on one. */
export interface Unapplied {
  id: string
  code: UnappliedCode
  because: string
  clause?: string
}

/** Where a clause's terms come from. `was`: digest of the contract's own clause, where an amendment changed it. */
export type Provenance = { by: 'contract' } | { by: 'amendment'; id: string; was?: `sha256:${string}` }

/** The effective contract at one instant: valid in itself, with where each clause comes from. */
export interface Conformed {
  contract: Contract
  /** `sha256:` over the canonical JSON (RFC 8785) of `contract`: what decisions cite. */
  digest: `sha256:${string}`
  /** By clause id; of every clause of `contract`. */
  provenance: Record<string, Provenance>
  /** Ids of the amendments in force, in the order in which they were applied. */
  applied: string[]
  /** By struck clause id: the amendment that struck it. No amendment may add a clause under such an id. */
  reserved: Record<string, string>
  unapplied: Unapplied[]
}

/** Whether a change lets more happen, less, or neither beyond doubt. */
export type Direction = 'looser' | 'stricter' | 'other'

/** One term of a clause that changed, in one plain sentence. */
export interface FieldChange {
  field: string
  direction: Direction
  sentence: string
}

/** One clause that differs between two effective contracts. Every text may quote hostile words. */
export interface ClauseChange {
  clause: string
  kind: 'added' | 'amended' | 'struck'
  /** Of the newer terms; of the older where it is struck. */
  title: string
  fields: FieldChange[]
  /** The clause's YAML, line by line: `  ` same, `- ` before, `+ ` after. */
  diff: string[]
  /** Compliance controls that the clause serves before or after: whoever answers for one should look. */
  controls: string[]
}
