// Opens the pull request that removes what has ended from main: one commit, made from main's tip, on a branch of ours.
import { statusOf } from '../read/github.ts'
import { at, knowsTree, rememberCommit, treeAt } from '../read/repository.ts'
import type { CommitNode, Repository } from '../read/repository.ts'
import { treeName } from '../read/tree-name.ts'

/** One revert pull request to be. `branch` is deterministic, so that a crash in between is continued and not repeated. */
export interface Revert {
  branch: string
  paths: string[]
  title: string
  body: string
  /** The last paragraph of its commits; like the title it holds no text of a person. */
  trailers: string
}

/** The revert pull request as it stands on GitHub. */
export interface OpenRevert {
  pull: number
  head: string
}

/** Prefix of the branches that are ours. */
export const endBranch = 'addendum/end/'

/** Makes the commit on `tip`, moves the branch to it and opens the pull request, or adopts what an earlier try left. */
export async function openRevert(repository: Repository, tip: CommitNode, revert: Revert): Promise<OpenRevert> {
  const head = await commitRemoval(repository, tip, revert)
  await pointBranch(repository, revert.branch, head)
  const pull = await createPull(repository, revert)
  return { pull, head }
}

async function commitRemoval(repository: Repository, tip: CommitNode, revert: Revert): Promise<string> {
  const tree = await removedTree(repository, tip, revert.paths)
  const { data: commit } = await repository.github.request('POST /repos/{owner}/{repo}/git/commits', {
    ...at(repository),
    message: `${revert.title}\n\n${revert.trailers}`,
    tree,
    parents: [tip.sha]
  })
  rememberCommit(repository, { sha: commit.sha, tree, parents: [tip.sha] })
  return commit.sha
}

/** The tree of `tip` without these files. Where it is main's as it was before they came, as it mostly is, GitHub has it already. */
async function removedTree(repository: Repository, tip: CommitNode, paths: string[]): Promise<string> {
  const gone = new Set(paths)
  const left = [...(await treeAt(repository, tip.tree)).values()].filter(entry => !gone.has(entry.path))
  const sha = treeName(left)
  if (knowsTree(repository, sha)) return sha
  const { data } = await repository.github.request('POST /repos/{owner}/{repo}/git/trees', {
    ...at(repository),
    base_tree: tip.tree,
    tree: paths.map(path => ({ path, mode: '100644' as const, type: 'blob' as const, sha: null }))
  })
  return data.sha
}

async function pointBranch(repository: Repository, branch: string, sha: string): Promise<void> {
  try {
    await repository.github.request('POST /repos/{owner}/{repo}/git/refs', {
      ...at(repository),
      ref: `refs/heads/${branch}`,
      sha
    })
  } catch (error) {
    if (statusOf(error) !== 422) throw error
    // Left by a try that was cut off, or put there by somebody: the name is ours, and what it holds is what we say.
    await repository.github.request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', {
      ...at(repository),
      ref: `heads/${branch}`,
      sha,
      force: true
    })
  }
}

async function createPull(repository: Repository, revert: Revert): Promise<number> {
  try {
    const { data } = await repository.github.request('POST /repos/{owner}/{repo}/pulls', {
      ...at(repository),
      title: revert.title,
      body: revert.body,
      head: revert.branch,
      base: repository.defaultBranch
    })
    return data.number
  } catch (error) {
    if (statusOf(error) !== 422) throw error
    const { data } = await repository.github.request('GET /repos/{owner}/{repo}/pulls', {
      ...at(repository),
      state: 'open',
      head: `${repository.owner}:${revert.branch}`,
      base: repository.defaultBranch
    })
    const open = data[0]
    if (open === undefined) throw error
    return open.number
  }
}

/** Deletes a merged branch of ours, where GitHub does not by itself. Already gone is fine. */
export async function deleteBranch(repository: Repository, branch: string): Promise<void> {
  if (repository.deletesMergedBranches) return
  try {
    await repository.github.request('DELETE /repos/{owner}/{repo}/git/refs/{ref}', {
      ...at(repository),
      ref: `heads/${branch}`
    })
  } catch (error) {
    if (statusOf(error) !== 422 && statusOf(error) !== 404) throw error
  }
}
