// Strict YAML: one plain document and nothing clever, or every place where it is more than that (attacks #39, #49–52).
import { Composer, CST, Lexer, Parser } from 'yaml'
import type { Document } from 'yaml'
import { byPlace } from './problem.ts'
import type { Lines, Problem, ProblemCode, Source } from './problem.ts'
import type { Json } from './ports.ts'
import { plainValue } from './yaml-value.ts'
import { yamlPlaces } from './yaml-places.ts'
import type { ReportAt } from './yaml-places.ts'

/** A read file: its plain value, and where each part of it stands. */
export interface YamlFile {
  value: Json
  /** Places of values. */
  lines: Lines
  /** Places of keys; of the value where a pointer names an item of a list. */
  keyLines: Lines
  /** A value as it is written in the file. */
  sourceOf(pointer: string): string
}

/** Deepest nesting of maps and lists. */
export const maxDepth = 12

/** Most problems told about one file; the rest is more of the same. */
export const maxProblems = 50

// Attack #52: `uniqueKeys` of the library is quadratic, so our own walk finds duplicates; pretty errors copy text.
const options = {
  schema: 'core',
  version: '1.2',
  strict: true,
  stringKeys: true,
  uniqueKeys: false,
  merge: false,
  resolveKnownTags: false,
  prettyErrors: false
} as const

// Controls but tab and line feed, format characters (bidirectional, zero-width, byte order mark), line separators.
const hidden = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u
const plain = 'reason: Investigate duplicate refunds'

/**
 * Reads one strict YAML 1.2 document of at most `maxBytes`. Refuses aliases, anchors, tags, directives, merge keys,
 * duplicate and dangerous keys, further documents, hidden characters, broken UTF-8, nesting over 12 and numbers that
 * JSON cannot hold. Never throws; costs time in proportion to the size.
 */
export function readYaml(
  file: string,
  source: Source,
  maxBytes: number
): ({ ok: true } & YamlFile) | { ok: false; problems: Problem[] } {
  const { text, broken } = decode(source)
  const places = yamlPlaces(text)
  const problems: Problem[] = []
  const report: ReportAt = (code, start, end, pointer, words) => {
    if (problems.length >= maxProblems) return
    const found = text.slice(start, Math.min(end, start + 200))
    problems.push({ code, file, ...places.position(start, end), pointer, found, ...words })
  }
  const refused = () => ({ ok: false as const, problems: problems.sort(byPlace) })

  const bytes = typeof source === 'string' ? Buffer.byteLength(source) : source.byteLength
  if (bytes > maxBytes) reportSize(report, `${bytes} bytes`, `at most ${maxBytes} bytes`)
  else if (broken !== undefined) reportEncoding(report, broken)
  else reportHidden(report, text)
  if (problems.length > 0) return refused()

  const tokens = parseTokens(text, maxBytes / 2, report)
  if (problems.length > 0) return refused()

  const document = compose(tokens, text, report)
  if (problems.length > 0 || document === undefined) return refused()

  const value = plainValue(document.contents, text, report)
  if (problems.length > 0) return refused()
  const lookup = places.of(document.contents)
  return { ok: true, value, lines: lookup.lines, keyLines: lookup.keyLines, sourceOf: lookup.sourceOf }
}

function decode(source: Source): { text: string; broken: number | undefined } {
  if (typeof source === 'string') {
    return { text: source, broken: source.isWellFormed() ? undefined : source.search(/\p{Cs}/u) }
  }
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  const text = bytes.toString('utf8')
  // Only bytes that were valid come back the same.
  return { text, broken: Buffer.from(text).equals(bytes) ? undefined : text.indexOf('\ufffd') }
}

