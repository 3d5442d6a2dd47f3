// Digests: what a decision cites and an auditor recomputes (RFC 8785, git object names).
import canonicalize from 'canonicalize'
import { createHash } from 'node:crypto'

/** SHA-256 in lower case hex. Text is hashed as UTF-8. */
export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex')
}

/**
 * The RFC 8785 canonical JSON of plain data. Members that are undefined are left out. Throws for what JSON would
 * change silently: a Date or other class, a function, a bigint, an infinity, a hole in a list, a lone surrogate.
 */
export function canonicalJson(value: unknown): string {
  assertPlain(value)
  return canonicalize(value) as string
}

/** `sha256:…` over the canonical JSON of `value`. */
export function digestOf(value: unknown): `sha256:${string}` {
  return `sha256:${sha256(canonicalJson(value))}`
}

/** The SHA-1 name that git gives to a file with these bytes. */
export function gitBlobSha(data: Uint8Array | string): string {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data
  return gitObjectSha('blob', bytes)
}

/** One entry of a git tree. `mode` as git writes it: `100644`, `40000` for a directory. */
export interface GitTreeEntry {
  mode: string
  name: string
  sha: string
}

/** The SHA-1 name that git gives to a tree with these entries, in whatever order they come. */
export function gitTreeSha(entries: readonly GitTreeEntry[]): string {
  // git sorts by bytes, a directory as if its name ended in `/`.
  const sorted = entries.map(e => ({ ...e, key: Buffer.from(isDirectory(e) ? `${e.name}/` : e.name) }))
  sorted.sort((a, b) => Buffer.compare(a.key, b.key))
  const parts = sorted.map(e => {
    const mode = isDirectory(e) ? '40000' : e.mode
    return Buffer.concat([Buffer.from(`${mode} ${e.name}\0`), Buffer.from(e.sha, 'hex')])
  })
  return gitObjectSha('tree', Buffer.concat(parts))
}

function isDirectory(entry: GitTreeEntry): boolean {
  return entry.mode === '40000' || entry.mode === '040000'
}

function gitObjectSha(type: string, bytes: Uint8Array): string {
  return createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex')
}

function assertPlain(value: unknown): void {
  if (typeof value === 'number' && Number.isFinite(value)) return
  if (typeof value === 'string' && value.isWellFormed()) return
  if (value === null || typeof value === 'boolean') return
  if (Array.isArray(value)) return Array.from(value as unknown[]).forEach(assertPlain)
  if (typeof value === 'object' && isPlain(value)) {
    return Object.entries(value).forEach(([key, member]) => {
      assertPlain(key)
      if (member !== undefined) assertPlain(member)
    })
  }
  throw new TypeError(`canonical JSON takes plain data only, not ${Object.prototype.toString.call(value)}`)
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
