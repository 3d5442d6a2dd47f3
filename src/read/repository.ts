// The access repository and the git objects in it, read over REST. Everything here is named by its SHA and never changes.
import { LRUCache } from 'lru-cache'
import type { Blob, TreeEntry } from '../model/facts.ts'
import { Fault } from '../model/fault.ts'
import type { GitHub } from './github.ts'

/** One access repository of one installation. */
export interface Repository {
  github: GitHub
  installation: number
  id: number
  owner: string
  name: string
  defaultBranch: string
  /** GitHub deletes a merged branch by itself. */
  deletesMergedBranches: boolean
  /** The app's own id: what its checks are pinned to. */
  app: number
  /** The app's own numeric user id and login (`slug[bot]`). */
  bot: { id: number; login: string }
}

/** What to call the repository by in REST routes. */
export function at(repository: Repository): { owner: string; repo: string } {
  return { owner: repository.owner, repo: repository.name }
}

/** A commit as far as the walk of main needs it. */
export interface CommitNode {
  sha: string
  tree: string
  parents: string[]
}

/** Every entry of a tree that is not itself a tree, by path. */
export type Tree = ReadonlyMap<string, TreeEntry>

/** The tip of the default branch now. */
export async function tipOf(repository: Repository): Promise<CommitNode> {
  const { data } = await repository.github.request('GET /repos/{owner}/{repo}/branches/{branch}', {
    ...at(repository),
    branch: repository.defaultBranch
  })
  const node = {
    sha: data.commit.sha,
    tree: data.commit.commit.tree.sha,
    parents: data.commit.parents.flatMap(parent => (parent.sha === undefined ? [] : [parent.sha]))
  }
  nodesOf(repository).set(node.sha, node)
  return node
}

const nodes = new WeakMap<GitHub, Map<string, CommitNode>>()

function nodesOf(repository: Repository): Map<string, CommitNode> {
  let known = nodes.get(repository.github)
  if (known === undefined) nodes.set(repository.github, (known = new Map()))
  if (known.size > 20_000) known.clear()
  return known
}

/** One commit, by SHA; asked for at most once. */
export async function commitAt(repository: Repository, sha: string): Promise<CommitNode> {
  const known = nodesOf(repository)
  const found = known.get(sha)
  if (found !== undefined) return found
  const { data } = await repository.github.request('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', {
    ...at(repository),
    commit_sha: sha
  })
  const node = { sha: data.sha, tree: data.tree.sha, parents: data.parents.map(parent => parent.sha) }
  known.set(sha, node)
  return node
}

/** Remembers a commit that another answer told in passing, so that it is not asked for again. */
export function rememberCommit(repository: Repository, node: CommitNode): void {
  nodesOf(repository).set(node.sha, node)
}

/** Whether a commit that GitHub has shown us has this tree: it can be used again, and need not be made. */
export function knowsTree(repository: Repository, sha: string): boolean {
  return [...nodesOf(repository).values()].some(node => node.tree === sha)
}

const trees = new WeakMap<GitHub, LRUCache<string, Tree>>()

/** Remembers a tree that was worked out, by the name that git gives it. */
export function rememberTree(repository: Repository, sha: string, tree: Tree): void {
  const known = trees.get(repository.github) ?? new LRUCache({ maxSize: 200_000, sizeCalculation: one => one.size + 1 })
  trees.set(repository.github, known)
  known.set(sha, tree)
}

/** The whole tree under a tree or commit SHA. A truncated answer is a Fault: what is not seen cannot be judged. */
export async function treeAt(repository: Repository, sha: string): Promise<Tree> {
  const known = trees.get(repository.github)?.get(sha)
  if (known !== undefined) return known
  const { data } = await repository.github.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', {
    ...at(repository),
    tree_sha: sha,
    recursive: '1'
  })
  if (data.truncated)
    throw new Fault('github.truncated', 'The tree of the access repository is too large to be read whole')
  const entries = data.tree.flatMap(entry => {
    const { path, mode, sha: name, type } = entry
    if (path === undefined || mode === undefined || name === undefined || name === null || type === 'tree') return []
    return [[path, { path, mode, sha: name }] as const]
  })
  return new Map(entries)
}

/** The bytes of a blob. */
export async function bytesAt(repository: Repository, sha: string): Promise<Uint8Array> {
  const { data } = await repository.github.request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', {
    ...at(repository),
    file_sha: sha
  })
  if (data.encoding !== 'base64') throw new Fault('github.truncated', `A file came as ${data.encoding} and not whole`)
  return Buffer.from(data.content, 'base64')
}

/** One file of a tree, read whole; null where the tree has none at that path. */
export async function blobIn(
  repository: Repository,
  tree: Tree,
  path: string
): Promise<(Blob & { bytes: Uint8Array }) | null> {
  const entry = tree.get(path)
  // A submodule names a commit of elsewhere and has no bytes here (attack #40).
  if (entry === undefined || entry.mode === '160000') return null
  const bytes = await bytesAt(repository, entry.sha)
  return { ...entry, bytes, text: Buffer.from(bytes).toString('utf8') }
}
