// Markdown that says what it should and nothing else: no text of a pull request leaves a code span (attack #76).
import { visible } from '../model/problem.ts'

/**
 * `text` in a code span: one line, clipped, unseen characters shown. Mentions, links, HTML and formulas are dead in
 * there.
 */
export function code(text: string, longest = 120): string {
  const clipped = line(text, longest)
  if (clipped === '') return '_nothing_'
  // CommonMark §6.1: a code span ends at a run of backticks as long as the one that opened it.
  const fence = '`'.repeat(longestRun(clipped) + 1)
  const pad = clipped.startsWith('`') || clipped.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${clipped}${pad}${fence}`
}

/** Approved text of a contract as prose: every mark of Markdown escaped, mentions, references and links broken. */
export function prose(text: string, longest = 1000): string {
  return inert(line(text, longest), /[!"%-/:-?[-`{-~]/g)
}

/**
 * A sentence of a reason. Reasons quote through `quoted`, in double quotes with `\` before quotes and backslashes:
 * every such quotation and every `@name` becomes a code span. The rest is made harmless as well, whoever wrote it.
 */
export function sentence(text: string): string {
  const parts = text.split(/("(?:[^"\\]|\\.)*")/s).flatMap((part, index) => {
    if (index % 2 === 1) return [code(part.slice(1, -1).replace(/\\(["\\])/g, '$1'))]
    const words = part.split(/(@[\w-]+(?:\/[\w.-]*\w)?)/)
    const marks = /[\\`*_[\]<>!~|&]|:(?=\/\/)|(?<=www)\./gi
    return words.map((word, odd) => (odd % 2 === 1 ? code(word) : inert(flat(word), marks)))
  })
  return joined(parts)
}

/**
 * The lines of a fenced block: `text` as it is but for characters that nobody would see. `info` is ours: the
 * language.
 */
export function fenced(text: string, info = ''): string[] {
  const fence = '`'.repeat(Math.max(2, longestRun(text)) + 1)
  return [`${fence}${info}`, ...text.split(/\r\n|\r|\n/).map(row => visible(row.replaceAll('\t', '  '))), fence]
}

/** One line of a list: `- **name** value`. */
export function item(name: string, value: string): string {
  return `- **${name}** ${value}`
}

/** One line without a character that nobody would see, clipped between characters. */
function line(text: string, longest: number): string {
  const whole = flat(text).trim()
  if (whole.length <= longest) return whole
  const end = /[\uD800-\uDBFF]/.test(whole.charAt(longest - 1)) ? longest - 1 : longest
  return `${whole.slice(0, end)}…`
}

function flat(text: string): string {
  return visible(text.replace(/\s+/gu, ' '))
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(run => run.length))
}

/**
 * Escapes `marks` with a backslash, and breaks with a word joiner, which nobody sees, what GitHub itself links after
 * Markdown is done and where no backslash helps: `@login`, `#1`, `GH-1`, hashes of commits. A dollar sign would begin
 * a formula, and formulas hold links; only a code span keeps it from that.
 */
function inert(text: string, marks: RegExp): string {
  const parts = text.split('$').map(part =>
    part
      .replace(/\b[0-9a-f]{7,40}\b/gi, hash => hash.replace(/.{6}/g, '$&\u2060'))
      .replace(/\bGH-(?=\d)/gi, mark => `${mark}\u2060`)
      .replace(marks, mark => `\\${mark}`)
      .replace(/[@#]/g, mark => `${mark === '#' ? '\\' : ''}${mark}\u2060`)
  )
  return joined(parts.flatMap((part, index) => (index === 0 ? [part] : ['`$`', part])))
}

/** Code spans that touch would be one: something that nobody sees keeps them apart. */
function joined(parts: string[]): string {
  return parts.reduce((all, part) => `${all}${all.endsWith('`') && part.startsWith('`') ? '\u2060' : ''}${part}`, '')
}
