// Local GitHub, storage: one repository's commits, trees and blobs as values; all operations read git through this.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { diskObjects, memoryObjects } from './objects.ts'
import type { ObjectType, Objects } from './objects.ts'
import { diskRefs, memoryRefs } from './refs.ts'
import type { Refs } from './refs.ts'

/** Who, and when, as a commit says it; the zone is kept as written (`+0000`). */
export interface Signature {
  name: string
  email: string
  at: Date
  zone: string
}

/** A commit as git stores it. `signature` is the `gpgsig` header, `payload` the bytes that it signs. */
export interface Commit {
  sha: string
  tree: string
  parents: string[]
  author: Signature
  committer: Signature
  message: string
  signature: string | undefined
  payload: string
}

/** One line of a tree. */
export interface TreeEntry {
  mode: string
  name: string
  sha: string
  type: ObjectType
}

/** What is needed to write a commit. `sign` receives the unsigned text and answers an armoured signature. */
export interface CommitDraft {
  tree: string
  parents: string[]
  author: Signature
  committer: Signature
  message: string
  sign?: (payload: string) => string
}

/** Reading and writing of one repository; parsed values are kept, since objects never change. */
export interface GitRepository {
  objects: Objects
  refs: Refs
  /** The bare repository's folder; undefined in memory. */
  directory: string | undefined
  commit(sha: string): Commit | undefined
  tree(sha: string): TreeEntry[] | undefined
  blob(sha: string): Buffer | undefined
  writeCommit(draft: CommitDraft): string
  writeTree(entries: Omit<TreeEntry, 'type'>[]): string
  writeBlob(data: Buffer): string
}

/** A repository without files on disk. */
export function memoryRepository(): GitRepository {
  return repository(memoryObjects(), memoryRefs(), undefined)
}

/** Opens, or makes, a bare repository that `git http-backend` can serve. */
export function diskRepository(directory: string, defaultBranch: string): GitRepository {
  if (!existsSync(join(directory, 'HEAD'))) {
    mkdirSync(directory, { recursive: true })
    execFileSync('git', ['init', '--quiet', '--bare', '--template=', `--initial-branch=${defaultBranch}`, directory])
    const settings = [
      ['http.receivepack', 'true'],
      ['receive.unpackLimit', '100000000'],
      ['gc.auto', '0'],
      ['receive.autogc', 'false'],
      ['receive.hideRefs', 'refs/pull'],
      ['uploadpack.allowAnySHA1InWant', 'true'],
      ['core.logAllRefUpdates', 'false']
    ]
    for (const [name = '', value = ''] of settings) execFileSync('git', ['--git-dir', directory, 'config', name, value])
    mkdirSync(join(directory, 'hooks'), { recursive: true })
    writeFileSync(join(directory, 'hooks', 'update'), UPDATE_HOOK, { mode: 0o755 })
  }
  return repository(diskObjects(directory), diskRefs(directory), directory)
}

/** Refuses a rewrite of the refs named in the environment: only git knows the pushed history before it is accepted. */
const UPDATE_HOOK = `#!/bin/sh
case " $SANDBOX_NO_REWRITE " in
  *" $1 "*) git merge-base --is-ancestor "$2" "$3" || { echo "error: GH006: Cannot force-push" >&2; exit 1; } ;;
esac
`

function repository(objects: Objects, refs: Refs, directory: string | undefined): GitRepository {
  const commits = new Map<string, Commit>()
  const trees = new Map<string, TreeEntry[]>()
  const data = (sha: string, type: ObjectType): Buffer | undefined => {
    const object = objects.read(sha)
    return object?.type === type ? object.data : undefined
  }
  return {
    objects,
    refs,
    directory,
    commit: sha =>
      kept(
        commits,
        sha,
        () => data(sha, 'commit'),
        bytes => parseCommit(sha, bytes)
      ),
    tree: sha => kept(trees, sha, () => data(sha, 'tree'), parseTree),
    blob: sha => data(sha, 'blob'),
    writeCommit: draft => objects.write('commit', Buffer.from(formatCommit(draft))),
    writeTree: entries => objects.write('tree', formatTree(entries)),
    writeBlob: bytes => objects.write('blob', bytes)
  }
}

