// What the ledger says is in force: the value that `fold()` computes and everyone else reads.
import type { Grant } from '../model/grant.ts'
import type { AmendmentRef, RequestRef, ReviewVerdict } from '../model/record.ts'
import type { AmendmentState } from './amendment-state.ts'
import { genesisHash } from './format.ts'
import { LayeredMap } from './layered-map.ts'
import { lapsed } from './request-state.ts'
import type { RequestState } from './request-state.ts'

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

/**
 * Requests that still ask for work: something was intended and is not known to be gone, or the window is still ahead of
 * the newest record. What was refused, and what never began and is past, is not among them.
 */
export function live(state: LedgerState): RequestState[] {
  return [...state.open.values()].filter(request => !lapsed(request, state.lastRecordedAt))
}
