// What the ledger says is in force: the value that `fold()` computes and everyone else reads.
import type { Grant } from '../model/grant.ts'
import type { AmendmentRef, ReboundCause, RequestRef, ReviewVerdict, Target } from '../model/record.ts'
import { genesisHash } from './format.ts'
import { LayeredMap } from './layered-map.ts'

/** One entitlement of one request, from the intent to the end. */
export interface HoldingState {
  target: Target
  /** The intent is on the ledger: from here on the provider may hold it, whatever is known. */
  intendedAt?: Date
  /** Granted and read back. */
  doneAt?: Date
  /** The request no longer carries it. Nothing revives an ended holding (S9). */
  ended?: { at: Date; readBack: string }
  /** Revocations that have failed so far. */
  attempts: number
}

/** One request since its decision. */
export interface RequestState {
  request: RequestRef
  pr: number
  outcome: 'allow' | 'refuse'
  decidedAt: Date
  /** The number of the record of its decision: the order in which they count. */
  seq: number
  merge: string
  blob: string
  idSha256: string
  /** Numeric GitHub ids. */
  author: number
  subject: number | null
  contract: string | null
  clause: string | null
  /** The directory by which its identities were found; the ledger itself names none. */
  directoryBlob: string
  /** The contract under which it was decided. */
  contractBlob: string
  /** Numeric ids of those whose approval counted. */
  approvedBy: readonly number[]
  /** For each of them, the stage of the clause in which it counted. */
  approvedStages: readonly number[]
  /** Who approved beyond what the stages needed, and where they could have counted. */
  beyond: readonly { by: number; stage: number }[]
  /** Rules that did not hold, when it was refused. */
  failed: readonly string[]
  window: { notBefore: Date; notAfter: Date } | null
  /** The terms changed under it, so that it ends earlier than was decided. */
  reboundBy?: ReboundCause
  holdings: readonly HoldingState[]
  /** What its subject was granted before it, by the instant of the decision. */
  grantBefore?: RequestRef
  /** Its file left main then. */
  removedAt?: Date
  revertedBy?: { pr: number | null; merge: string }
}

/** One amendment since its decision. */
export interface AmendmentState {
  amendment: AmendmentRef
  pr: number
  outcome: 'allow' | 'refuse'
  merge: string
  mergedAt: Date
  blob: string
  idSha256: string
  /** Numeric GitHub id. */
  author: number
  contract: string | null
  /** The contract and the directory under which it was decided. */
  contractBlob: string
  directoryBlob: string
  /** Numeric ids of those whose approval counted. */
  approvedBy: readonly number[]
  /** Rules that did not hold, when it was refused. */
  failed: readonly string[]
  /** From (inclusive) until (exclusive; null: permanent). Null where it was refused. */
  window: { fromAt: Date; untilAt: Date | null } | null
  /** When its beginning was recorded, and its end. */
  inForceAt?: Date
  lapsedAt?: Date
  /** Its file left main then. */
  removedAt?: Date
  revertedBy?: { pr: number | null; merge: string }
}

/** What break-glass owes: a look by somebody who has no part in it. */
export interface ReviewState {
  dueAt: Date
  reviewed?: { at: Date; by: number; verdict: ReviewVerdict; issue: number }
}

/** What is agreed under one contract, as last recorded. */
export interface EffectiveState {
  /** The contract's own blob. */
  base: string
  amendments: readonly AmendmentRef[]
  /** Null where it cannot be read. */
  effective: string | null
}

/** A signing key as the root added it. */
export interface KeyState {
  publicKey: string
  addedSeq: number
  /** The last record that it may have signed, once the root has revoked it. */
  lastGoodSeq: number | null
}

/** The issue that tells of something; `open`: what it tells of is not settled. */
export interface NoticeState {
  issue: number
  open: boolean
}

/** Transitions that a correct writer never makes. They are kept and told, never thrown: the fold is total. */
export type AnomalyCode =
  | 'created.twice'
  | 'created.mismatch'
  | 'main.gap'
  | 'request.repeated'
  | 'request.unknown'
  | 'id.reused'
  | 'key.unknown'
  | 'grant.unapproved'
  | 'grant.unintended'
  | 'grant.prolonged'
  | 'grant.revived'
  | 'revoke.unknown'
  | 'revoke.repeated'
  | 'amendment.unknown'
  | 'amendment.repeated'
  | 'amendment.revived'
  | 'review.unknown'
  | 'review.repeated'
  | 'review.own'

/** Where a transition was impossible. */
export interface Anomaly {
  code: AnomalyCode
  seq: number
  request: RequestRef | AmendmentRef | null
}

