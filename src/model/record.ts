// The ledger's nouns: what each record says. Format, hashing and signing are `ledger/`'s; records are data.
// Numeric ids and digests only: no login, path, reason or provider identity ever enters a record (DESIGN §7).

/** `R-` and the number of the pull request that brought it: opaque, unique in its repository, and never used again. */
export type RequestRef = `R-${number}`

/** `A-` and the number of the pull request that brought the amendment, as `RequestRef`. */
export type AmendmentRef = `A-${number}`

/** `gh:` and GitHub's numeric user id. */
export type PersonRef = `gh:${number}`

/** One entitlement without its identity. `key` is the sha256 of the whole key, identity included. */
export interface Target {
  key: string
  provider: string
  resource: string
  role: string
}

/** One review as it stood when the decision was made, so that an auditor can replay it (reviews are not in git). */
export interface ApprovalNote {
  by: PersonRef
  /** Which stage of the clause it counts for, from 0. */
  stage: number
  reviewId: number
  commit: string
  submittedAt: string
}

/** One separation-of-duties rule and how it came out. */
export interface DutyNote {
  rule: string
  holds: boolean
}

/** Digests of everything that a decision read. Git object names for what git holds, sha256 for the rest. */
export interface InputDigests {
  /** The commit of main whose rules were applied: the base tip before the merge, the first parent after it. */
  base: string
  head: string
  request: string
  contract: string
  /** `sha256:` of the effective contract, canonical JSON. */
  effective: string
  directory: string
  codeowners: string
  settings: string | null
  policy: string | null
  /** `sha256:` over the reviews, commits, teams and permissions as they were read. */
  people: string
}

interface Bodies {
  /** First record of a ledger branch. `root` is the public key (SPKI, base64) that alone may add keys. */
  'ledger.created': {
    repository: number
    root: string
    /** The first-parent commit of main at which this ledger begins; what lies before is not its business. */
    main: string
    /** The end of the year before, when this branch continues it. */
    continues?: { branch: string; seq: number; head: string }
  }
  /** Last record of a branch: what comes after it stands on `next`. Keeps two writers from going on in two branches. */
  'ledger.sealed': { next: string }
  /** A signing key, endorsed by the root: `certificate` is the root's DSSE envelope, base64. */
  'key.added': { keyId: string; publicKey: string; certificate: string }
  'key.revoked': { keyId: string; lastGoodSeq: number; certificate: string }
  /**
   * One first-parent step of main, whoever made it. `removed`: requests whose file left main with it; `amendments`:
   * amendments whose file did.
   */
  'main.advanced': { from: string; to: string; pr: number | null; removed: RequestRef[]; amendments?: AmendmentRef[] }
  'request.decided': {
    request: RequestRef
    pr: number
    outcome: 'allow' | 'refuse'
    /** The merge that brought the file, and the file's own blob and sha256 there. */
    merge: string
    file: { blob: string; sha256: string }
    /** sha256 of contract id, NUL, request id: an id burns on use. */
    idSha256: string
    author: PersonRef
    subject: PersonRef | null
    contract: string | null
    clause: string | null
    targets: Target[]
    window: { notBefore: string; notAfter: string } | null
    approvals: ApprovalNote[]
    /** Valid approvals that no stage needed; `stage`: the first that could have taken them. Absent: none. */
    beyond?: ApprovalNote[]
    sod: DutyNote[]
    /** Rule ids that did not hold; empty when allowed. */
    failed: string[]
    inputs: InputDigests
    /** `sha256:` of the whole Decision, canonical JSON. */
    decision: string
  }
  'grant.intended': { request: RequestRef; target: Target; notAfter: string }
  'grant.done': {
    request: RequestRef
    target: Target
    notAfter: string
    changed: boolean
    receiptSha256: string
    readBack: 'present'
    /** The provider held it already when we came back from a crash. */
    recovered?: true
  }
  /** The request no longer carries the target. `carried`: another request still does, so it was left in place. */
  'revoke.done': {
    request: RequestRef
    target: Target
    cause: EndCause
    due: string
    latencyMs: number
    receiptSha256: string
    readBack: 'absent' | 'carried' | 'foreign'
  }
  'revoke.failed': { request: RequestRef; target: Target; due: string; attempt: number; code: string }
  'revert.merged': { requests: RequestRef[]; amendments?: AmendmentRef[]; pr: number; merge: string }
  'amendment.decided': {
    amendment: AmendmentRef
    pr: number
    outcome: 'allow' | 'refuse'
    /** The merge that brought the file, when GitHub made it, and the file's own blob and sha256 there. */
    merge: string
    mergedAt: string
    file: { blob: string; sha256: string }
    /** sha256 of `amendment`, NUL, contract id, NUL, amendment id: an id burns on use. */
    idSha256: string
    author: PersonRef
    contract: string | null
    /** In force from, and until just before; `until` null: permanent. Null where it was refused. */
    window: { from: string; until: string | null } | null
    approvals: ApprovalNote[]
    beyond?: ApprovalNote[]
    sod: DutyNote[]
    /** Rule ids that did not hold; empty when allowed. */
    failed: string[]
    inputs: InputDigests
    /** `sha256:` of the whole AmendmentDecision, canonical JSON. */
    decision: string
  }
  /** The amendment's window began. `effective`: the digest of the contract with it (ledger.md §4). */
  'amendment.inforce': { amendment: AmendmentRef; contract: string; effective: string }
  /** The amendment is over, by its window or because its file left main. `effective`: the contract without it. */
  'amendment.lapsed': { amendment: AmendmentRef; contract: string; effective: string }
  /**
   * What was agreed changed: `base` is the contract's own blob, null where it left main; `amendments` those applied.
   */
  'contract.effective': { contract: string; base: string | null; amendments: AmendmentRef[]; effective: string | null }
  /** The grant ends earlier than was decided, since the terms changed under it. Never later (S9). */
  'grant.rebound': { request: RequestRef; notAfter: string; cause: ReboundCause }
  /** Access was granted on the conditions of an emergency: until then somebody must have looked at it (S10). */
  'breakglass.opened': { request: RequestRef; reviewDue: string }
  /** Somebody with no part in it looked at it, by closing `issue` on GitHub. */
  'breakglass.reviewed': { request: RequestRef; by: PersonRef; verdict: ReviewVerdict; issue: number }
  /** `issue` on GitHub tells of it; `notice` says what it is about, in words of ours. A later one takes its place. */
  'notice.opened': { notice: string; issue: number }
  /** What the notice is about is settled. */
  'notice.closed': { notice: string }
  'exception.recorded': {
    control: string
    code: string
    pr: number | null
    commit: string | null
    owner: PersonRef | null
  }
  'inventory.observed': { provider: string; count: number; sha256: string }
  'drift.found': { provider: string; target: Target; found: 'extra' | 'missing' }
  /**
   * What protected the repository: `rules` is the `sha256:` of the rulesets over main and the ledger; null: not shown.
   */
  'protection.observed': { rules: string; findings: string[]; bypassActors: number | null }
  heartbeat: { open: number; pending: number; failed: number }
}

