// The first-parent history of main: every step that the ledger has not recorded yet, and what came and went with it.
import type { TreeEntry } from '../model/facts.ts'
import { Fault } from '../model/fault.ts'
import { placeOf } from '../model/place.ts'
import { at, commitAt, rememberCommit, treeAt } from './repository.ts'
import type { CommitNode, Repository, Tree } from './repository.ts'

/** One first-parent step of main, and the files of requests and amendments that came or went with it. */
export interface MainStep {
  from: string
  to: CommitNode
  /** The merged pull request that made it; null: nobody's, a direct push. */
  pr: number | null
  added: TreeEntry[]
  /** Gone, or there with other bytes: such a file is never edited (attack #42). */
  removed: TreeEntry[]
}

/** Merge commits of which we know the pull request already, since we merged it or read it. */
export type KnownMerges = ReadonlyMap<string, number>

const longest = 5_000

/**
 * The steps from `from` (exclusive) to `tip`, oldest first. When `from` is not on the first-parent line of `tip`,
 * history was rewritten: a Fault that stops every new grant and asks for a person (reliability fault 45).
 */
export async function stepsOf(
  repository: Repository,
  from: string,
  tip: CommitNode,
  known: KnownMerges
): Promise<MainStep[]> {
  const line: CommitNode[] = []
  let node = tip
  while (node.sha !== from) {
    const parent = node.parents[0]
    if (parent === undefined || line.length > longest) {
      throw new Fault(
        'ledger.broken',
        `main no longer descends from ${from.slice(0, 12)}, where the ledger last saw it`,
        { retry: true }
      )
    }
    line.push(node)
    if (parent === from) break
    if (line.length === 1) await prefetch(repository, tip.sha)
    node = await commitAt(repository, parent)
  }
  line.reverse()
  const steps: MainStep[] = []
  let before = from
  for (const to of line) {
    steps.push(await stepOf(repository, before, to, known))
    before = to.sha
  }
  return steps
}

async function stepOf(repository: Repository, from: string, to: CommitNode, known: KnownMerges): Promise<MainStep> {
  const [old, now] = await Promise.all([
    treeAt(repository, (await commitAt(repository, from)).tree),
    treeAt(repository, to.tree)
  ])
  const pr = known.get(to.sha) ?? (await pullOf(repository, to.sha))
  return { from, to, pr, added: missing(now, old), removed: missing(old, now) }
}

/** Files of requests and amendments in `tree` that `other` does not have with the same mode and bytes. */
function missing(tree: Tree, other: Tree): TreeEntry[] {
  return [...tree.values()].filter(entry => {
    const kind = placeOf(entry.path)?.kind
    if (kind !== 'request' && kind !== 'amendment') return false
    const twin = other.get(entry.path)
    return twin === undefined || twin.sha !== entry.sha || twin.mode !== entry.mode
  })
}

/** A queue builds on what main is; what it was so long ago is no base of anything. */
const recent = 30

/** The newest commits of main's first-parent line, `tip` first. */
export async function firstParents(repository: Repository, tip: CommitNode): Promise<CommitNode[]> {
  await prefetch(repository, tip.sha)
  const line = [tip]
  for (let parent = tip.parents[0]; parent !== undefined && line.length < recent;) {
    const node = await commitAt(repository, parent)
    line.push(node)
    parent = node.parents[0]
  }
  return line
}

/** Remembers the hundred commits that GitHub lists from `sha` on, so that they are not asked for one by one. */
export async function prefetch(repository: Repository, sha: string): Promise<void> {
  const { data } = await repository.github.request('GET /repos/{owner}/{repo}/commits', {
    ...at(repository),
    sha,
    per_page: 100
  })
  for (const { sha: name, commit, parents } of data) {
    rememberCommit(repository, { sha: name, tree: commit.tree.sha, parents: parents.map(parent => parent.sha) })
  }
}

/** The merged pull request whose merge made `sha` on the default branch; null when there is none. */
export async function pullOf(repository: Repository, sha: string): Promise<number | null> {
  const { data } = await repository.github.request('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', {
    ...at(repository),
    commit_sha: sha
  })
  const merged = data.filter(pull => pull.merged_at !== null && pull.base.ref === repository.defaultBranch)
  return (merged.find(pull => pull.merge_commit_sha === sha) ?? merged[0])?.number ?? null
}

/** The commit on main that last touched `path`, and the pull request that it came by. */
export async function introducedBy(
  repository: Repository,
  path: string,
  tip: string
): Promise<{ commit: string | null; pr: number | null }> {
  const { data } = await repository.github.request('GET /repos/{owner}/{repo}/commits', {
    ...at(repository),
    sha: tip,
    path,
    per_page: 1
  })
  const commit = data[0]?.sha ?? null
  return { commit, pr: commit === null ? null : await pullOf(repository, commit) }
}
