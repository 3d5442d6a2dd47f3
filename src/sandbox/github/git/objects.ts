// Local GitHub, storage: git's own objects, in memory or as loose files; history.ts and trees.ts read them.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync, inflateSync } from 'node:zlib'
import { LRUCache } from 'lru-cache'

/** The four kinds of object that git knows. */
export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag'

/** One object's content, without git's header. */
export interface GitObject {
  type: ObjectType
  data: Buffer
}

/**
 * A content-addressed store. `read` answers undefined for what is not there; `write` is idempotent and answers the
 * SHA-1.
 */
export interface Objects {
  read(sha: string): GitObject | undefined
  write(type: ObjectType, data: Buffer): string
}

const frame = (type: ObjectType, data: Buffer): Buffer => Buffer.concat([Buffer.from(`${type} ${data.length}\0`), data])
const sha1 = (bytes: Buffer): string => createHash('sha1').update(bytes).digest('hex')

/** A store that lives as long as the process: the simulator's. */
export function memoryObjects(): Objects {
  const held = new Map<string, GitObject>()
  return {
    read: sha => held.get(sha),
    write(type, data) {
      const sha = sha1(frame(type, data))
      if (!held.has(sha)) held.set(sha, { type, data })
      return sha
    }
  }
}

/**
 * The object folder of a bare repository. Pushes are unpacked into loose objects (see `http-backend.ts`), so that
 * reading stays a plain synchronous file read; should somebody repack by hand, git itself is asked.
 */
export function diskObjects(gitDirectory: string): Objects {
  const root = join(gitDirectory, 'objects')
  const cache = new LRUCache<string, GitObject>({ maxSize: 64_000_000, sizeCalculation: o => o.data.length + 100 })
  const path = (sha: string): string => join(root, sha.slice(0, 2), sha.slice(2))
  const load = (sha: string): GitObject | undefined => {
    if (existsSync(path(sha))) return unframe(inflateSync(readFileSync(path(sha))))
    return hasPacks(root) ? readPacked(gitDirectory, sha) : undefined
  }
  return {
    read(sha) {
      if (!/^[0-9a-f]{40}$/.test(sha)) return undefined
      const cached = cache.get(sha)
      if (cached !== undefined) return cached
      const object = load(sha)
      if (object !== undefined) cache.set(sha, object)
      return object
    },
    write(type, data) {
      const bytes = frame(type, data)
      const sha = sha1(bytes)
      if (!existsSync(path(sha))) {
        mkdirSync(join(root, sha.slice(0, 2)), { recursive: true })
        const temporary = `${path(sha)}.new`
        writeFileSync(temporary, deflateSync(bytes), { mode: 0o444 })
        renameSync(temporary, path(sha))
      }
      cache.set(sha, { type, data })
      return sha
    }
  }
}

function unframe(bytes: Buffer): GitObject {
  const end = bytes.indexOf(0)
  const type = bytes.subarray(0, bytes.indexOf(0x20)).toString('latin1') as ObjectType
  return { type, data: bytes.subarray(end + 1) }
}

function hasPacks(root: string): boolean {
  const packs = join(root, 'pack')
  return existsSync(packs) && readdirSync(packs).some(name => name.endsWith('.pack'))
}

function readPacked(gitDirectory: string, sha: string): GitObject | undefined {
  const answer = execFileSync('git', ['--git-dir', gitDirectory, 'cat-file', '--batch'], {
    input: `${sha}\n`,
    maxBuffer: 512_000_000
  })
  const end = answer.indexOf(0x0a)
  const [, type, size] = answer.subarray(0, end).toString('latin1').split(' ')
  if (size === undefined) return undefined
  return { type: type as ObjectType, data: Buffer.from(answer.subarray(end + 1, end + 1 + Number(size))) }
}
