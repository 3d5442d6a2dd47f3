// Local GitHub, git: folders as paths: look up, list, edit many at once, merge three; contents and merges use it.
import { typeOfMode } from './repository.ts'
import type { GitRepository, TreeEntry } from './repository.ts'

/** A tree entry under its full path. */
export interface PathEntry extends Omit<TreeEntry, 'name'> {
  path: string
}

/** The entry at `path` (no leading slash); the empty path is the tree itself. Undefined when there is none. */
export function entryAt(git: GitRepository, tree: string, path: string): PathEntry | undefined {
  let entry: PathEntry = { path, mode: '040000', sha: tree, type: 'tree' }
  for (const part of path.split('/').filter(p => p !== '')) {
    const next = entry.type === 'tree' ? git.tree(entry.sha)?.find(e => e.name === part) : undefined
    if (next === undefined) return undefined
    entry = { path, mode: next.mode, sha: next.sha, type: next.type }
  }
  return entry
}

/** Every entry below a tree, folders included, in git's order. */
export function* walk(git: GitRepository, tree: string, prefix = ''): Generator<PathEntry> {
  for (const { name, ...entry } of git.tree(tree) ?? []) {
    yield { ...entry, path: prefix + name }
    if (entry.type === 'tree') yield* walk(git, entry.sha, `${prefix}${name}/`)
  }
}

/** What to put at a path; null removes it. */
export type Edit = { mode: string; sha: string } | null

/** Writes a tree that is `base` with the edits made; folders that become empty vanish. */
export function editTree(git: GitRepository, base: string | undefined, edits: Map<string, Edit>): string {
  const entries = new Map((base === undefined ? [] : (git.tree(base) ?? [])).map(e => [e.name, e]))
  const below = new Map<string, Map<string, Edit>>()
  for (const [path, edit] of edits) {
    const slash = path.indexOf('/')
    if (slash < 0) {
      if (edit === null) entries.delete(path)
      else entries.set(path, { ...edit, name: path, type: typeOfMode(edit.mode) })
    } else {
      const name = path.slice(0, slash)
      below.set(name, (below.get(name) ?? new Map<string, Edit>()).set(path.slice(slash + 1), edit))
    }
  }
  for (const [name, inner] of below) {
    const held = entries.get(name)
    const sha = editTree(git, held?.type === 'tree' ? held.sha : undefined, inner)
    if (git.tree(sha)?.length === 0) entries.delete(name)
    else entries.set(name, { mode: '040000', name, sha, type: 'tree' })
  }
  return git.writeTree([...entries.values()])
}

/** The outcome of a three-way merge: a tree, or the paths that both sides changed differently. */
export type Merged = { tree: string; conflicts: [] } | { tree: undefined; conflicts: string[] }

/**
 * Merges two trees over their base, file by file: a path that both sides changed, differently, is a conflict. (GitHub
 * also merges within one file; this stand-in is stricter, which fits a repository whose files are never edited in two
 * places.)
 */
export function mergeTrees(git: GitRepository, base: string | undefined, ours: string, theirs: string): Merged {
  const conflicts: string[] = []
  const tree = mergeFolder(git, base, ours, theirs, '', conflicts)
  return conflicts.length > 0 ? { tree: undefined, conflicts } : { tree, conflicts: [] }
}

function mergeFolder(
  git: GitRepository,
  base: string | undefined,
  ours: string | undefined,
  theirs: string | undefined,
  prefix: string,
  conflicts: string[]
): string {
  const [b, o, t] = [base, ours, theirs].map(
    sha => new Map((sha === undefined ? [] : (git.tree(sha) ?? [])).map(e => [e.name, e]))
  )
  const result: TreeEntry[] = []
  for (const name of new Set([...(o?.keys() ?? []), ...(t?.keys() ?? [])])) {
    const [was, our, their] = [b?.get(name), o?.get(name), t?.get(name)]
    if (same(our, their) || same(was, their)) {
      if (our !== undefined) result.push(our)
    } else if (same(was, our)) {
      if (their !== undefined) result.push(their)
    } else if ([was, our, their].every(e => e === undefined || e.type === 'tree')) {
      const sha = mergeFolder(git, was?.sha, our?.sha, their?.sha, `${prefix}${name}/`, conflicts)
      if ((git.tree(sha)?.length ?? 0) > 0) result.push({ mode: '040000', name, sha, type: 'tree' })
    } else conflicts.push(prefix + name)
  }
  return git.writeTree(result)
}

const same = (a: TreeEntry | undefined, b: TreeEntry | undefined): boolean => a?.sha === b?.sha && a?.mode === b?.mode
