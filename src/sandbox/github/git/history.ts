// Local GitHub, git: questions about ancestry; merges, comparisons and "not a fast forward" are answered from here.
import type { Commit, GitRepository } from './repository.ts'

/**
 * All commits reachable from `heads` and from none of `excluded`, newest first (by commit date, then topologically).
 */
export function reachable(git: GitRepository, heads: string[], excluded: string[] = []): Commit[] {
  const hidden = closure(git, excluded)
  const seen = new Set<string>()
  const queue: Commit[] = []
  const push = (sha: string): void => {
    if (seen.has(sha) || hidden.has(sha)) return
    seen.add(sha)
    const commit = git.commit(sha)
    if (commit !== undefined) queue.push(commit)
  }
  heads.forEach(push)
  const found: Commit[] = []
  while (queue.length > 0) {
    let newest = 0
    queue.forEach((c, i) => {
      if (c.committer.at > (queue[newest]?.committer.at ?? c.committer.at)) newest = i
    })
    const [commit] = queue.splice(newest, 1)
    if (commit === undefined) break
    found.push(commit)
    commit.parents.forEach(push)
  }
  return found
}

/** The commits of a pull request, oldest first with parents before children, as GitHub lists them. */
export function between(git: GitRepository, base: string, head: string): Commit[] {
  const members = new Map(reachable(git, [head], [base]).map(c => [c.sha, c]))
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
  const seen = new Set<string>([descendant])
  const queue = [descendant]
  for (let sha = queue.shift(); sha !== undefined; sha = queue.shift()) {
    if (sha === ancestor) return true
    for (const parent of git.commit(sha)?.parents ?? []) {
      if (!seen.has(parent)) {
        seen.add(parent)
        queue.push(parent)
      }
    }
  }
  return false
}

/** The best common ancestor of two commits; of several (criss-cross), the newest. Undefined for unrelated histories. */
export function mergeBase(git: GitRepository, left: string, right: string): string | undefined {
  if (left === right) return left
  if (git.commit(right)?.parents.includes(left)) return left
  const lefts = closure(git, [left])
  const shared: Commit[] = []
  const seen = new Set<string>([right])
  const queue = [right]
  for (let sha = queue.shift(); sha !== undefined; sha = queue.shift()) {
    const commit = git.commit(sha)
    if (commit === undefined) continue
    if (lefts.has(sha)) {
      shared.push(commit) // its ancestors are shared too, and never better
      continue
    }
    for (const parent of commit.parents) {
      if (!seen.has(parent)) {
        seen.add(parent)
        queue.push(parent)
      }
    }
  }
  const best =
    shared.length < 2
      ? shared
      : shared.filter(c => !shared.some(other => other !== c && isAncestor(git, c.sha, other.sha)))
  return best.sort((a, b) => b.committer.at.getTime() - a.committer.at.getTime())[0]?.sha
}

function closure(git: GitRepository, heads: string[]): Set<string> {
  const seen = new Set(heads)
  const queue = [...heads]
  for (let sha = queue.pop(); sha !== undefined; sha = queue.pop()) {
    for (const parent of git.commit(sha)?.parents ?? []) {
      if (!seen.has(parent)) {
        seen.add(parent)
        queue.push(parent)
      }
    }
  }
  return seen
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