function kept<T>(
  cache: Map<string, T>,
  key: string,
  read: () => Buffer | undefined,
  parse: (b: Buffer) => T
): T | undefined {
  const known = cache.get(key)
  if (known !== undefined) return known
  const bytes = read()
  if (bytes === undefined) return undefined
  const value = parse(bytes)
  cache.set(key, value)
  return value
}

// Names and addresses cannot hold what git uses as delimiters; git strips them in the same way.
// oxlint-disable-next-line no-control-regex -- a NUL or newline would end the header
const bare = (text: string): string => text.replace(/[<>\n\0]/g, '').trim()
const formatSignature = (s: Signature): string =>
  `${bare(s.name)} <${bare(s.email)}> ${Math.floor(s.at.getTime() / 1000)} ${s.zone}`

function formatCommit(draft: CommitDraft): string {
  const head = [
    `tree ${draft.tree}`,
    ...draft.parents.map(parent => `parent ${parent}`),
    `author ${formatSignature(draft.author)}`,
    `committer ${formatSignature(draft.committer)}`
  ].join('\n')
  const plain = `${head}\n\n${draft.message}`
  if (draft.sign === undefined) return plain
  return `${head}\ngpgsig ${draft.sign(plain).split('\n').join('\n ')}\n\n${draft.message}`
}

function parseSignature(text: string): Signature {
  const [, name = '', email = '', seconds = '0', zone = '+0000'] =
    /^(.*?) ?<([^>]*)> (\d+) ([+-]\d{4})$/.exec(text) ?? []
  return { name, email, at: new Date(Number(seconds) * 1000), zone }
}

function parseCommit(sha: string, bytes: Buffer): Commit {
  const text = bytes.toString('utf8')
  const end = text.indexOf('\n\n')
  const head = end < 0 ? text : text.slice(0, end)
  const message = end < 0 ? '' : text.slice(end + 2)
  const headers = head
    .replace(/\n /g, '\u0001')
    .split('\n')
    .map(line => line.replaceAll('\u0001', '\n'))
  const values = (name: string): string[] =>
    headers.filter(h => h.startsWith(`${name} `)).map(h => h.slice(name.length + 1))
  const unsigned = headers.filter(h => !h.startsWith('gpgsig ')).map(h => h.replaceAll('\n', '\n '))
  return {
    sha,
    tree: values('tree')[0] ?? '',
    parents: values('parent'),
    author: parseSignature(values('author')[0] ?? ''),
    committer: parseSignature(values('committer')[0] ?? ''),
    message,
    signature: values('gpgsig')[0],
    payload: `${unsigned.join('\n')}\n\n${message}`
  }
}

/** The type that a tree entry's mode stands for. */
export const typeOfMode = (mode: string): ObjectType =>
  mode === '040000' ? 'tree' : mode === '160000' ? 'commit' : 'blob'

function parseTree(bytes: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = []
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at)
    const end = bytes.indexOf(0, space)
    const mode = bytes.toString('latin1', at, space).padStart(6, '0')
    entries.push({
      mode,
      name: bytes.toString('utf8', space + 1, end),
      sha: bytes.toString('hex', end + 1, end + 21),
      type: typeOfMode(mode)
    })
    at = end + 21
  }
  return entries
}

function formatTree(entries: Omit<TreeEntry, 'type'>[]): Buffer {
  // git sorts a folder as if its name ended in a slash.
  const key = (e: Omit<TreeEntry, 'type'>): Buffer => Buffer.from(e.mode === '040000' ? `${e.name}/` : e.name)
  const ordered = entries.map(e => ({ e, k: key(e) })).sort((a, b) => Buffer.compare(a.k, b.k))
  return Buffer.concat(
    ordered.map(({ e }) =>
      Buffer.concat([Buffer.from(`${e.mode.replace(/^0/, '')} ${e.name}\0`), Buffer.from(e.sha, 'hex')])
    )
  )
}
