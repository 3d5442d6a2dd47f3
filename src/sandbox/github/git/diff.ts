// Local GitHub, git: what changed between two trees or texts; pull request files and comparisons are made of it.
import type { GitRepository, TreeEntry } from './repository.ts'
import { walk } from './trees.ts'

/**
 * One changed file, with GitHub's words for its status. `sha` is the blob on the new side (of a removed file, the old
 * one).
 */
export interface FileChange {
  path: string
  previousPath: string | undefined
  status: 'added' | 'modified' | 'removed' | 'renamed'
  sha: string
  additions: number
  deletions: number
  patch: string | undefined
}

interface Side {
  mode: string
  sha: string
}

/**
 * The changed files from tree `before` to tree `after`, sorted by path; renames (same content, or half alike) are
 * found.
 */
export function changedFiles(git: GitRepository, before: string | undefined, after: string): FileChange[] {
  const old = new Map<string, Side>()
  const fresh = new Map<string, Side>()
  collect(git, before, after, '', old, fresh)
  const added = [...fresh.keys()].filter(path => !old.has(path))
  const removed = new Set([...old.keys()].filter(path => !fresh.has(path)))
  const renamedFrom = pairRenames(git, added, removed, old, fresh)
  const changes: FileChange[] = []
  for (const [path, side] of fresh) {
    const from = renamedFrom.get(path)
    const was = old.get(from ?? path)
    const status = from !== undefined ? 'renamed' : was === undefined ? 'added' : 'modified'
    changes.push({
      path,
      previousPath: from,
      status,
      sha: side.sha,
      ...textDiff(text(git, was?.sha), text(git, side.sha))
    })
  }
  for (const path of removed) {
    const sha = old.get(path)?.sha ?? ''
    changes.push({ path, previousPath: undefined, status: 'removed', sha, ...textDiff(text(git, sha), '') })
  }
  return changes.sort((a, b) => (a.path < b.path ? -1 : 1))
}

function collect(
  git: GitRepository,
  before: string | undefined,
  after: string | undefined,
  prefix: string,
  old: Map<string, Side>,
  fresh: Map<string, Side>
): void {
  if (before === after) return
  const entries = (sha: string | undefined): Map<string, TreeEntry> =>
    new Map((sha === undefined ? [] : (git.tree(sha) ?? [])).map(e => [e.name, e]))
  const [a, b] = [entries(before), entries(after)]
  for (const name of new Set([...a.keys(), ...b.keys()])) {
    const [was, is] = [a.get(name), b.get(name)]
    if (was?.sha === is?.sha && was?.mode === is?.mode) continue
    if (was?.type === 'tree' && is?.type === 'tree') {
      collect(git, was.sha, is.sha, `${prefix}${name}/`, old, fresh)
      continue
    }
    place(git, was, prefix, old)
    place(git, is, prefix, fresh)
  }
}

function place(git: GitRepository, entry: TreeEntry | undefined, prefix: string, into: Map<string, Side>): void {
  if (entry === undefined) return
  if (entry.type !== 'tree') into.set(prefix + entry.name, entry)
  else for (const e of walk(git, entry.sha, `${prefix}${entry.name}/`)) if (e.type !== 'tree') into.set(e.path, e)
}

function pairRenames(
  git: GitRepository,
  added: string[],
  removed: Set<string>,
  old: Map<string, Side>,
  fresh: Map<string, Side>
): Map<string, string> {
  const from = new Map<string, string>()
  const alike = (path: string, gone: string): number => {
    const [a, b] = [old.get(gone)?.sha, fresh.get(path)?.sha]
    if (a === b) return 1
    return added.length * removed.size > 10_000 ? 0 : similarity(text(git, a), text(git, b))
  }
  for (const path of added) {
    const [best] = [...removed].map(gone => ({ gone, score: alike(path, gone) })).sort((x, y) => y.score - x.score)
    if (best === undefined || best.score < 0.5) continue
    from.set(path, best.gone)
    removed.delete(best.gone)
  }
  return from
}

