// Decision: the outcome of `decide()`, its reasons and the digests of its inputs. Same facts, same bytes (S12).
import type { ClauseChange } from './agreement.ts'
import type { Clause } from './clause.ts'
import type { Access, Entitlement } from './entitlement.ts'
import type { InputDigests } from './record.ts'
import type { InputValue } from './request.ts'

/** Where in the pull request's file a reason points. */
export interface Mark {
  path: string
  line: number
  column: number
  endLine: number
  endColumn: number
}

/**
 * One rule's result and one plain sentence, the same everywhere (check, comment, CLI, replay).
 * `waiting`: it does not hold yet, but people can make it hold without a new commit (an approval, a date).
 */
export interface Reason {
  rule: RuleId
  holds: boolean
  waiting?: boolean
  /** It holds, and people should read it all the same: a policy warns. */
  warning?: boolean
  because: string
  /** What the reader must do so that it holds. */
  todo?: string
  mark?: Mark
}

/** Every rule of `decide()`, by the check that shows it. */
export type RuleId =
  | 'one-document'
  | 'document-valid'
  | 'path-right'
  | 'id-unused'
  | 'clause-in-effect'
  | 'subject-known'
  | 'subject-eligible'
  | 'inputs-fit'
  | 'duration-within'
  | 'start-in-reach'
  | 'conditions-hold'
  | 'policy-holds'
  | 'provider-ready'
  | 'owners-readable'
  | 'people-known'
  | 'ready-for-review'
  | 'same-repository'
  | 'approved'
  | 'not-blocked'
  | 'duties-separated'
  | 'content-bound'
  | 'merged-rightly'
  | 'may-remove'
  | 'contract-in-effect'
  | 'not-retroactive'
  | 'changes-apply'
  | 'expects-current'
  | 'terms-unchanged'
  | 'branch-current'
  | 'no-conflict'
  | 'floors-kept'
  | 'controls-known'
  | 'protected'
  | 'breakglass-reviewed'

/** One approval that is valid, and whose. */
export interface Approver {
  id: number
  login: string
  reviewId: number
  commit: string
  submittedAt: string
}

/** One stage of approvals: how many more of whom. Logins and slugs are for people; the count was by numeric id. */
export interface StageStatus {
  count: number
  /** `@login` and `@org/team`, as the clause or CODEOWNERS names them. */
  from: string[]
  approvedBy: Approver[]
  /** Who approved validly and was not needed: each once, at the first stage that could have taken them. */
  beyond?: Approver[]
  missing: number
  /** Who could still give what is missing, by numeric id: not conflicted, active, not known to lack write access. */
  eligible: { id: number; login: string }[]
}

/** An action with the inputs that the request gives it. */
export interface ActionAsked {
  provider: string
  name: string
  inputs: Record<string, InputValue>
}

/** What would be granted, computed from request, effective contract and directory. */
export interface Terms {
  contract: string
  clause: string
  clauseTitle: string
  clauseText: string
  /** The amendment whose terms the clause has, and when it ends (null: never); null: the contract's own. */
  amendedBy: { id: string; untilAt: Date | null } | null
  controls: string[]
  /** Empty for an action. */
  access: Access[]
  /** What would be done once, in place of access; null for access. */
  action: ActionAsked | null
  subject: { id: number; login: string; person: string }
  /** With identities; never shown on a pull request. */
  entitlements: Entitlement[]
  /** 0 for an action: it is done once. */
  durationSeconds: number
  /** Scheduled start; null: at the grant. */
  startAt: Date | null
  /** Access ends by then at the latest: with the contract, with the person's own end date, with the clause's hours. */
  latestAt: Date
}

/** Allowed; refused until something is mended; or waiting for people or for a date, with nothing to mend. */
export type Outcome = 'allow' | 'wait' | 'refuse'

/** What `decide()` says of one request: the outcome, every reason, what would be granted, and what it was read from. */
export interface Decision {
  outcome: Outcome
  reasons: Reason[]
  /** Null when the document is not readable enough to say. */
  terms: Terms | null
  /** The clause that was judged, as it is in effect. */
  clause: Clause | null
  stages: StageStatus[]
  /** By clause: the digest of how it stands, for which approvals count; null where there is none to approve. */
  standing: Record<string, string> | null
  inputs: InputDigests
}

/** The outcome of `decideRemoval()`: whether this pull request may take these request files out. */
export interface RemovalDecision {
  outcome: Outcome
  reasons: Reason[]
  /** The owner's approval where one is needed; empty where the author may remove by themselves. */
  stages: StageStatus[]
}

/** The outcome of `decideDocuments()`: whether the owners of every changed path approved. */
export interface DocumentsDecision {
  outcome: Outcome
  reasons: Reason[]
  /** The owners of each path, once where several paths have the same. */
  stages: StageStatus[]
}

/** What `decideAmendment()` says: the outcome, every reason, and what the amendment changes where that can be told. */
export interface AmendmentDecision {
  outcome: Outcome
  reasons: Reason[]
  /** Of every gate: the terms of the contract, those before and after, the contract's owner, the owners of the file. */
  stages: StageStatus[]
  /** Ids of the clauses whose terms differ with it at some instant of its window. */
  touched: string[]
  /** Clause by clause, as it takes effect; empty where the changes do not apply. */
  redline: ClauseChange[]
  /** Digests of the effective contract as it takes effect, without and with it; null where that cannot be told. */
  effective: { before: string; after: string } | null
  /** By touched clause: the digest of how it stands, for which approvals count; null where that cannot be told. */
  standing: Record<string, string> | null
  /** `request` is the amendment's own blob, `effective` the digest without it. */
  inputs: InputDigests
}
