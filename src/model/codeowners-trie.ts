// The patterns of one CODEOWNERS file as a trie of path segments, in the form in which it is fast to walk.
import { pathOfPattern } from './codeowners-pattern.ts'

/** What has been read of the patterns so far: a place that a path can have come to. */
export interface TrieNode {
  /** Greatest index that matches where the path ends here; -1 for none. */
  exact: number
  /** Greatest index that matches where the path goes on below here; -1 for none. */
  below: number
  /** Greatest index in this subtree: what is not better than the best so far need not be walked. */
  readonly best: number
  /** Children by the number of their name. */
  names: Map<number, TrieNode> | undefined
  globs: Globs | undefined
  /** Child for `*`: any one segment. */
  any: TrieNode | undefined
  /** Child for `**`: whoever is there stays there, for any number of segments. */
  deep: TrieNode | undefined
  /** Last walk that has come to this node; of use for `deep` ones alone, since the others are met once. */
  seen: number
}

/** Children whose segment has other wildcards. */
export interface Globs {
  byText: Map<string, Glob>
  /** By `endKey`, the greatest `best` first. Most segments end in no glob's last character, and try none. */
  byEnd: Map<number, Glob[]>
}

/** A segment such as `*.js` or `test_?*`. */
export interface Glob {
  readonly node: TrieNode
  /** What stands before the first wildcard and after the last: most segments fail there. */
  readonly prefix: string
  readonly suffix: string
  /** What stands between them, by code points; undefined for a lone `*`, with which there is no more to compare. */
  readonly middle: string[] | undefined
}

/** A trie; `numbers` gives each name one number, so that a walk hashes a segment once however many nodes it is at. */
export interface Trie {
  readonly root: TrieNode
  readonly numbers: Map<string, number>
}

/** All of `patterns`, in the order of their lines. */
export function trieOf(patterns: readonly string[]): Trie {
  const trie = emptyTrie(patterns.length)
  for (let index = patterns.length - 1; index >= 0; index--) insert(trie, patterns[index] as string, index)
  return trie
}

/** A trie without patterns, for those with an index below `length`. */
export function emptyTrie(length: number): Trie {
  return { root: trieNode(length - 1), numbers: new Map() }
}

/** Adds a pattern. The last line comes first: what is met later can only be of a smaller index, so nothing is set twice. */
export function insert({ root, numbers }: Trie, pattern: string, index: number): void {
  const path = pathOfPattern(pattern)
  if (path === undefined) return
  let node = root
  for (const segment of path.segments) node = child(node, segment, numbers, index)
  if (node.exact < 0) node.exact = index
  if (path.subtree && node.below < 0) node.below = index
}

/** Where in `byEnd` a segment or a glob is, by its last UTF-16 unit; 0, which no segment ends in, for a wildcard. */
export function endKey(segment: string): number {
  return segment.charCodeAt(segment.length - 1)
}

function child(parent: TrieNode, segment: string, numbers: Map<string, number>, index: number): TrieNode {
  if (segment === '**') return (parent.deep ??= trieNode(index))
  if (segment === '*') return (parent.any ??= trieNode(index))
  if (!/[*?]/.test(segment)) {
    const number = entry(numbers, segment, () => numbers.size)
    return entry((parent.names ??= new Map()), number, () => trieNode(index))
  }
  const globs = (parent.globs ??= { byText: new Map(), byEnd: new Map() })
  return entry(globs.byText, segment, () => {
    const glob = globOf(segment, index)
    entry(globs.byEnd, glob.suffix === '' ? 0 : endKey(segment), () => []).push(glob)
    return glob
  }).node
}

function globOf(segment: string, index: number): Glob {
  const first = segment.search(/[*?]/)
  const last = Math.max(segment.lastIndexOf('*'), segment.lastIndexOf('?')) + 1
  const middle = segment.slice(first, last)
  return {
    node: trieNode(index),
    prefix: segment.slice(0, first),
    suffix: segment.slice(last),
    middle: middle === '*' || middle === '**' ? undefined : [...middle]
  }
}

function entry<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  let found = map.get(key)
  if (found === undefined) map.set(key, (found = create()))
  return found
}

// One literal, so that every node has one shape and reading it stays fast.
function trieNode(best: number): TrieNode {
  return {
    exact: -1,
    below: -1,
    best,
    seen: 0,
    names: undefined,
    globs: undefined,
    any: undefined,
    deep: undefined
  }
}
