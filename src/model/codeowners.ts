// CODEOWNERS as GitHub reads it (reference: approvals.md §1): who must approve which path.
import type { Principal } from './principal.ts'

/** Where GitHub looks, in this order; only the first that exists counts (rule 1). All three are guarded (attack #37). */
export const codeownersPaths = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const

/** Who owns: a team, a user, or an account by email. */
export type Owner = Principal | { kind: 'email'; email: string }

/** One valid line. No owners: the paths have no owner (rule 7). */
export interface CodeownersRule {
  line: number
  pattern: string
  owners: Owner[]
}

/** One line that GitHub would skip; a broader line may then win, so the reader must decide to deny (attack #14). */
export interface CodeownersProblem {
  line: number
  column: number
  kind: 'size' | 'encoding' | 'pattern' | 'owner'
  because: string
}

/** A parsed file. */
export interface Codeowners {
  /** How many lines the file has. */
  lines: number
  rules: CodeownersRule[]
  problems: CodeownersProblem[]
}

/** Reads a CODEOWNERS file; never throws. 3 MB or more: no rules and one problem (rule 3). Linear. */
export declare function parseCodeowners(text: string): Codeowners

/** The last rule that matches `path` and its owners. Without a rule: no owners. */
export declare function ownersOf(
  codeowners: Codeowners,
  path: string
): { rule: CodeownersRule | undefined; owners: Owner[] }
