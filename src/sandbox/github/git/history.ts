// Local GitHub, git: questions about ancestry; merges, comparisons and "not a fast forward" are answered from here.
import type { Commit, GitRepository } from './repository.ts'

const generations = new WeakMap<GitRepository, Map<string, number>>()

/**
 * One more than the longest way down to a root. Walks go by it and not by dates: whoever commits chooses the dates, and
 * a walk in date order can be led astray by them.
 */
function generation(git: GitRepository, sha: string): number {
  const known = generations.get(git) ?? new Map<string, number>()
  generations.set(git, known)
  const stack = [sha]
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const parents = git.commit(top)?.parents ?? []
    const unknown = parents.filter(parent => !known.has(parent))
    if (unknown.length > 0) {
      stack.push(...unknown)
      continue
    }
    known.set(top, 1 + Math.max(0, ...parents.map(parent => known.get(parent) ?? 0)))
    stack.pop()
  }
  return known.get(sha) ?? 0
}

const [LEFT, RIGHT, BELOW] = [1, 2, 4]

interface Painted {
  /** Commits of the right side that the left does not reach. */
  onlyRight: Map<string, Commit>
  /** The best common ancestors. */
  common: Commit[]
}

/** Walks down from two commits at once until only shared history is ahead. */
function paint(git: GitRepository, left: string, right: string): Painted {
  const colours = new Map<string, number>()
  const waiting = new Map<string, number>()
  const add = (sha: string, colour: number): void => {
    colours.set(sha, (colours.get(sha) ?? 0) | colour)
    if (!waiting.has(sha)) waiting.set(sha, generation(git, sha))
  }
  add(left, LEFT)
  add(right, RIGHT)
  const painted: Painted = { onlyRight: new Map(), common: [] }
  while ([...waiting.keys()].some(sha => ((colours.get(sha) ?? 0) & BELOW) === 0)) {
    const [sha = ''] = [...waiting].reduce((a, b) => (b[1] > a[1] ? b : a))
    waiting.delete(sha)
    const colour = colours.get(sha) ?? 0
    const commit = git.commit(sha)
    if (commit === undefined) continue
    // All descendants have been seen (they are of a higher generation), so the colour is final.
    if (colour === (LEFT | RIGHT)) painted.common.push(commit)
    if (colour === RIGHT) painted.onlyRight.set(sha, commit)
    const below = (colour & (LEFT | RIGHT)) === (LEFT | RIGHT) ? LEFT | RIGHT | BELOW : colour
    for (const parent of commit.parents) add(parent, below)
  }
  return painted
}

/** All commits reachable from some others, newest first by commit date, as `git log` lists them. */
export function reachable(git: GitRepository, heads: string[]): Commit[] {
  const seen = new Set<string>()
  const queue: Commit[] = []
  const push = (sha: string): void => {
    const commit = seen.has(sha) ? undefined : git.commit(sha)
    seen.add(sha)
    if (commit !== undefined) queue.push(commit)
  }
  heads.forEach(push)
  const found: Commit[] = []
  while (queue.length > 0) {
    const newest = queue.reduce((best, c, i) => (c.committer.at > (queue[best]?.committer.at ?? 0) ? i : best), 0)
    const [commit] = queue.splice(newest, 1)
    if (commit === undefined) break
    found.push(commit)
    commit.parents.forEach(push)
  }
  return found
}

/** The commits of a pull request, oldest first with parents before children, as GitHub lists them. */
export function between(git: GitRepository, base: string, head: string): Commit[] {
  const members = paint(git, base, head).onlyRight
  const ordered: Commit[] = []
  const placed = new Set<string>()
  const stack: { commit: Commit; opened: boolean }[] = []
  const enter = (sha: string): void => {
    const commit = members.get(sha)
    if (commit !== undefined && !placed.has(sha)) stack.push({ commit, opened: false })
  }
  enter(head)
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    if (placed.has(top.commit.sha)) stack.pop()
    else if (top.opened) {
      stack.pop()
      placed.add(top.commit.sha)
      ordered.push(top.commit)
    } else {
      top.opened = true
      for (const parent of top.commit.parents.toReversed()) enter(parent)
    }
  }
  return ordered
}

/** Whether `ancestor` is `descendant` or one of its ancestors. */
export function isAncestor(git: GitRepository, ancestor: string, descendant: string): boolean {
  const floor = generation(git, ancestor)
  const seen = new Set<string>([descendant])
  const queue = [descendant]
  for (let sha = queue.pop(); sha !== undefined; sha = queue.pop()) {
    if (sha === ancestor) return true
    for (const parent of git.commit(sha)?.parents ?? []) {
      if (seen.has(parent) || generation(git, parent) < floor) continue
      seen.add(parent)
      queue.push(parent)
    }
  }
  return false
}

/** The best common ancestor of two commits; of several (criss-cross), the newest. Undefined for unrelated histories. */
export function mergeBase(git: GitRepository, left: string, right: string): string | undefined {
  const { common } = paint(git, left, right)
  return common.sort((a, b) => b.committer.at.getTime() - a.committer.at.getTime())[0]?.sha
}

/**
 * Copies everything reachable from `head` that `into` lacks: how a fork's commits come to its parent when a pull
 * request opens.
 */
export function copyHistory(from: GitRepository, into: GitRepository, head: string): void {
  const queue = [head]
  for (let sha = queue.pop(); sha !== undefined; sha = queue.pop()) {
    if (into.objects.read(sha) !== undefined) continue
    const object = from.objects.read(sha)
    if (object === undefined) continue
    into.objects.write(object.type, object.data)
    const commit = from.commit(sha)
    if (commit !== undefined) queue.push(commit.tree, ...commit.parents)
    for (const entry of from.tree(sha) ?? []) if (entry.type !== 'commit') queue.push(entry.sha)
  }
}
