// How sentences speak of what others wrote: every reason quotes, names and lists through here and nowhere else.
import type { Account } from '../model/facts.ts'
import { formatInstant } from '../model/instant.ts'

const longest = 80
const listed = 8
// Controls, formats (bidirectional and zero-width marks), lone surrogates, separators, backticks (attacks #39, #76).
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029`]/gu

/**
 * Somebody's text in double quotes: one line, 80 characters at most, nothing that nobody sees, no backtick. Its own
 * quotes and backslashes are escaped, so that whoever shows the sentence knows where it ends (attack #76).
 */
export function quoted(text: string): string {
  return `"${plain(text, longest).replace(/["\\]/g, '\\$&')}"`
}

/** Somebody's sentence without quotes, cleaned as `quoted` does and clipped: a parser's or a provider's answer. */
export function plain(text: string, most = 300): string {
  const clean = text
    .slice(0, 4 * most)
    .replace(/\s+/g, ' ')
    .replace(unseen, '')
  const letters = [...clean]
  return letters.length > most ? `${letters.slice(0, most).join('')}…` : clean
}

/** `@login`, for people to read. */
export function mention(account: Pick<Account, 'login'>): string {
  return `@${plain(account.login, longest)}`
}

/** `a, b and c`; beyond eight, how many more there are. */
export function list(names: readonly string[], word = 'and'): string {
  const shown = names.length > listed ? [...names.slice(0, listed), `${names.length - listed} more`] : names
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} ${word} ${shown.at(-1)}`
}

/** An instant as all sentences write it: UTC, RFC 3339. */
export function instant(at: Date): string {
  return Number.isNaN(at.getTime()) ? 'an unknown time' : formatInstant(at)
}

/** `1 approval`, `2 approvals`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
