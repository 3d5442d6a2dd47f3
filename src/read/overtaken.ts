// Which files the base branch has changed since a pull request's branch left it: git may merge both without a conflict.
import { statusOf } from './github.ts'
import type { Pull } from './pull.ts'
import { at, rememberCommit, treeAt } from './repository.ts'
import type { CommitNode, Repository } from './repository.ts'

/** Those of `paths` that are at `tip` another file, or of another mode, than where the branch last met the base branch. */
export async function readOvertaken(
  repository: Repository,
  pull: Pull,
  paths: readonly string[],
  tip: CommitNode
): Promise<string[]> {
  const met = await meetingOf(repository, pull, tip)
  // Unknown is no: what cannot be compared may have changed.
  if (met === null) return [...paths]
  if (met.sha === tip.sha) return []
  const [then, now] = await Promise.all([treeAt(repository, met.tree), treeAt(repository, tip.tree)])
  return paths.filter(path => {
    const [before, after] = [then.get(path), now.get(path)]
    return before?.sha !== after?.sha || before?.mode !== after?.mode
  })
}

/** The commit at which branch and base branch last met; null where GitHub shows none. */
async function meetingOf(repository: Repository, pull: Pull, tip: CommitNode): Promise<CommitNode | null> {
  try {
    const { data } = await repository.github.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
      ...at(repository),
      basehead: `${tip.sha}...${pull.head.sha}`,
      per_page: 1
    })
    const { sha, commit, parents } = data.merge_base_commit
    const node = { sha, tree: commit.tree.sha, parents: parents.map(parent => parent.sha) }
    rememberCommit(repository, node)
    return node
  } catch (error) {
    if (statusOf(error) === 404) return null
    throw error
  }
}
