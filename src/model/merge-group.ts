// What is known of a merge group: the steps in which a merge queue would bring its members to main (attack #60).
import type { Change, Known, PullFacts, TreeEntry } from './facts.ts'

/** One step of a merge group beside the pull request that it is said to bring. */
export interface MemberFacts {
  repository: { defaultBranch: string }
  pull: Pick<PullFacts, 'state' | 'head' | 'base'>
  /** What the pull request changes. */
  changes: Known<Change[]>
  /** Of the step's last commit. */
  parents: readonly string[]
  /** Every path that the step changes, as it is after it; null: it is gone. */
  brought: Readonly<Record<string, TreeEntry | null>>
  /** The same paths at the head of the pull request. */
  head: Readonly<Record<string, TreeEntry | null>>
}
