// Local GitHub, storage: everything that is not git, as plain data for one JSON file; world.ts looks things up in it.

/** Roles on a repository, weakest first. */
export const ROLES = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const
/** A role on a repository. */
export type Role = (typeof ROLES)[number]

/**
 * A person, a bot or an organisation. Instants in this file are ISO 8601 UTC text to the second, as GitHub answers
 * them.
 */
export interface Account {
  id: number
  login: string
  type: 'User' | 'Bot' | 'Organization'
  name: string | null
  email: string | null
  createdAt: string
  /** The personal access token; absent for bots and organisations. */
  token?: string
  /** For organisations only. */
  members?: Record<string, Membership>
  basePermission?: 'none' | 'read' | 'write' | 'admin'
}

/** Being in an organisation (`admin`, `member`) or a team (`maintainer`, `member`); pending until accepted. */
export interface Membership {
  role: 'admin' | 'member' | 'maintainer'
  state: 'active' | 'pending'
}

/** A team of an organisation. */
export interface Team {
  id: number
  organizationId: number
  slug: string
  name: string
  description: string | null
  privacy: 'closed' | 'secret'
  parentId: number | null
  members: Record<string, Membership>
  repositories: Record<string, Role>
  createdAt: string
  updatedAt: string
}

/** A repository with its issues, pull requests and rules. */
export interface Repository {
  id: number
  ownerId: number
  name: string
  private: boolean
  archived: boolean
  defaultBranch: string
  deleteBranchOnMerge: boolean
  forkOf: number | null
  collaborators: Record<string, Role>
  invitations: Invitation[]
  labels: Label[]
  issues: Record<string, Issue>
  pulls: Record<string, Pull>
  comments: IssueComment[]
  checks: CheckRun[]
  protections: Record<string, Protection>
  rulesets: Ruleset[]
  activities: Activity[]
  /** The merge queue, first first. Absent where nothing was ever queued. */
  queue?: QueueEntry[]
  nextNumber: number
  createdAt: string
  updatedAt: string
  pushedAt: string
}

/** An offer to an outsider to become a collaborator. */
export interface Invitation {
  id: number
  inviteeId: number
  inviterId: number
  role: Role
  createdAt: string
}

/** A label of a repository. */
export interface Label {
  id: number
  name: string
  color: string
  description: string | null
}

/** An issue, or the conversation of a pull request (which shares its number). */
export interface Issue {
  id: number
  number: number
  title: string
  body: string | null
  userId: number
  state: 'open' | 'closed'
  stateReason: 'completed' | 'not_planned' | 'reopened' | null
  labels: string[]
  assignees: number[]
  createdAt: string
  updatedAt: string
  closedAt: string | null
  closedById: number | null
}

/** What a pull request adds to its issue. `headRef`/`baseRef` are branch names, without `refs/heads/`. */
export interface Pull {
  id: number
  number: number
  headRepositoryId: number
  headRef: string
  headSha: string
  baseRef: string
  baseSha: string
  draft: boolean
  mergedAt: string | null
  mergedById: number | null
  mergeCommitSha: string | null
  requestedReviewers: number[]
  requestedTeams: number[]
  reviews: Review[]
  maintainerCanModify: boolean
  /** Who pushed the head last; the "last push approval" rule asks it. */
  lastPusherId: number | null
  /** Absent where none was ever dismissed. */
  dismissals?: Dismissal[]
}

/** One `review_dismissed` event: what the review was, and who dismissed it. */
export interface Dismissal {
  id: number
  reviewId: number
  state: 'APPROVED' | 'CHANGES_REQUESTED'
  actorId: number
  /** Null where a push dismissed it as stale. */
  message: string | null
  /** The push that did. */
  commitId: string | null
  createdAt: string
}

/** A review; `commitId` is the head it was made on. */
export interface Review {
  id: number
  userId: number
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING'
  body: string
  commitId: string
  submittedAt: string | null
}

/** One pull request in the merge queue, and the group that was made for it; null: it is yet to be made. */
export interface QueueEntry {
  number: number
  /** A queue merges what was the head when it was queued. */
  pullHead: string
  group: { ref: string; head: string; base: string } | null
}

/** A comment on an issue or pull request. */
export interface IssueComment {
  id: number
  number: number
  userId: number
  appId: number | null
  body: string
  createdAt: string
  updatedAt: string
}

/** A check run, with all of its annotations. */
export interface CheckRun {
  id: number
  /** One suite per app and commit. */
  suiteId: number
  appId: number
  name: string
  headSha: string
  status: string
  conclusion: string | null
  externalId: string
  detailsUrl: string | null
  startedAt: string | null
  completedAt: string | null
  title: string | null
  summary: string | null
  text: string | null
  annotations: Record<string, unknown>[]
}

/** Classic branch protection, as `PUT …/protection` takes it. */
export interface Protection {
  checks: { context: string; app_id: number | null }[]
  strict: boolean
  requireChecks: boolean
  enforceAdmins: boolean
  reviews: null | { count: number; codeOwners: boolean; dismissStale: boolean; lastPush: boolean; bypass: number[] }
  restrictions: null | { users: number[]; teams: number[]; apps: string[] }
  allowForcePushes: boolean
  allowDeletions: boolean
}

/** A repository ruleset, in GitHub's own words. */
export interface Ruleset {
  id: number
  name: string
  enforcement: 'active' | 'disabled' | 'evaluate'
  bypassActors: { actor_id: number | null; actor_type: string; bypass_mode: string }[]
  include: string[]
  exclude: string[]
  rules: { type: string; parameters?: Record<string, unknown> }[]
  createdAt: string
  updatedAt: string
}

/** One change of a ref (`GET /repos/{o}/{r}/activity`). */
export interface Activity {
  id: number
  before: string
  after: string
  ref: string
  timestamp: string
  type: 'push' | 'force_push' | 'branch_creation' | 'branch_deletion' | 'pr_merge'
  actorId: number
}

/** The app's installation on one account. `repositoryIds` null means all of them. */
export interface Installation {
  id: number
  accountId: number
  repositoryIds: number[] | null
  suspendedAt: string | null
  createdAt: string
}

/** An installation token; it ends one hour after it was made. */
export interface InstallationToken {
  token: string
  installationId: number
  expiresAt: string
  repositoryIds: number[] | null
  permissions: Record<string, string>
}

/** The whole of it. Keys of records are ids as text. */
export interface State {
  version: 1
  nextId: number
  signingSeed: string
  accounts: Record<string, Account>
  teams: Record<string, Team>
  repositories: Record<string, Repository>
  installations: Record<string, Installation>
  tokens: Record<string, InstallationToken>
  appBotId: number
  webFlowId: number
  webhook: { url: string | null; contentType: string; secret: string; insecureSsl: string }
}

/** GitHub's way to write an instant: UTC, whole seconds. */
export const stamp = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`
