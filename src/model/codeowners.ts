// CODEOWNERS as GitHub reads it (reference: approvals.md §1): who must approve which path.
import { matcherOf } from './codeowners-matcher.ts'
import type { Matcher } from './codeowners-matcher.ts'
import { patternProblem } from './codeowners-pattern.ts'
import { parsePrincipal } from './principal.ts'
import type { Principal } from './principal.ts'

/** Where GitHub looks, in this order; only the first that exists counts (rule 1). All are guarded (attack #37). */
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
  /** What to write in its place. */
  mend: string
}

/** A parsed file. */
export interface Codeowners {
  /** How many lines the file has. */
  lines: number
  rules: CodeownersRule[]
  problems: CodeownersProblem[]
}

/** GitHub loads no file of 3 MB or more (rule 3); the smaller reading of 3 MB is the safe one. */
export const codeownersMaxBytes = 3_000_000

const matchers = new WeakMap<Codeowners, Matcher>()

/** Reads a CODEOWNERS file; never throws. 3 MB or more: no rules and one problem (rule 3). Linear in the text. */
export function parseCodeowners(text: string): Codeowners {
  const rows = text.split('\n')
  const codeowners: Codeowners = { lines: rows.length, rules: [], problems: [] }
  if (Buffer.byteLength(text) >= codeownersMaxBytes) {
    const because = 'The file is 3 MB or larger, so GitHub does not load it and nobody owns anything.'
    const mend = 'Own whole folders in place of single files.'
    codeowners.problems.push({ line: 1, column: 1, kind: 'size', because, mend })
    return codeowners
  }
  rows.forEach((row, index) => readLine(row.endsWith('\r') ? row.slice(0, -1) : row, index + 1, codeowners))
  return codeowners
}

/** The last rule that matches `path` and its owners (rule 4). Without a rule: no owners. */
export function ownersOf(codeowners: Codeowners, path: string): { rule: CodeownersRule | undefined; owners: Owner[] } {
  let matcher = matchers.get(codeowners)
  if (matcher === undefined) {
    matcher = matcherOf(codeowners.rules.map(rule => rule.pattern))
    matchers.set(codeowners, matcher)
  }
  const rule = codeowners.rules[matcher.last(path)]
  return { rule, owners: rule?.owners ?? [] }
}

function readLine(row: string, line: number, codeowners: Codeowners): void {
  const refuse = (column: number, kind: CodeownersProblem['kind'], because: string, mend: string) => {
    codeowners.problems.push({ line, column: column + 1, kind, because, mend })
  }
  const hidden = row.search(/(?!\t)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\ufffd]/u)
  if (hidden >= 0) {
    const mend = 'Write the line anew; save the file as UTF-8 without a byte order mark.'
    return refuse(hidden, 'encoding', 'The line holds a character that cannot be seen.', mend)
  }
  const [first, ...rest] = words(row)
  if (first === undefined) return
  const problem = patternProblem(first.text)
  if (problem !== undefined) return refuse(first.column, 'pattern', problem.because, problem.mend)
  const owners: Owner[] = []
  for (const { text, column } of rest) {
    const owner = ownerOf(text)
    if (owner === undefined) {
      const mend = 'Write each owner so; a blank within a path as \\ and the blank, a comment after #.'
      return refuse(column, 'owner', 'An owner is @user, @org/team or an email address.', mend)
    }
    owners.push(owner)
  }
  codeowners.rules.push({ line, pattern: first.text, owners })
}

// Words between blanks; `\ ` is a blank within a word; a word that begins with `#` ends the line (rule 8).
function words(row: string): { text: string; column: number }[] {
  const found: { text: string; column: number }[] = []
  let at = 0
  while (at < row.length) {
    if (isBlank(row[at])) {
      at++
      continue
    }
    if (row[at] === '#') return found
    const column = at
    while (at < row.length && !isBlank(row[at])) at += row[at] === '\\' && row[at + 1] === ' ' ? 2 : 1
    found.push({ text: row.slice(column, at), column })
  }
  return found
}

function isBlank(c: string | undefined): boolean {
  return c === ' ' || c === '\t'
}

function ownerOf(text: string): Owner | undefined {
  if (text.startsWith('@')) return parsePrincipal(text)
  return /^[^\s@#]{1,64}@[A-Za-z0-9.-]{1,253}$/.test(text) ? { kind: 'email', email: text } : undefined
}
