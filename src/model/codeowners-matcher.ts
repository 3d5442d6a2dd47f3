// Patterns of CODEOWNERS in a trie of path segments: no regular expressions, so no pattern can be slow (attack #53).

/** All patterns of one file. */
export interface Matcher {
  /** The index of the last pattern that matches `path`, byte for byte, case-sensitive (rule 12); -1 where none does. */
  last(path: string): number
}

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

interface Node {
  /** Greatest index that matches where the path ends here. */
  exact: number
  /** Greatest index that matches where the path goes on below here. */
  below: number
  /** Greatest index in this subtree: what is not better than the best so far need not be walked. */
  best: number
  names: Map<number, Node> | undefined
  /** Children whose name ends in what follows one leading asterisk: `*.js`. By length, so that one look-up tells. */
  endings: Map<number, Map<string, Node>> | undefined
  /** Children with other wildcards, by the character with which they begin; under '' where that is a wildcard. */
  globs: Map<string, Map<string, Glob>> | undefined
  /** Child for `*`: any one segment. */
  any: Node | undefined
  /** Child for `**`: stays for any number of segments. */
  deep: Node | undefined
  loops: boolean
  /** Last query that has put this node on its list for the depth. */
  seen: number
}

interface Glob {
  /** What stands before the first wildcard and after the last: most segments fail there. */
  prefix: string
  suffix: string
  pattern: string[]
  node: Node
}

/** Compiles valid patterns, in the order of their lines. */
export function matcherOf(patterns: readonly string[]): Matcher {
  const root = node()
  // Each name has one number, so that a query hashes each of its segments once, however many nodes it is at.
  const numbers = new Map<string, number>()
  patterns.forEach((pattern, index) => insert(root, pattern, index, numbers))
  const query: Query = { stamp: 0, best: -1, next: [] }
  let spare: Node[] = []
  return {
    last(path) {
      query.best = -1
      begin(query, query.next)
      activate(root, query)
      // The two lists are swapped, not allocated: a query makes no garbage but its segments.
      for (let start = 0, end = 0; end >= 0; start = end + 1) {
        const reached = query.next
        begin(query, spare)
        spare = reached
        end = path.indexOf('/', start)
        const segment = end < 0 ? path.slice(start) : path.slice(start, end)
        const number = numbers.get(segment)
        for (let i = 0; i < reached.length; i++) step(reached[i] as Node, segment, number, query)
        for (let i = 0; i < query.next.length; i++) {
          const { exact, below } = query.next[i] as Node
          const index = end < 0 ? exact : below
          if (index > query.best) query.best = index
        }
      }
      return query.best
    }
  }
}

/** What one query has found so far, and the nodes that its next segment starts from. */
interface Query {
  stamp: number
  best: number
  next: Node[]
}

function begin(query: Query, list: Node[]): void {
  list.length = 0
  query.next = list
  query.stamp++
}

// The segments of a pattern, its end included: `deep` is `**`; a name at the end owns what is below it too.
function insert(root: Node, pattern: string, index: number, numbers: Map<string, number>): void {
  const segments = pattern.replaceAll('\\ ', ' ').split('/')
  // `/` matches nothing (rule 11).
  if (pattern === '/') return
  if (segments[0] === '') segments.shift()
  // One segment, with or without a slash at its end, matches at any depth (rule 10).
  else if (segments.length === 1 || (segments.length === 2 && segments[1] === '')) segments.unshift('**')
  if (segments.at(-1) === '') segments[segments.length - 1] = '**'
  const path = segments.filter((segment, i) => segment !== '**' || segments[i - 1] !== '**')
  // `docs/*` matches direct children only; every other end owns its whole subtree (rule 10).
  const childrenOnly = path.at(-1) === '*'
  // At the end `**` means at least one more segment.
  if (path.at(-1) === '**') path.push('*')
  let current = root
  current.best = index
  for (const segment of path) {
    current = child(current, segment, numbers)
    current.best = index
  }
  current.exact = index
  if (!childrenOnly) current.below = index
}

function child(parent: Node, segment: string, numbers: Map<string, number>): Node {
  if (segment === '**') return (parent.deep ??= node(true))
  if (segment === '*') return (parent.any ??= node())
  if (!/[*?]/.test(segment)) {
    const number = entry(numbers, segment, () => numbers.size)
    return entry((parent.names ??= new Map()), number, () => node())
  }
  const ending = /^\*+([^*?]+)$/.exec(segment)?.[1]
  if (ending !== undefined) {
    const byEnding = entry((parent.endings ??= new Map()), ending.length, () => new Map<string, Node>())
    return entry(byEnding, ending, () => node())
  }
  const first = /^[*?]/.test(segment) ? '' : (segment[0] as string)
  const globs = entry((parent.globs ??= new Map()), first, () => new Map<string, Glob>())
  return entry(globs, segment, () => globOf(segment)).node
}

function globOf(segment: string): Glob {
  const prefix = segment.slice(0, segment.search(/[*?]/))
  const suffix = segment.slice(Math.max(segment.lastIndexOf('*'), segment.lastIndexOf('?')) + 1)
  return { prefix, suffix, pattern: [...segment], node: node() }
}

function entry<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  let found = map.get(key)
  if (found === undefined) map.set(key, (found = create()))
  return found
}

// One literal, so that every node has one shape and reading it stays fast.
function node(loops = false): Node {
  return {
    exact: -1,
    below: -1,
    best: -1,
    seen: 0,
    loops,
    names: undefined,
    any: undefined,
    deep: undefined,
    endings: undefined,
    globs: undefined
  }
}

// Puts a node on the list once, and with it what needs no segment to be reached; nodes that cannot win are left out.
function activate(reached: Node, query: Query): void {
  if (reached.seen === query.stamp || reached.best <= query.best) return
  reached.seen = query.stamp
  query.next.push(reached)
  if (reached.deep !== undefined) activate(reached.deep, query)
}

function step(current: Node, segment: string, number: number | undefined, query: Query): void {
  if (current.loops) activate(current, query)
  if (segment === '') return
  const named = number === undefined ? undefined : current.names?.get(number)
  if (named !== undefined) activate(named, query)
  if (current.any !== undefined) activate(current.any, query)
  if (current.endings !== undefined) stepEndings(current.endings, segment, query)
  if (current.globs === undefined) return
  stepGlobs(current.globs.get(''), segment, query)
  stepGlobs(current.globs.get(segment[0] as string), segment, query)
}

function stepEndings(endings: Map<number, Map<string, Node>>, segment: string, query: Query): void {
  for (const [length, byEnding] of endings) {
    const ended = segment.length < length ? undefined : byEnding.get(segment.slice(-length))
    if (ended !== undefined) activate(ended, query)
  }
}

function stepGlobs(globs: Map<string, Glob> | undefined, segment: string, query: Query): void {
  if (globs === undefined) return
  for (const { prefix, suffix, pattern, node } of globs.values()) {
    if (node.best <= query.best || !segment.startsWith(prefix) || !segment.endsWith(suffix)) continue
    if (globMatches(pattern, segment)) activate(node, query)
  }
}

// `*` and `?` within one segment; goes back to the last `*` only, so it costs pattern × segment at worst.
function globMatches(pattern: string[], segment: string): boolean {
  const text = [...segment]
  let p = 0
  let star = -1
  let mark = 0
  for (let t = 0; t < text.length; t++) {
    if (pattern[p] === '*') {
      star = p++
      mark = t--
    } else if (pattern[p] === '?' || pattern[p] === text[t]) p++
    else if (star >= 0) {
      p = star + 1
      t = mark++
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}
