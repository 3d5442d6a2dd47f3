// Facts: everything that `decide()` may know, as plain data, gathered by `read/`. Nothing is lazy, nothing a promise.
import type { MergedAmendment } from './agreement.ts'
import type { Amendment } from './amendment.ts'
import type { Codeowners } from './codeowners.ts'
import type { Contract } from './contract.ts'
import type { Directory } from './directory.ts'
import type { BranchProtection } from './protection.ts'
import type { Policy } from './policy.ts'
import type { AccessRequest } from './request.ts'
import type { Settings } from './settings.ts'
import type { Statement } from './statement.ts'
import type { Parsed } from './problem.ts'

/** A GitHub account. The id is who it is; the login is for people to read. */
export interface Account {
  id: number
  login: string
  /** GitHub's `type`; only `User` can approve (attack #9). */
  type: string
}

/** One path of a tree: mode and object name, as git has them. */
export interface TreeEntry {
  path: string
  mode: string
  sha: string
}

/** A file of git, read whole. */
export interface Blob extends TreeEntry {
  text: string
}

/** A document at the base branch's tip; `blob` null where there is no such file. */
export interface Read<T> {
  path: string
  blob: string | null
  /** Null when absent. Problems when present and not readable. */
  parsed: Parsed<T> | null
}

/** One changed path of the pull request, as GitHub lists it. */
export interface Change {
  path: string
  previousPath: string | null
  status: 'added' | 'modified' | 'removed' | 'renamed' | 'other'
  /** The blob that it has now, where GitHub lists it. */
  sha?: string
}

/** One commit of the pull request, on whatever parent it hangs. */
export interface Commit {
  sha: string
  parents: string[]
  /** Null: GitHub maps the e-mail address to no account. */
  author: Account | null
  committer: Account | null
  /** Accounts of `Co-authored-by` trailers where they are known; `unknownCoAuthors` counts those that are not. */
  coAuthors: Account[]
  unknownCoAuthors: number
}

/** One review. A reviewer may have several; the latest opinion is what counts. */
export interface Review {
  id: number
  user: Account | null
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'DISMISSED' | 'COMMENTED' | 'PENDING'
  /** The commit that was reviewed; null when GitHub no longer says. */
  commit: string | null
  submittedAt: string | null
}

/** That a review was dismissed. The list of reviews says only that it was, and not what it had said nor who did it. */
export interface Dismissal {
  /** Number of the review. */
  review: number
  /** What it had said; null: something that is not known. */
  was: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | null
  /** Who dismissed it; of a review that a push made stale, who pushed. Null: GitHub does not say. */
  by: Account | null
}

/** A list that GitHub gave whole, or the sentence that says why it is not known (unknown is no). */
export type Known<T> = { known: true; value: T } | { known: false; because: string }

/** The pull request itself. Title, body and labels are not facts: terms come from the file only (attack #31). */
export interface PullFacts {
  number: number
  state: 'open' | 'closed'
  draft: boolean
  author: Account
  createdAt: Date
  head: { sha: string; ref: string; sameRepository: boolean }
  base: { ref: string; sha: string }
}

/** How the file came to main, read from git and not from the pull request's `merged` flag (attacks #55–58). */
export interface MergeFacts {
  commit: string
  firstParent: string
  /** The head of the pull request is among the merge's ancestors, or the merge is GitHub's squash or rebase of it. */
  ofThisPull: boolean
  /** The file in the merged tree. */
  file: TreeEntry | null
  /** The file in the first parent's tree: must be null, since requests are only ever added. */
  before: TreeEntry | null
}

