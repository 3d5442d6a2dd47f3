// One pattern of CODEOWNERS: whether GitHub would take it, and the path segments that it stands for.

/** Longest pattern that is read: git's own limit for a path. */
export const maxPatternLength = 4096

/** Why GitHub would not take `pattern` (rule 9), or why its meaning is not documented (rule 18); else undefined. */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > maxPatternLength) return 'The pattern is longer than any path.'
  if (pattern.startsWith('!')) return 'Negation with ! is not supported.'
  if (/[[\]]/.test(pattern)) return 'Ranges in [ ] are not supported.'
  if (/\\(?! )/.test(pattern)) return 'A backslash may only stand before a blank.'
  if (pattern.includes('#')) return 'A # within a pattern is not supported.'
  if (pattern.includes('***')) return 'Three asterisks in a row have no meaning.'
  if (pattern.slice(0, -1).includes('//') || pattern.endsWith('//')) return 'An empty path segment matches nothing.'
  if (pattern.endsWith('**/')) return 'A pattern that ends in **/ has no documented meaning.'
  return undefined
}

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
