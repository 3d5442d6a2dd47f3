// The merge queue of main, as far as REST shows it: its groups, by their branches, and the steps that each is made of.
import type { TreeEntry } from '../model/facts.ts'
import { firstParents, prefetch } from './main.ts'
import { at, commitAt } from './repository.ts'
import type { CommitNode, Repository, Tree } from './repository.ts'

/** One merge group: the commit that main would become, and the pull request that its branch is named after. */
export interface MergeGroup {
  pull: number
  head: string
}

/** A queue builds no more at once (REST: rule `merge_queue`, `max_entries_to_build`). */
const mostGroups = 100

/**
 * The groups that wait for their checks. A queue makes a branch for each, `gh-readonly-queue/<base>/pr-<number>-<sha>`
 * (GitHub docs: managing a merge queue). The name is a hint and no more: anybody who may push might have made it.
 */
export async function readGroups(repository: Repository): Promise<MergeGroup[]> {
  const prefix = `heads/gh-readonly-queue/${repository.defaultBranch}/`
  const found = new Map<string, MergeGroup>()
  for (let page = 1; ; page += 1) {
    const { data } = await repository.github.request('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', {
      ...at(repository),
      ref: prefix,
      per_page: 100,
      page
    })
    const before = found.size
    for (const { ref, object } of data) {
      const number = /^pr-(\d{1,15})-[0-9a-f]{40,64}$/.exec(ref.slice(`refs/${prefix}`.length))?.[1]
      if (number !== undefined) found.set(ref, { pull: Number(number), head: object.sha })
    }
    // GitHub's description knows no pages here: then every page is the same.
    if (data.length < 100 || found.size === before || found.size >= mostGroups) {
      return [...found.values()].slice(0, mostGroups)
    }
  }
}

/**
 * The heads of all open pull requests. No group is one of these: what its branch claims of such a commit would stand in the
 * place of what is said of the pull request.
 */
export async function readOpenHeads(repository: Repository): Promise<Set<string>> {
  const heads = new Set<string>()
  for (let page = 1; ; page += 1) {
    const { data } = await repository.github.request('GET /repos/{owner}/{repo}/pulls', {
      ...at(repository),
      state: 'open',
      per_page: 100,
      page
    })
    for (const { head } of data) heads.add(head.sha)
    if (data.length < 100) return heads
  }
}

/** What one member of a group brings: the first-parent commits from `from` (exclusive) to `to`. */
export interface GroupStep {
  /** Null: no branch, or more than one, says whose it is. */
  pull: number | null
  from: CommitNode
  to: CommitNode
}

/** A rebased member may have several commits. */
const longest = 250

/**
 * The steps of a group, oldest first; null where it does not stand on main. Empty, so that nothing is said of it, where
 * main has it already or has moved past where it stands: a queue makes such a group anew, and by the rules of then nothing
 * is judged any more (attack #60). A later group stands on the one ahead of it, whose branch says where its step ends.
 * `tip` must be read after `groups`: a group that merged meanwhile is then found on main.
 */
export async function stepsOfGroup(
  repository: Repository,
  head: string,
  { groups, tip }: { groups: readonly MergeGroup[]; tip: CommitNode }
): Promise<GroupStep[] | null> {
  const main = new Set((await firstParents(repository, tip)).map(({ sha }) => sha))
  const heads = Map.groupBy(groups, group => group.head)
  const steps: GroupStep[] = []
  let node = await commitAt(repository, head)
  let open: Omit<GroupStep, 'from'> | undefined
  for (let depth = 0; depth < longest; depth += 1) {
    const named = heads.get(node.sha)
    const over = main.has(node.sha)
    if (open !== undefined && (named !== undefined || over)) steps.unshift({ ...open, from: node })
    if (over) return node.sha === tip.sha ? steps : []
    if (named !== undefined) open = { pull: named.length === 1 ? (named[0]?.pull ?? null) : null, to: node }
    const parent = node.parents[0]
    if (parent === undefined) return null
    if (depth === 3) await prefetch(repository, node.sha)
    node = await commitAt(repository, parent)
  }
  return null
}

/** Every path that differs between two trees, as it is in the second; null: it is gone. */
export function changedBetween(before: Tree, after: Tree): Record<string, TreeEntry | null> {
  const differs = (path: string): boolean => {
    const [old, now] = [before.get(path), after.get(path)]
    return old?.sha !== now?.sha || old?.mode !== now?.mode
  }
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter(differs)
  return Object.fromEntries(paths.map(path => [path, after.get(path) ?? null]))
}
