// Statement: what the app says on a commit of how the clauses stand that approvals are for, and its reading back.

/** How each clause stood that is approved, by digest: what whoever approved after it had before them. */
export interface Statement {
  /** When it was made, by GitHub's clock, by which reviews are dated too. */
  at: Date
  /** By clause id. */
  clauses: Record<string, string>
}

/**
 * The check run that an amendment's statement is; a request's is in its check for approvals. Nobody but the app can make
 * one, and none is ever changed (GitHub docs: checks).
 */
export const statementName = 'Addendum: standing terms'

const line = /^- `([^`\n]{1,100})`: `(sha256:[0-9a-f]{64})`$/gm

/**
 * The text of a statement; of no clauses, that there is nothing to approve until the next one. The digests are not those
 * of `expects`: they are of a whole window.
 */
export function statementText(clauses: Record<string, string>): string {
  const lines = Object.entries(clauses).map(([clause, digest]) => `- \`${clause}\`: \`${digest}\``)
  if (lines.length === 0) return 'The clauses changed. Approvals count again once it is said here how they stand.'
  const opening =
    'Approvals from here on are for these clauses as they stand now. When one changes, they are asked for again.'
  return [opening, '', ...lines, ''].join('\n')
}

/** The clauses of a statement's text. What is no line of it is left out, and then stands as nothing. */
export function parseStatement(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(line)].map(([, clause = '', digest = '']) => [clause, digest]))
}
