// Which line of CODEOWNERS a path falls to: one walk through the trie, without regular expressions, so that no
// pattern can be slow (attack #53).
import { endKey, trieOf } from './codeowners-trie.ts'
import type { Glob, Globs, Trie, TrieNode } from './codeowners-trie.ts'

/** All patterns of one file. */
export interface Matcher {
  /** The index of the last pattern that matches `path`, byte for byte, case-sensitive (rule 12); -1 where none does. */
  last(path: string): number
}

/** Compiles valid patterns, in the order of their lines. */
export function matcherOf(patterns: readonly string[]): Matcher {
  return new Walk(trieOf(patterns))
}

/**
 * One walk after another through one trie. The lists are kept and refilled, so that a walk makes no garbage but its
 * segments; and whatever cannot beat the best index found so far is left out, since only the last line counts.
 */
class Walk implements Matcher {
  #trie: Trie
  #best = -1
  #stamp = 0
  /** Nodes that the next segment starts from: reached by exactly the segments so far, each at most once. */
  #next: TrieNode[] = []
  #nexts = 0
  #spare: TrieNode[] = []
  /** `**` nodes: once reached, every further segment starts from them too. */
  #deep: TrieNode[] = []
  #deeps = 0

  constructor(trie: Trie) {
    this.#trie = trie
  }

  last(path: string): number {
    this.#best = -1
    this.#stamp++
    this.#nexts = 0
    this.#deeps = 0
    this.#reach(this.#trie.root)
    for (let start = 0, end = 0; end >= 0; start = end + 1) {
      end = path.indexOf('/', start)
      const segment = end < 0 ? path.slice(start) : path.slice(start, end)
      const here = this.#next
      const reached = segment === '' ? 0 : this.#nexts
      const deeps = segment === '' ? 0 : this.#deeps
      this.#next = this.#spare
      this.#spare = here
      this.#nexts = 0
      const number = this.#trie.numbers.get(segment)
      for (let i = 0; i < reached; i++) this.#step(here[i] as TrieNode, segment, number, end < 0)
      for (let i = 0; i < deeps; i++) this.#step(this.#deep[i] as TrieNode, segment, number, end < 0)
    }
    return this.#best
  }

  #step(from: TrieNode, segment: string, number: number | undefined, ends: boolean): void {
    if (from.best <= this.#best) return
    const { names, any, globs } = from
    const named = number === undefined || names === undefined ? undefined : names.get(number)
    if (named !== undefined) this.#enter(named, ends)
    if (any !== undefined) this.#enter(any, ends)
    if (globs !== undefined) this.#tryGlobs(globs, segment, ends)
  }

  #enter(node: TrieNode, ends: boolean): void {
    const index = ends ? node.exact : node.below
    if (index > this.#best) this.#best = index
    if (!ends && node.best > this.#best) this.#reach(node)
  }

  #reach(node: TrieNode): void {
    this.#next[this.#nexts++] = node
    const { deep } = node
    if (deep === undefined || deep.seen === this.#stamp) return
    deep.seen = this.#stamp
    this.#deep[this.#deeps++] = deep
  }

  #tryGlobs({ byEnd }: Globs, segment: string, ends: boolean): void {
    this.#tryAmong(byEnd.get(endKey(segment)), segment, ends)
    this.#tryAmong(byEnd.get(0), segment, ends)
  }

  #tryAmong(globs: Glob[] | undefined, segment: string, ends: boolean): void {
    if (globs === undefined) return
    for (let i = 0; i < globs.length; i++) {
      const glob = globs[i] as Glob
      if (glob.node.best <= this.#best) return
      if (globMatches(glob, segment)) this.#enter(glob.node, ends)
    }
  }
}

/** Whether a segment of a path is one that `glob` stands for. */
export function globMatches({ prefix, suffix, middle }: Glob, segment: string): boolean {
  const spare = segment.length - prefix.length - suffix.length
  if (spare < 0 || !segment.startsWith(prefix) || !segment.endsWith(suffix)) return false
  return middle === undefined || wildcardsMatch(middle, Array.from(segment.slice(prefix.length, prefix.length + spare)))
}

// `*` and `?` within one segment; goes back to the last `*` only, so it costs pattern × segment at worst.
function wildcardsMatch(pattern: string[], text: string[]): boolean {
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
