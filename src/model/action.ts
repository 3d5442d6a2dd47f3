// What the walk of a pull request wants done on GitHub, as data: decided first, performed after, so that a dry run just stops between.

/** The two required checks. */
export type CheckName = 'Addendum: terms' | 'Addendum: approvals'

/** A remark on exact lines of the pull request's file. */
export interface Annotation {
  path: string
  startLine: number
  endLine: number
  /** Only where the remark is within one line, as GitHub demands. */
  startColumn?: number
  endColumn?: number
  level: 'failure' | 'warning' | 'notice'
  title: string
  message: string
}

/** `conclusion` null: still waiting for people or for a date. */
export interface CheckAction {
  kind: 'check'
  head: string
  name: CheckName
  conclusion: 'success' | 'failure' | null
  /** Nothing was judged yet: the head waits for its turn (attack #74). */
  queued?: true
  title: string
  summary: string
  annotations: Annotation[]
  /** Digests by clause id: how those stand that approvals are for. A run that says so never says otherwise. */
  clauses?: Record<string, string>
}

/** The one comment of a pull request: created once, edited after. */
export interface CommentAction {
  kind: 'comment'
  pull: number
  body: string
}

/** Say on the head how the clauses stand that an amendment touches: what approvals from then on are for. */
export interface StatementAction {
  kind: 'statement'
  head: string
  /** Digests by clause id. */
  clauses: Record<string, string>
}

/** Ask these for their review; GitHub asks code owners by itself. */
export interface ReviewersAction {
  kind: 'reviewers'
  pull: number
  users: string[]
  teams: string[]
}

/** Merge exactly this head (attack #21). The message holds no text of a person. */
export interface MergeAction {
  kind: 'merge'
  pull: number
  head: string
  title: string
  message: string
}

/** Everything that a pull request's walk can do to GitHub. */
export type Action = CheckAction | CommentAction | StatementAction | ReviewersAction | MergeAction
