// Which files the base branch has changed since a pull request's branch left it: git may merge both without a conflict.
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
  const { data } = await repository.github.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
    ...at(repository),
    basehead: `${tip.sha}...${pull.head.sha}`,
    per_page: 1
  })
  const { sha, commit, parents } = data.merge_base_commit
  rememberCommit(repository, { sha, tree: commit.tree.sha, parents: parents.map(parent => parent.sha) })
  if (sha === tip.sha) return []
  const [then, now] = await Promise.all([treeAt(repository, commit.tree.sha), treeAt(repository, tip.tree)])
  return paths.filter(path => {
    const [before, after] = [then.get(path), now.get(path)]
    return before?.sha !== after?.sha || before?.mode !== after?.mode
  })
}