/** The share of lines that two texts have in common, of the longer one. */
function similarity(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined || a === '' || b === '') return 0
  const counts = new Map<string, number>()
  for (const line of lines(a)) counts.set(line, (counts.get(line) ?? 0) + 1)
  let shared = 0
  for (const line of lines(b)) {
    const left = counts.get(line) ?? 0
    if (left > 0) shared++
    counts.set(line, left - 1)
  }
  return shared / Math.max(lines(a).length, lines(b).length)
}

/** The text of a blob, '' for no blob, undefined for a binary one. */
function text(git: GitRepository, sha: string | undefined): string | undefined {
  if (sha === undefined) return ''
  const bytes = git.blob(sha)
  return bytes === undefined || bytes.subarray(0, 8000).includes(0) ? undefined : bytes.toString('utf8')
}

const lines = (t: string): string[] => (t === '' ? [] : t.replace(/\n$/, '').split('\n'))

/** Line counts and a unified diff (3 lines of context, as GitHub's `patch`); a binary side gives no patch. */
export function textDiff(
  before: string | undefined,
  after: string | undefined
): { additions: number; deletions: number; patch: string | undefined } {
  if (before === undefined || after === undefined || before === after)
    return { additions: 0, deletions: 0, patch: undefined }
  const ops = lineOps(lines(before), lines(after))
  const additions = ops.filter(op => op[0] === '+').length
  const deletions = ops.filter(op => op[0] === '-').length
  return { additions, deletions, patch: hunks(ops) }
}

function lineOps(a: string[], b: string[]): string[] {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let tail = 0
  while (tail < a.length - start && tail < b.length - start && a.at(-1 - tail) === b.at(-1 - tail)) tail++
  const [x, y] = [a.slice(start, a.length - tail), b.slice(start, b.length - tail)]
  return [
    ...a.slice(0, start).map(l => ` ${l}`),
    ...(x.length * y.length > 4_000_000 ? [...x.map(l => `-${l}`), ...y.map(l => `+${l}`)] : longest(x, y)),
    ...a.slice(a.length - tail).map(l => ` ${l}`)
  ]
}

/** Line operations along a longest common subsequence. */
function longest(x: string[], y: string[]): string[] {
  const width = y.length + 1
  const table = new Uint32Array((x.length + 1) * width)
  for (let i = x.length - 1; i >= 0; i--) {
    for (let j = y.length - 1; j >= 0; j--) {
      const [down, right] = [table[(i + 1) * width + j] ?? 0, table[i * width + j + 1] ?? 0]
      table[i * width + j] = x[i] === y[j] ? (table[(i + 1) * width + j + 1] ?? 0) + 1 : Math.max(down, right)
    }
  }
  const ops: string[] = []
  let [i, j] = [0, 0]
  while (i < x.length || j < y.length) {
    if (i < x.length && j < y.length && x[i] === y[j]) {
      ops.push(` ${x[i]}`)
      i++
      j++
    } else if (i < x.length && (j >= y.length || (table[(i + 1) * width + j] ?? 0) >= (table[i * width + j + 1] ?? 0)))
      ops.push(`-${x[i++]}`)
    else ops.push(`+${y[j++]}`)
  }
  return ops
}

function hunks(ops: string[]): string {
  const near = ops.map((_, i) => ops.slice(Math.max(0, i - 3), i + 4).some(op => op[0] !== ' '))
  const out: string[] = []
  let [oldLine, newLine] = [1, 1]
  for (let i = 0; i < ops.length;) {
    if (!near[i]) {
      i++
      oldLine++
      newLine++
      continue
    }
    let end = i
    while (near[end]) end++
    const part = ops.slice(i, end)
    const [gone, come] = [part.filter(op => op[0] !== '+').length, part.filter(op => op[0] !== '-').length]
    out.push(`@@ -${range(oldLine, gone)} +${range(newLine, come)} @@`, ...part)
    oldLine += gone
    newLine += come
    i = end
  }
  return out.join('\n')
}

const range = (line: number, count: number): string =>
  count === 1 ? `${line}` : `${count === 0 ? line - 1 : line},${count}`
