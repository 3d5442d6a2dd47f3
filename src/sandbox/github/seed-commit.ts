// Local GitHub, beginning: commits as somebody with a clone makes them, and the push that brings them.
import type { Signature } from './git/repository.ts'
import { editTree } from './git/trees.ts'
import { tendQueue } from './merge-queue.ts'
import { moveRef } from './movement.ts'
import type { Account, Repository } from './store.ts'
import { noReply } from './world.ts'
import type { World } from './world.ts'

/** Writes the first commit of a repository on its default branch; nobody is told. */
export function firstCommit(
  world: World,
  r: Repository,
  files: Record<string, string>,
  { by, message }: { by: Account; message: string }
): void {
  const git = world.git(r)
  const author = signature(world, by)
  const tree = editTree(git, undefined, edits(world, r, files))
  const sha = git.writeCommit({ tree, parents: [], message, author, committer: author })
  git.refs.set(`refs/heads/${r.defaultBranch}`, sha)
}

/** Writes one commit on a branch and pushes it; a branch that is new, or forced, starts at the default one. */
export function pushCommit(
  world: World,
  r: Repository,
  branch: string,
  files: Record<string, string | null>,
  details: {
    by: Account
    message?: string
    author?: { name: string; email: string }
    parents?: string[]
    force?: boolean
  }
): string {
  const { by, message, author, parents, force } = details
  const git = world.git(r)
  const ref = `refs/heads/${branch}`
  const before = git.refs.get(ref)
  const start = before !== undefined && force !== true ? before : git.refs.get(`refs/heads/${r.defaultBranch}`)
  const signed = { ...signature(world, by), ...author }
  const first = parents?.[0] ?? start
  const sha = git.writeCommit({
    tree: editTree(git, git.commit(first ?? '')?.tree, edits(world, r, files)),
    parents: parents ?? (start === undefined ? [] : [start]),
    message: message ?? `Change ${Object.keys(files).join(', ')}`,
    author: signed,
    committer: signed
  })
  moveRef(world, r, { ref, after: sha, actor: by })
  tendQueue(world, r)
  return sha
}

function signature(world: World, by: Account): Signature {
  return { name: by.name ?? by.login, email: by.email ?? noReply(by), at: world.now(), zone: '+0000' }
}

/** Files as edits of a tree; null removes. */
function edits(
  world: World,
  r: Repository,
  files: Record<string, string | null>
): Map<string, { mode: string; sha: string } | null> {
  const git = world.git(r)
  return new Map(
    Object.entries(files).map(([path, text]) => [
      path,
      text === null ? null : { mode: '100644', sha: git.writeBlob(Buffer.from(text)) }
    ])
  )
}
