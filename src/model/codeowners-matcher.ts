// Patterns of CODEOWNERS in a trie of path segments: no regular expressions, so no pattern can be slow (attack #53).

/** All patterns of one file. */
export interface Matcher {
  /** The index of the last pattern that matches `path`, byte for byte, case-sensitive (rule 12); -1 where none does. */
  last(path: string): number
}

/** Longest pattern that is read: git's own limit for a path. */
export const maxPatternLength = 4096

/** Why GitHub would not take `pattern` (rule 9), or why its meaning is not documented (rule 18); undefined where fine. */
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
  names: Map<string, Node> | undefined
  /** Children whose name ends in what follows one leading asterisk: `*.js`. By length, so that one look-up tells. */
  endings: Map<number, Map<string, Node>> | undefined
  globs: Map<string, Glob> | undefined
  /** Child for `*`: any one segment. */
  any: Node | undefined
  /** Child for `**`: stays for any number of segments. */
  deep: Node | undefined
  loops: boolean
  /** Last query that has put this node on its list for the depth. */
  seen: number
}

interface Glob {
  pattern: string[]
  node: Node
}

/** Compiles valid patterns, in the order of their lines. */
export function matcherOf(patterns: readonly string[]): Matcher {
  const root = node()
  patterns.forEach((pattern, index) => insert(root, pattern, index))
  let stamp = 0
  return {
    last(path) {
      const segments = path.split('/')
      let best = -1
      let active: Node[] = []
      stamp++
      activate(root, active, stamp, best)
      segments.forEach((segment, depth) => {
        const next: Node[] = []
        stamp++
        for (const current of active) step(current, segment, next, stamp, best)
        const ends = depth === segments.length - 1
        for (const reached of next) best = Math.max(best, ends ? reached.exact : reached.below)
        active = next
      })
      return best
    }
  }
}

// The segments of a pattern, its end included: `deep` is `**`; a name at the end owns what is below it too.
function insert(root: Node, pattern: string, index: number): void {
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
    current = child(current, segment)
    current.best = index
  }
  current.exact = index
  if (!childrenOnly) current.below = index
}

function child(parent: Node, segment: string): Node {
  if (segment === '**') return (parent.deep ??= node(true))
  if (segment === '*') return (parent.any ??= node())
  if (!/[*?]/.test(segment)) return entry((parent.names ??= new Map()), segment, () => node())
  const ending = /^\*+([^*?]+)$/.exec(segment)?.[1]
  if (ending !== undefined) {
    const byEnding = entry((parent.endings ??= new Map()), ending.length, () => new Map<string, Node>())
    return entry(byEnding, ending, () => node())
  }
  return entry((parent.globs ??= new Map()), segment, () => ({ pattern: [...segment], node: node() })).node
}

function entry<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  let found = map.get(key)
  if (found === undefined) map.set(key, (found = create()))
  return found
}

function node(loops = false): Node {
  const children = { names: undefined, endings: undefined, globs: undefined, any: undefined, deep: undefined }
  return { exact: -1, below: -1, best: -1, ...children, loops, seen: 0 }
}

// Puts a node on the list once, and with it what needs no segment to be reached; nodes that cannot win are left out.
function activate(reached: Node, list: Node[], stamp: number, best: number): void {
  if (reached.seen === stamp || reached.best <= best) return
  reached.seen = stamp
  list.push(reached)
  if (reached.deep !== undefined) activate(reached.deep, list, stamp, best)
}

function step(current: Node, segment: string, next: Node[], stamp: number, best: number): void {
  if (current.loops) activate(current, next, stamp, best)
  if (segment === '') return
  const named = current.names?.get(segment)
  if (named !== undefined) activate(named, next, stamp, best)
  if (current.any !== undefined) activate(current.any, next, stamp, best)
  if (current.endings !== undefined) {
    for (const [length, endings] of current.endings) {
      const ended = segment.length < length ? undefined : endings.get(segment.slice(-length))
      if (ended !== undefined) activate(ended, next, stamp, best)
    }
  }
  if (current.globs === undefined) return
  for (const glob of current.globs.values()) {
    if (globMatches(glob.pattern, segment)) activate(glob.node, next, stamp, best)
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
