// What git would name a tree: so that a tree that can be worked out is known without being asked for.
import { gitTreeSha } from '../model/digest.ts'
import type { GitTreeEntry } from '../model/digest.ts'
import type { Change, Known, TreeEntry } from '../model/facts.ts'
import { rememberTree, treeAt } from './repository.ts'
import type { Repository } from './repository.ts'

/** What git names a tree with these files; a directory that has none is not there. */
export function treeName(files: readonly TreeEntry[]): string {
  const entries: GitTreeEntry[] = []
  const below = new Map<string, TreeEntry[]>()
  for (const { path, mode, sha } of files) {
    const slash = path.indexOf('/')
    if (slash < 0) entries.push({ mode, name: path, sha })
    else {
      const name = path.slice(0, slash)
      const inside = below.get(name) ?? []
      inside.push({ path: path.slice(slash + 1), mode, sha })
      below.set(name, inside)
    }
  }
  for (const [name, inside] of below) entries.push({ mode: '40000', name, sha: treeName(inside) })
  return gitTreeSha(entries)
}

/**
 * Where `tree` is the tree of `base` and the one plain file that `changes` adds, remembers it, so that it is not asked for.
 * Its name proves it: git names a tree by modes, paths and blobs of all that is in it. Where it is anything else (another
 * mode, a branch that began elsewhere, a list that is wrong) the name is another, and nothing is remembered.
 */
export async function rememberAdded(
  repository: Repository,
  tree: string,
  { base, changes }: { base: string; changes: Known<Change[]> }
): Promise<void> {
  const [added, ...others] = changes.known ? changes.value : []
  if (added?.status !== 'added' || added.sha === undefined || others.length > 0) return
  const { path, sha } = added
  const files = new Map(await treeAt(repository, base)).set(path, { path, mode: '100644', sha })
  if (treeName([...files.values()]) === tree) rememberTree(repository, tree, files)
}
