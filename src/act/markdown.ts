// Markdown that says what it should and nothing else: no text of a pull request leaves a code span (attack #76).
import { visible } from '../model/problem.ts'

/** `text` in a code span: one line, clipped, unseen characters shown. Mentions, links and HTML are dead in there. */
export function code(text: string, longest = 120): string {
  const line = visible(text.replace(/\s+/gu, ' ').trim())
  const clipped = line.length > longest ? `${line.slice(0, longest)}…` : line
  if (clipped === '') return '_nothing_'
  // CommonMark §6.1: a code span ends at a run of backticks as long as the one that opened it.
  const runs = clipped.match(/`+/g)?.map(run => run.length) ?? []
  const fence = '`'.repeat(Math.max(0, ...runs) + 1)
  const pad = clipped.startsWith('`') || clipped.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${clipped}${pad}${fence}`
}

/** Approved text of a contract as prose: every mark of Markdown escaped, mentions and links broken. */
export function prose(text: string, longest = 1000): string {
  const line = visible(text.replace(/\s+/gu, ' ').trim())
  const clipped = line.length > longest ? `${line.slice(0, longest)}…` : line
  // A word joiner after @ keeps GitHub from reading a mention; it is not seen.
  return clipped.replace(/[!-/:-@[-`{-~]/g, mark => (mark === '@' ? '@\u2060' : `\\${mark}`))
}

/** One line of a list: `- **name** value`. */
export function item(name: string, value: string): string {
  return `- **${name}** ${value}`
}
