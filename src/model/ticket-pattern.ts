// Patterns for tickets and inputs: a subset of regular expressions that cannot be slow (attack #53).

/**
 * A checked pattern. Grammar: `^` items `$`, at most 100 characters. An item is a character, `\d`, `\` and a mark, a
 * class `[A-Z0-9_-]`, each with at most one of `? + * {n} {n,} {n,m}` (n, m ≤ 100), or a group `(a|b)` that is not
 * repeated and holds no group. No look-around, no back-reference, no negation, no dot.
 */
export interface TicketPattern {
  items: Item[]
}

type Item = Run | { kind: 'choice'; of: Item[][] }

interface Run {
  kind: 'run'
  holds: (c: string) => boolean
  min: number
  max: number
}

/** The longest text that a pattern is held against. */
export const maxTicketLength = 200

const plainCharacter = /^[A-Za-z0-9_#/:@=,;~ -]$/
const mark = /^[^A-Za-z0-9\s]$/
const quantifier = /^(?:([?+*])|\{(\d{1,3})(?:(,)(\d{1,3})?)?\})/

/** Checks and compiles a pattern; undefined where it is outside the subset. Linear. */
export function parseTicketPattern(pattern: string): TicketPattern | undefined {
  if (pattern.length > 100 || !pattern.startsWith('^') || !pattern.endsWith('$')) return undefined
  const reader = { text: pattern.slice(1, -1), at: 0 }
  const items = readItems(reader, false)
  return items !== undefined && reader.at === reader.text.length ? { items } : undefined
}

/** Whether the whole of `ticket` matches; false for a pattern outside the subset. Costs pattern × ticket at worst. */
export function ticketMatches(pattern: string, ticket: string): boolean {
  const parsed = parseTicketPattern(pattern)
  if (parsed === undefined || ticket.length > maxTicketLength) return false
  const characters = [...ticket]
  const from = characters.map(() => false)
  return advance(parsed.items, characters, [true, ...from])[characters.length] === true
}

interface Reader {
  text: string
  at: number
}

function readItems(reader: Reader, inGroup: boolean): Item[] | undefined {
  const items: Item[] = []
  while (reader.at < reader.text.length) {
    const c = reader.text[reader.at] as string
    if (inGroup && (c === '|' || c === ')')) return items
    const item = c === '(' && !inGroup ? readGroup(reader) : readRun(reader)
    if (item === undefined) return undefined
    items.push(item)
  }
  return inGroup ? undefined : items
}

function readGroup(reader: Reader): Item | undefined {
  const of: Item[][] = []
  do {
    reader.at++
    const items = readItems(reader, true)
    if (items === undefined) return undefined
    of.push(items)
  } while (reader.text[reader.at] === '|')
  reader.at++
  return { kind: 'choice', of }
}

function readRun(reader: Reader): Item | undefined {
  const holds = readSet(reader)
  if (holds === undefined) return undefined
  const found = quantifier.exec(reader.text.slice(reader.at))
  if (found === null) return { kind: 'run', holds, min: 1, max: 1 }
  reader.at += found[0].length
  const [, sign, low, comma, high] = found
  if (sign !== undefined) return { kind: 'run', holds, min: sign === '+' ? 1 : 0, max: sign === '?' ? 1 : Infinity }
  const min = Number(low)
  const max = high !== undefined ? Number(high) : comma === undefined ? min : Infinity
  return min <= 100 && (max === Infinity || max <= 100) && min <= max ? { kind: 'run', holds, min, max } : undefined
}

function readSet(reader: Reader): ((c: string) => boolean) | undefined {
  const c = reader.text[reader.at] as string
  if (c === '[') return readClass(reader)
  reader.at++
  if (c !== '\\') return plainCharacter.test(c) ? other => other === c : undefined
  const escaped = reader.text[reader.at++] ?? ''
  if (escaped === 'd') return isDigit
  return mark.test(escaped) ? other => other === escaped : undefined
}

function readClass(reader: Reader): ((c: string) => boolean) | undefined {
  const end = reader.text.indexOf(']', reader.at)
  const body = reader.text.slice(reader.at + 1, Math.max(end, 0))
  if (!/^[A-Za-z0-9_#/:.@ -]+$/.test(body)) return undefined
  reader.at = end + 1
  const ranges: [string, string][] = []
  for (let i = 0; i < body.length; i++) {
    const low = body[i] as string
    const high = body[i + 1] === '-' ? body[i + 2] : undefined
    if (high === undefined) ranges.push([low, low])
    else if (!sameRun(low, high)) return undefined
    else {
      ranges.push([low, high])
      i += 2
    }
  }
  return c => ranges.some(([low, high]) => low <= c && c <= high)
}

// A range stays within digits, capitals or small letters: `[A-z]` holds marks that nobody meant.
function sameRun(low: string, high: string): boolean {
  return low <= high && [/^\d\d$/, /^[A-Z]{2}$/, /^[a-z]{2}$/].some(run => run.test(low + high))
}

function isDigit(c: string): boolean {
  return c >= '0' && c <= '9'
}

// `from[i]`: the items before may end before character i. Returns the same after `items`. Never goes back.
function advance(items: Item[], text: string[], from: boolean[]): boolean[] {
  return items.reduce((reached, item) => {
    if (item.kind === 'run') return advanceRun(item, text, reached)
    const ends = item.of.map(choice => advance(choice, text, reached))
    return reached.map((_, i) => ends.some(end => end[i] === true))
  }, from)
}

function advanceRun({ holds, min, max }: Run, text: string[], from: boolean[]): boolean[] {
  const runs = text.map(() => 0)
  for (let i = text.length - 1; i >= 0; i--) runs[i] = holds(text[i] as string) ? (runs[i + 1] ?? 0) + 1 : 0
  const changes = [...from, false].map(() => 0)
  from.forEach((starts, i) => {
    const last = Math.min(runs[i] ?? 0, max)
    if (!starts || last < min) return
    changes[i + min] = (changes[i + min] as number) + 1
    changes[i + last + 1] = (changes[i + last + 1] as number) - 1
  })
  let open = 0
  return from.map((_, i) => (open += changes[i] as number) > 0)
}