/** What every pull request that adds one document is judged by, whatever the document. */
export interface ProposalFacts<D> {
  /** Time is a fact. */
  now: Date
  repository: { id: number; owner: string; name: string; defaultBranch: string }
  pull: PullFacts
  changes: Known<Change[]>
  /** The one file that the pull request adds, at its head; null when there is not exactly one. */
  file: (Blob & { parsed: Parsed<D> }) | null
  commits: Known<Commit[]>
  /** Who pushed to the branch; read only where it can change the outcome, and of a server that says so. */
  pushers: Account[]
  /** Pushes to the branch by nobody knows whom. */
  unknownPushes: number
  reviews: Known<Review[]>
  /** Who dismissed which review; null: this server does not say. Each review that is dismissed is listed, or in doubt. */
  dismissals: Known<Dismissal[]> | null
  /** For each reviewed commit other than the head: the entry of the same path there, null where absent or unknown. */
  reviewed: Record<string, TreeEntry | null>
  /** Rules as of this commit of the base branch. */
  rules: {
    commit: string
    contract: Read<Contract>
    directory: Read<Directory>
    settings: Read<Settings>
    codeowners: { path: string | null; blob: string | null; parsed: Codeowners | null }
  }
  /** The other amendments of this contract on main at the rules' commit that were decided to hold, in any order. */
  amendments: Known<MergedAmendment[]>
  /** Active members of each team that clause, contract or CODEOWNERS name, by `@org/team` in lower case. */
  teams: Record<string, Known<Account[]>>
  /** Accounts that CODEOWNERS or the clause names by login, by `@login` in lower case. */
  users: Record<string, Known<Account>>
  /** Permission on this repository now, by numeric id of each reviewer and of each named owner where it was read. */
  permissions: Record<number, Known<'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none'>>
  /** Whether the id was used under this contract by another pull request. */
  idUsed: boolean
  /**
   * By commit, of the head and of each approved one: what the app said there of how the clauses stand, oldest first. Of a
   * request read only where somebody approved.
   */
  statements: Record<string, Statement[]>
  /** The policies in force: the shipped baseline first, then policies/*.yml at the rules' commit, in order of paths. */
  policies: Read<Policy>[]
  /** After the merge only. */
  merge: MergeFacts | null
}

/** Everything that `decide()` may know about a pull request that adds a request. */
export interface RequestFacts extends ProposalFacts<AccessRequest> {
  /** For each line of the clause's access, by `accessName`: why the provider does not admit it; null where it does. */
  providers: Record<string, string | null>
  /** GitHub's own rules over main and the ledger, as they are now. */
  protection: BranchProtection
  /** What the subject's person, by all their accounts, holds or was promised by other requests, by the ledger. */
  holdings: Holding[]
  /** What that person was granted before, ended or not, by the ledger; as far back as a policy limits how often. */
  recentGrants: RecentGrant[]
  /** Break-glass under the same clause whose review is not closed, by the ledger. */
  openReviews: OpenReview[]
  /** Open pull requests of the author's person, this one included; read only where a policy limits them. */
  openRequests: Known<number>
}

/** A review that break-glass opened: of the request that this pull request brought, due then. */
export interface OpenReview {
  pr: number
  dueAt: Date
}

/** A grant that is in force or still to come. */
export interface Holding {
  contract: string
  clause: string
  notBefore: Date
  notAfter: Date
}

/** A request that was allowed, break-glass too. `decidedAt`: when, whatever its start or its end. */
export interface RecentGrant {
  contract: string
  clause: string
  decidedAt: Date
}

/** Everything that `decideAmendment()` may know about a pull request that adds an amendment. */
export interface AmendmentFacts extends ProposalFacts<Amendment> {
  /** Every control of the catalogue, as `framework:id`. */
  controls: readonly string[]
  /** When GitHub merged it; null before, and where that is not known. */
  mergedAt: Date | null
}

/** Who pushed and who reviewed, as every kind of pull request is judged by. */
type Participation = 'pushers' | 'unknownPushes' | 'reviews' | 'dismissals'

/** Everything that `decideDocuments()` may know about a pull request that changes contracts, policies or who is who. */
export interface DocumentsFacts extends Pick<
  ProposalFacts<unknown>,
  'now' | 'repository' | 'pull' | 'commits' | Participation | 'teams' | 'users' | 'permissions'
> {
  /** Every changed path that is Addendum's to judge, by its old and its new name. */
  paths: readonly string[]
  /** Those of them that the base branch has changed since the branch left it. */
  overtaken: readonly string[]
  rules: Omit<ProposalFacts<unknown>['rules'], 'contract'>
}

/** One request file that a pull request removes, and what the ledger knows of its request. */
export interface Removal {
  path: string
  /** Null where the ledger has no decision about this file: then only an owner may remove it. */
  request: {
    /** Numeric ids of who opened the request's pull request and of who got the access. */
    author: number
    subject: number | null
    /** Nothing of it is held any more, and nothing of it is still to come. */
    ended: boolean
  } | null
}

/** Everything that `decideRemoval()` may know about a pull request that removes request files (attack #43). */
export interface RemovalFacts {
  /** Time is a fact. */
  now: Date
  repository: { id: number; owner: string; name: string; defaultBranch: string }
  /** Numeric id of the app's own bot account: who opens revert pull requests. */
  app: number
  pull: PullFacts
  changes: Known<Change[]>
  /** One for each removed request file, in any order. */
  removals: Removal[]
  reviews: Known<Review[]>
  /** CODEOWNERS of the base branch's tip. */
  codeowners: RequestFacts['rules']['codeowners']
  teams: RequestFacts['teams']
  users: RequestFacts['users']
  permissions: RequestFacts['permissions']
}
