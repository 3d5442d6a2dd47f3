// How a pull request's file came to main, read from git: GitHub's `merged` flag is a hint and no more (attacks #55–58).
import type { MergeFacts } from '../model/facts.ts'
import type { Pull } from './pull.ts'
import { commitAt, treeAt } from './repository.ts'
import type { CommitNode, Repository } from './repository.ts'

/** A rebase puts each commit on main by itself; the file came with one of the last ones. */
const deepest = 50

/** The merge that brought `path`; null while nothing says that there was one. */
export async function readMerge(
  repository: Repository,
  pull: Pull,
  tip: CommitNode,
  path: string
): Promise<MergeFacts | null> {
  if (!pull.merged || pull.mergeCommit === null) return null
  let commit = await commitAt(repository, pull.mergeCommit)
  for (let depth = 0; depth < deepest; depth += 1) {
    const parent = commit.parents[0]
    if (parent === undefined) break
    const before = (await treeAt(repository, (await commitAt(repository, parent)).tree)).get(path) ?? null
    const brought = commit.parents.length > 1 || before === null
    if (brought || depth === deepest - 1) {
      return {
        commit: commit.sha,
        firstParent: parent,
        // A merge names the head that it merged; a squash or a rebase is held to by the file's bytes alone.
        ofThisPull: commit.parents.length === 1 || commit.parents.includes(pull.head.sha),
        file: (await treeAt(repository, tip.tree)).get(path) ?? null,
        before
      }
    }
    commit = await commitAt(repository, parent)
  }
  return { commit: commit.sha, firstParent: commit.sha, ofThisPull: false, file: null, before: null }
}
