// The rules that judge a pull request: contract, directory, settings and CODEOWNERS as they stand at one commit of the base branch.
import { codeownersPaths, parseCodeowners } from '../model/codeowners.ts'
import { parseContract } from '../model/contract.ts'
import { parseDirectory } from '../model/directory.ts'
import type { Read, RequestFacts } from '../model/facts.ts'
import type { Parsed, Source } from '../model/problem.ts'
import { parseSettings } from '../model/settings.ts'
import { blobIn, treeAt } from './repository.ts'
import type { CommitNode, Repository, Tree } from './repository.ts'

/** The rules of one commit. */
export type Rules = RequestFacts['rules']

/** Reads the rules at `commit`; `contract` is the id that the request's path names. Never the pull request's own copy (attack #32). */
export async function readRules(repository: Repository, commit: CommitNode, contract: string): Promise<Rules> {
  const tree = await treeAt(repository, commit.tree)
  const [contractRead, directory, settings, codeowners] = await Promise.all([
    readDocument(repository, tree, `contracts/${contract}.yml`, parseContract),
    readDocument(repository, tree, 'directory.yml', parseDirectory),
    readSettings(repository, tree),
    readCodeowners(repository, tree)
  ])
  return { commit: commit.sha, contract: contractRead, directory, settings, codeowners }
}

/** The settings at a tree; `blob` null means that this is not an access repository. */
export function readSettings(repository: Repository, tree: Tree): Promise<Rules['settings']> {
  return readDocument(repository, tree, '.github/addendum.yml', parseSettings)
}

async function readDocument<T>(
  repository: Repository,
  tree: Tree,
  path: string,
  parse: (file: string, text: Source) => Parsed<T>
): Promise<Read<T>> {
  const blob = await blobIn(repository, tree, path)
  // A symbolic link would be read as what it points at by others; here it is not a document (attack #40).
  if (blob === null || blob.mode !== '100644') return { path, blob: null, parsed: null }
  return { path, blob: blob.sha, parsed: parse(path, blob.bytes) }
}

/** CODEOWNERS from the first of its three places that has one, as GitHub looks for it. */
export async function readCodeowners(repository: Repository, tree: Tree): Promise<Rules['codeowners']> {
  const path = codeownersPaths.find(place => tree.has(place))
  const blob = path === undefined ? null : await blobIn(repository, tree, path)
  // What a link or a submodule stands for is for GitHub to say, and is not documented: nobody owns anything (attack #40).
  const plain = blob?.mode === '100644' || blob?.mode === '100755'
  if (path === undefined || blob === null || !plain) return { path: null, blob: null, parsed: null }
  return { path, blob: blob.sha, parsed: parseCodeowners(blob.text) }
}
