// Which lines of CODEOWNERS can never win, since a later line takes all that they match: for `addendum lint`.
import { globMatches } from './codeowners-matcher.ts'
import { pathOfPattern } from './codeowners-pattern.ts'
import { emptyTrie, endKey, insert } from './codeowners-trie.ts'
import type { Globs, Trie, TrieNode } from './codeowners-trie.ts'

/** How many nodes and globs are looked at for one file: ten times what 3 MB of plain lines take. */
const maxSteps = 5_000_000

/**
 * For each pattern, in the order of their lines, the index of the last later pattern that matches whatever it matches;
 * -1 where there is none, or where that is not certain: several lines that cover it only together are not looked for, nor
 * a glob within a glob. Bounded in time for any file.
 */
export function coversOf(patterns: readonly string[]): number[] {
  const trie = emptyTrie(patterns.length)
  const budget = { steps: maxSteps }
  const covers = patterns.map(() => -1)
  for (let index = patterns.length - 1; index >= 0; index--) {
    const pattern = patterns[index] as string
    covers[index] = coverOf(trie, pattern, budget)
    insert(trie, pattern, index)
  }
  return covers
}

interface Budget {
  steps: number
}

// The matcher's walk with a pattern in place of a path. What a pattern leaves open, only what leaves as much open takes:
// `*` is taken by `*` and `**`, another glob by the same glob too, and `**` by `**` alone. All that is in the trie is
// of later lines.
function coverOf(trie: Trie, pattern: string, budget: Budget): number {
  const path = pathOfPattern(pattern)
  if (path === undefined) return -1
  let best = -1
  let reached: TrieNode[] = [trie.root]
  const deep = new Set<TrieNode>()
  for (const [i, segment] of path.segments.entries()) {
    for (const node of reached) if (node.deep !== undefined) deep.add(node.deep)
    // It may stand for no segment or for a hundred: only who is at a `**` is there in either case.
    if (segment === '**') reached = []
    else {
      const from = [...reached, ...deep]
      reached = from.flatMap(node => takes(node, segment, trie.numbers, budget))
      const ends = i === path.segments.length - 1 && !path.subtree
      best = reached.reduce((most, node) => Math.max(most, ends ? node.exact : node.below), best)
    }
    if (budget.steps <= 0) return -1
  }
  return best
}

function takes(from: TrieNode, segment: string, numbers: Map<string, number>, budget: Budget): TrieNode[] {
  budget.steps--
  const found = from.any === undefined ? [] : [from.any]
  const number = numbers.get(segment)
  const named = number === undefined ? undefined : from.names?.get(number)
  if (named !== undefined) found.push(named)
  return from.globs === undefined ? found : [...found, ...globsFor(from.globs, segment, budget)]
}

function globsFor({ byText, byEnd }: Globs, segment: string, budget: Budget): TrieNode[] {
  const same = byText.get(segment)
  if (/[*?]/.test(segment)) return same === undefined ? [] : [same.node]
  const globs = [byEnd.get(endKey(segment)), byEnd.get(0)].flatMap(list => list ?? [])
  budget.steps -= globs.length
  return globs.filter(glob => globMatches(glob, segment)).map(glob => glob.node)
}
