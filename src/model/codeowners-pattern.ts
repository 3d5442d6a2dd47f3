// One pattern of CODEOWNERS: whether GitHub would take it, and the path segments that it stands for.

/** Longest pattern that is read: git's own limit for a path. */
export const maxPatternLength = 4096

/** Why a pattern is not taken, and what to write in its place: a plain sentence each. */
export interface PatternProblem {
  because: string
  mend: string
}

/** Why GitHub would not take `pattern` (rule 9), or why its meaning is not documented (rule 18); else undefined. */
export function patternProblem(pattern: string): PatternProblem | undefined {
  const found = problems.find(([wrong]) => wrong(pattern))
  return found === undefined ? undefined : { because: found[1], mend: found[2] }
}

const problems: readonly [wrong: (pattern: string) => boolean, because: string, mend: string][] = [
  [p => p.length > maxPatternLength, 'The pattern is longer than any path.', 'Remove the line.'],
  [
    p => p.startsWith('!'),
    'Negation with ! is not supported.',
    'Name the path on a later line, with its own owners or with none.'
  ],
  [p => /[[\]]/.test(p), 'Ranges in [ ] are not supported.', 'Write ? for any one character, or a line for each name.'],
  [p => /\\(?! )/.test(p), 'A backslash may only stand before a blank.', 'Separate folders by /, and write # as ?.'],
  [
    p => p.includes('#'),
    'A # within a pattern is not supported.',
    'Write ? for it; a comment needs a blank before it.'
  ],
  [
    p => p.includes('***'),
    'Three asterisks in a row have no meaning.',
    'Write * within one segment, or ** for any number of them.'
  ],
  [
    p => p.slice(0, -1).includes('//') || p.endsWith('//'),
    'An empty path segment matches nothing.',
    'Write one / between two names.'
  ],
  [
    p => p.endsWith('**/'),
    'A pattern that ends in **/ has no documented meaning.',
    'End it in ** or in the name before.'
  ]
]

/** What a pattern matches, from the root of the repository. */
export interface PatternPath {
  /** Names, globs, `*` for any one segment, `**` for any number; never ends in `**`, never has two of them in a row. */
  segments: string[]
  /** Whether what lies below the last segment is matched too. */
  subtree: boolean
}

/** Takes a pattern without `patternProblem` apart; undefined where it matches nothing (rule 11). */
export function pathOfPattern(pattern: string): PatternPath | undefined {
  if (pattern === '/') return undefined
  const segments = pattern.replaceAll('\\ ', ' ').split('/')
  if (segments[0] === '') segments.shift()
  // One segment, with or without a slash at its end, matches at any depth (rule 10).
  else if (segments.length === 1 || (segments.length === 2 && segments[1] === '')) segments.unshift('**')
  if (segments.at(-1) === '') segments[segments.length - 1] = '**'
  const path = segments.filter((segment, i) => segment !== '**' || segments[i - 1] !== '**')
  // `docs/*` matches direct children only; every other end owns its whole subtree (rule 10), `docs/**/*` too.
  const subtree = path.at(-1) !== '*' || path.at(-2) === '**'
  // At the end `**` means at least one more segment.
  if (path.at(-1) === '**') path.push('*')
  return { segments: path, subtree }
}