/** Everything that the records say, immutable; cheap to keep and to succeed. */
export interface LedgerState {
  ledger: string | null
  /** The branch that holds the newest record. */
  branch: string | null
  /** The branch that must come next, once this one is sealed. */
  sealed: string | null
  repository: number | null
  /** The root's public key (SPKI, base64). */
  root: string | null
  seq: number
  /** Hash of the newest line. */
  head: string
  /** The newest first-parent commit of main that is recorded. */
  main: string | null
  requests: ReadonlyMap<RequestRef, RequestState>
  /** By idSha256: who used an id first. An id burns on use (attack #44). */
  ids: ReadonlyMap<string, RequestRef>
  /** Requests that are not over, so that a tick costs what is due and not what exists. */
  open: ReadonlyMap<RequestRef, RequestState>
  /** By entitlement key: the open requests that still carry it. */
  byKey: ReadonlyMap<string, ReadonlySet<RequestRef>>
  /** By numeric id of the subject: what was granted last; `grantBefore` leads on from there. */
  latestGrant: ReadonlyMap<number, RequestRef>
  amendments: ReadonlyMap<AmendmentRef, AmendmentState>
  /** By idSha256, as `ids`. */
  amendmentIds: ReadonlyMap<string, AmendmentRef>
  /** Amendments that were allowed and have not lapsed, so that what is due next costs what is open. */
  openAmendments: ReadonlyMap<AmendmentRef, AmendmentState>
  /** By contract: every amendment that was allowed, lapsed or not. */
  byContract: ReadonlyMap<string, ReadonlySet<AmendmentRef>>
  /** By contract: what is agreed, as last recorded. */
  effective: ReadonlyMap<string, EffectiveState>
  /** Every break-glass, reviewed or not. */
  reviews: ReadonlyMap<RequestRef, ReviewState>
  /** By what it is about: the issue that tells of it. */
  notices: ReadonlyMap<string, NoticeState>
  /** By `exceptionKey()`: the first record of that exception. */
  exceptions: ReadonlyMap<string, number>
  keys: ReadonlyMap<string, KeyState>
  lastRecordedAt: Date | null
  lastHeartbeatAt: Date | null
  anomalies: readonly Anomaly[]
}

/** Before the first record. */
export const emptyState: LedgerState = {
  ledger: null,
  branch: null,
  sealed: null,
  repository: null,
  root: null,
  seq: 0,
  head: genesisHash,
  main: null,
  requests: new LayeredMap(),
  ids: new LayeredMap(),
  open: new LayeredMap(),
  byKey: new LayeredMap(),
  latestGrant: new LayeredMap(),
  amendments: new LayeredMap(),
  amendmentIds: new LayeredMap(),
  openAmendments: new LayeredMap(),
  byContract: new LayeredMap(),
  effective: new LayeredMap(),
  reviews: new LayeredMap(),
  notices: new LayeredMap(),
  exceptions: new LayeredMap(),
  keys: new LayeredMap(),
  lastRecordedAt: null,
  lastHeartbeatAt: null,
  anomalies: []
}

/** Under what an exception is found again, so that it is recorded once. */
export function exceptionKey(exception: {
  control: string
  code: string
  pr: number | null
  commit: string | null
}): string {
  return [exception.control, exception.code, exception.pr ?? '', exception.commit ?? ''].join('\0')
}

/** The break-glass whose review is not closed. There is little of it, ever. */
export function openReviews(state: LedgerState): { request: RequestState; dueAt: Date }[] {
  return [...state.reviews].flatMap(([ref, { dueAt, reviewed }]) => {
    const request = state.requests.get(ref)
    return request === undefined || reviewed !== undefined ? [] : [{ request, dueAt }]
  })
}

/**
 * The grants that still claim an entitlement, in no particular order: what its presence is computed from (S3, S8).
 * A request whose file left main ended then, whatever its window says.
 */
export function grantsOn(state: LedgerState, key: string): Grant[] {
  return [...(state.byKey.get(key) ?? [])].flatMap(ref => {
    const request = state.requests.get(ref)
    if (request?.window == null) return []
    const { notBefore, notAfter } = request.window
    return [
      { request: ref, notBefore, notAfter, ...(request.removedAt === undefined ? {} : { endedAt: request.removedAt }) }
    ]
  })
}

/** What an account was granted by decisions after `since`, newest first. Costs what it finds. */
export function grantsSince(state: LedgerState, subject: number, since: Date): RequestState[] {
  const found: RequestState[] = []
  let ref = state.latestGrant.get(subject)
  while (ref !== undefined) {
    const request = state.requests.get(ref)
    if (request === undefined || request.decidedAt <= since) break
    found.push(request)
    ref = request.grantBefore
  }
  return found
}

/** When an amendment ends: at its `until`, or when its file left main; null: it is permanent and there. */
export function amendmentEnd(amendment: AmendmentState): Date | null {
  const { removedAt } = amendment
  const untilAt = amendment.window?.untilAt ?? null
  return removedAt === undefined || (untilAt !== null && untilAt <= removedAt) ? untilAt : removedAt
}

/** Whether an amendment that was allowed is in its window, and its file on main. */
export function isInForce(amendment: AmendmentState, at: Date): boolean {
  const end = amendmentEnd(amendment)
  return amendment.window !== null && amendment.window.fromAt <= at && (end === null || at < end)
}

/** Whether nothing will come of an amendment any more. */
export function isAmendmentOver(amendment: AmendmentState, at: Date): boolean {
  const end = amendmentEnd(amendment)
  return amendment.window === null || (end !== null && end <= at)
}

/**
 * Requests that still ask for work: something was intended and is not known to be gone, or the window is still ahead of
 * the newest record. What was refused, and what never began and is past, is not among them.
 */
export function live(state: LedgerState): RequestState[] {
  return [...state.open.values()].filter(request => !lapsed(request, state.lastRecordedAt))
}

/** Never begun, and too late to begin: nothing can come of it, and nothing has to be taken back. */
export function lapsed(request: RequestState, at: Date | null): boolean {
  if (request.holdings.some(holding => holding.intendedAt !== undefined && holding.ended === undefined)) return false
  if (request.removedAt !== undefined) return true
  return request.window === null || (at !== null && request.window.notAfter <= at)
}
