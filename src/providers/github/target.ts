// What a managed team and a managed repository have in common, so that the provider can treat them alike.
import type { Account } from './api.ts'

/** How an account holds a team or a repository. */
export type Holding =
  | { kind: 'none' }
  /** By a row that can be removed: a membership, a collaborator, or an invitation to be one. */
  | { kind: 'direct'; role: string; pending: boolean }
  /** Through something else: another team, the organisation's base permission, ownership. */
  | { kind: 'indirect'; role: string }

/** One managed team or repository. */
export interface Target {
  /** All roles that GitHub has for it, weakest first. */
  readonly ladder: readonly string[]
  holding(account: Account): Promise<Holding>
  /** Why this account must not be given anything here, or undefined. */
  objection(account: Account): Promise<string | undefined>
  /** Gives the role. Resolves with true when the account must still accept an invitation. */
  give(account: Account, role: string): Promise<boolean>
  /** Removes every direct row, invitations first. */
  take(account: Account): Promise<void>
  /** Every direct holding. */
  list(): AsyncIterable<{ id: number; role: string }>
}