// Lexemes go through the parser by hand, so that a file that nests too deep or floods is left before it costs much.
function parseTokens(text: string, maxLexemes: number, report: ReportAt): CST.Token[] {
  const parser = new Parser()
  const tokens: CST.Token[] = []
  let lexemes = 0
  let offset = 0
  let scalar = false
  for (const lexeme of new Lexer().lex(text)) {
    const type: string | null = scalar ? 'text' : CST.tokenType(lexeme)
    scalar = type === 'scalar'
    const end = type === 'text' ? offset + lexeme.length : offset + lexemeLength(type, lexeme)
    if (!reportLexeme(report, type, offset, end)) return tokens
    for (const token of parser.next(lexeme)) tokens.push(token)
    if (depthOf(parser.stack) > maxDepth) {
      const words = { message: `Maps and lists are nested more than ${maxDepth} deep.`, found: 'deeper nesting' }
      report('yaml.depth', offset, end, '', { ...words, expected: `at most ${maxDepth} levels`, example: plain })
      return tokens
    }
    // Signals of the lexer stand for no text and are no marks.
    if (end > offset && ++lexemes > maxLexemes) {
      reportSize(report, `more than ${maxLexemes} marks`, `at most ${maxLexemes} words and marks`)
      return tokens
    }
    offset = end
  }
  for (const token of parser.end()) tokens.push(token)
  return tokens
}

// `doc-mode`, `scalar` and `flow-error-end` are signals of the lexer to the parser and stand for no text.
function lexemeLength(type: string | null, lexeme: string): number {
  return type === 'doc-mode' || type === 'scalar' || type === 'flow-error-end' ? 0 : lexeme.length
}

function depthOf(stack: CST.Token[]): number {
  const top = stack.at(-1)?.type
  const open = top === 'block-map' || top === 'block-seq' || top === 'flow-collection'
  return stack.length - (open ? 1 : 2)
}

// Returns false where nothing after it is worth reading.
function reportLexeme(report: ReportAt, type: string | null, start: number, end: number): boolean {
  const say = (code: ProblemCode, what: string) => {
    const message = `${what} not allowed: write every value where it is used.`
    report(code, start, end, '', { message, expected: 'plain YAML', example: plain })
  }
  if (type === 'alias') say('yaml.alias', 'Aliases (*name) are')
  if (type === 'anchor') say('yaml.anchor', 'Anchors (&name) are')
  if (type === 'tag') say('yaml.tag', 'Tags (!name) are')
  if (type !== 'directive-line') return true
  say('yaml.directive', 'Directives (%…) are')
  return false
}

function compose(tokens: CST.Token[], text: string, report: ReportAt): Document.Parsed | undefined {
  const composed = [...new Composer(options).compose(tokens, true, text.length)]
  const [document, second] = composed as [Document.Parsed, Document.Parsed?]
  if (second !== undefined) {
    const message = 'The file holds more than one document.'
    const start = second.range[0]
    const words = { message, found: 'a further document', expected: 'one document', example: plain }
    report('yaml.multiple', start, start, '', words)
    return undefined
  }
  for (const error of [...document.errors, ...document.warnings]) {
    const [start, end] = error.pos
    const words = { message: `This is not valid YAML: ${error.message}.`, expected: 'valid YAML', example: plain }
    report('yaml.syntax', start, Math.min(end, text.length), '', words)
  }
  return document
}

function reportSize(report: ReportAt, found: string, expected: string): void {
  const message = `The file is too large: ${found}, where ${expected} are taken.`
  report('document.size', 0, 0, '', { message, found, expected, example: plain })
}

function reportEncoding(report: ReportAt, start: number): void {
  const words = { message: 'The file is not valid UTF-8.', found: 'bytes that are no character', expected: 'UTF-8' }
  report('document.encoding', start, start + 1, '', { ...words, example: plain })
}

function reportHidden(report: ReportAt, text: string): void {
  text.split('\n').reduce((offset, row) => {
    const line = row.endsWith('\r') ? row.slice(0, -1) : row
    const column = line.search(hidden)
    if (column >= 0) reportCharacter(report, 'document.character', offset + column, line.slice(column))
    return offset + row.length + 1
  }, 0)
}

function reportCharacter(report: ReportAt, code: ProblemCode, start: number, rest: string): void {
  const point = (rest.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')
  const message = `The character U+${point} cannot be seen and is not allowed.`
  const words = { message, found: `U+${point}`, expected: 'characters that a reader can see', example: plain }
  report(code, start, start + (point.length > 4 ? 2 : 1), '', words)
}