/** Why a request's grant ended. */
export type EndCause = 'expired' | 'removed' | 'ineligible' | 'contract'

/** `finding`: something must be done about it; what, is written where people talk, never here. */
export type ReviewVerdict = 'ok' | 'finding'

/**
 * Why a live grant ends earlier: an amendment began or lapsed, a new version of the contract came, or its subject is not
 * among the eligible any more.
 */
export type ReboundCause = 'amendment' | 'lapse' | 'contract' | 'eligibility'

/** The name of each record. */
export type RecordType = keyof Bodies

/** A record before it is numbered and chained: what happened, and when it happened. */
export type Draft = { [T in RecordType]: { type: T; occurredAt: Date } & Bodies[T] }[RecordType]

/** The frame that the ledger puts around every record. */
export interface RecordFrame {
  v: 1
  ledger: string
  /** Gapless, from 1, over all years. */
  seq: number
  /** sha256 of the bytes of the line before, without its newline; 64 zeros at the first. */
  prev: string
  occurredAt: string
  recordedAt: string
  /** Version of Addendum that wrote it. */
  app: string
}

/** A record as it stands in the ledger. A reader skips a type that it does not know (reliability fault 74). */
export type LedgerRecord = { [T in RecordType]: RecordFrame & { type: T } & Bodies[T] }[RecordType]

/** The ledger's name of the request that pull request `pr` brought. */
export function requestRef(pr: number): RequestRef {
  return `R-${pr}`
}

/** The ledger's name of the amendment that pull request `pr` brought. */
export function amendmentRef(pr: number): AmendmentRef {
  return `A-${pr}`
}

/** The ledger's name of the account with this numeric id. */
export function personRef(id: number): PersonRef {
  return `gh:${id}`
}
