// Where the ledger's branches lie: the port between ledger and git. Compare-and-swap on the tip is all it must do.

/** A branch and its tip. */
export interface LedgerBranch {
  /** `ledger/2026` */
  name: string
  commit: string
}

/** What a commit adds. */
export interface LedgerCommit {
  branch: string
  /** The tip that the writer saw; null begins an orphan branch. */
  parent: string | null
  files: { path: string; content: string }[]
  message: string
}

/** The ledger's branches, wherever they are. */
export interface LedgerStore {
  /** Every branch under `ledger/`, sorted by name. */
  branches(): Promise<LedgerBranch[]>
  /** Every file of a commit. */
  segments(commit: string): Promise<{ path: string; blob: string }[]>
  /** The text of a blob; it never changes. */
  read(blob: string): Promise<string>
  /**
   * Adds one commit on `parent` and moves the branch to it, or throws `Fault('ledger.moved')` when the branch's tip was
   * not `parent`. Any other Fault leaves open whether the commit landed.
   */
  commit(options: LedgerCommit): Promise<string>
}
