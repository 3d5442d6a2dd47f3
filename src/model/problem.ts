// What is wrong with a document, said so that a tired person can mend it: every parser in this room answers with these.

/** Every way in which a document can be wrong. Tests and annotations go by these codes, never by the prose. */
export type ProblemCode =
  | 'document.size'
  | 'document.encoding'
  | 'document.character'
  | 'document.empty'
  | 'document.kind'
  | 'document.secret'
  | 'yaml.syntax'
  | 'yaml.directive'
  | 'yaml.multiple'
  | 'yaml.tag'
  | 'yaml.anchor'
  | 'yaml.alias'
  | 'yaml.merge'
  | 'yaml.key'
  | 'yaml.duplicate'
  | 'yaml.depth'
  | 'yaml.number'
  | 'yaml.character'
  | 'schema.type'
  | 'schema.missing'
  | 'schema.unknown-key'
  | 'schema.value'
  | 'schema.length'
  | 'schema.choice'
  | 'value.duration'
  | 'value.instant'
  | 'value.zone'
  | 'value.hours'
  | 'value.pattern'
  | 'value.order'
  | 'value.duplicate'
  | 'value.reference'
  | 'cel.syntax'
  | 'cel.type'
  | 'cel.unknown'
  | 'cel.value'
  | 'cel.refused'
  | 'cel.cost'
  | 'policy.example'
  | 'contract.amended'
  | 'policy.denied'
  | 'path.name'
  | 'path.extension'
  | 'path.id'
  | 'path.contract'

/** A place in a file, 1-based, columns in UTF-16 units as editors count them; the end is exclusive. */
export interface Position {
  line: number
  column: number
  endLine: number
  endColumn: number
}

/** From a JSON pointer (RFC 6901) to its place; a pointer that is not in the file gets its nearest ancestor's place. */
export type Lines = (pointer: string) => Position

/** One thing that is wrong, on its exact place, with what would be right. Every string may quote hostile text. */
export interface Problem {
  code: ProblemCode
  file: string
  line: number
  column: number
  endLine?: number
  endColumn?: number
  /** JSON pointer (RFC 6901) of the value; the empty string is the whole document. */
  pointer: string
  /** What would have been accepted, as a phrase. */
  expected: string
  /** What stood there, raw; quote it with `quoted` before you show it. */
  found: string
  /** One sentence, plain text. */
  message: string
  /** The known word that is nearest to what was written. */
  suggestion?: string
  /** A valid YAML fragment. */
  example: string
}

/** All of a document, or all that is wrong with it, in the order of its lines. */
export type Parsed<T> = { ok: true; value: T; lines: Lines } | { ok: false; problems: Problem[] }

/** A document as read: text, or bytes whose encoding is then checked too. */
export type Source = string | Uint8Array

const shownLength = 80
// Controls, separators of lines, zero-width and bidirectional characters: what a reader would not see (attack #39).
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu

/** `text` in double quotes, clipped at 80 characters; quotes, backslashes and what a reader would not see are escaped. */
export function quoted(text: string): string {
  const clipped = text.length > shownLength ? `${text.slice(0, shownLength)}…` : text
  return `"${visible(clipped.replace(/["\\]/g, '\\$&'))}"`
}

/** `text` with every character that a reader would not see written as `\u{…}`. */
export function visible(text: string): string {
  return text.replace(unseen, c => `\\u{${(c.codePointAt(0) as number).toString(16)}}`)
}

/** `file:line:column  message`, then what was expected, what was found, the nearest word and an example. Plain text. */
export function formatProblem(p: Problem): string {
  const rows = [`${visible(p.file)}:${p.line}:${p.column}  ${visible(p.message)}`]
  rows.push(`  expected  ${visible(p.expected)}`)
  rows.push(`  found     ${p.found === '' ? 'nothing' : quoted(p.found)}`)
  if (p.suggestion !== undefined) rows.push(`  did you mean ${quoted(p.suggestion)}?`)
  rows.push('  example', ...p.example.split('\n').map(row => `    ${row}`))
  return rows.join('\n')
}

/** Orders problems by line, then column; others stay in the order in which they were found. */
export function byPlace(a: Problem, b: Problem): number {
  return a.line - b.line || a.column - b.column
}
