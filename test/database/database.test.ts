import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { openDatabase } from '../../src/database/database.ts'
import { createLog } from '../../src/log.ts'
import { serverVersion, startPostgres } from '../../src/database/postgres.ts'
import { isAlive } from '../../src/database/place.ts'

const log = createLog('silent')
const isRoot = process.getuid?.() === 0
const cleanups: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'addendum-db-'))
  await chmod(path, 0o711)
  cleanups.push(() => rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }))
  return join(path, 'data')
}

async function start(path: string, settings: Record<string, string> = {}) {
  const postgres = await startPostgres({ directory: path, log, fsync: false, settings })
  cleanups.push(() => postgres.close())
  return postgres
}

async function ask<Row extends pg.QueryResultRow>(config: pg.ClientConfig | string, sql: string): Promise<Row[]> {
  const client = new pg.Client(config)
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

async function startElsewhere(path: string): Promise<{ child: ChildProcess; said: string }> {
  const script = join(import.meta.dirname, 'postgres-process.ts')
  const child = spawn(process.execPath, [script, path], { stdio: ['pipe', 'pipe', 'inherit'] })
  cleanups.push(async () => {
    child.kill('SIGKILL')
  })
  const [said] = (await once(child.stdout ?? child, 'data')) as [Buffer]
  return { child, said: String(said).trim() }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await holds()) return
    await systemClock.sleep(25)
  }
  throw new Error('It never came to hold')
}

async function postmaster(path: string): Promise<number> {
  return Number((await readFile(join(path, 'pgdata', 'postmaster.pid'), 'utf8')).split('\n')[0])
}

test('an embedded server is made, answers by config and by URL, and keeps its data over a restart', async () => {
  const path = await directory()
  const first = await start(path)
  expect(await serverVersion(first.config)).toBeGreaterThanOrEqual(180000)
  await ask(first.url, 'create table kept as select 42 as answer')
  await first.close()
  const second = await start(path)
  expect(await ask(second.config, 'select answer from kept')).toEqual([{ answer: 42 }])
})

test('settings reach the server, and it listens on no network', async () => {
  const { config } = await start(await directory(), { max_connections: '37' })
  expect(await ask(config, 'show max_connections')).toEqual([{ max_connections: '37' }])
  expect(await ask(config, 'show listen_addresses')).toEqual([{ listen_addresses: '' }])
  expect(await ask(config, 'show server_encoding')).toEqual([{ server_encoding: 'UTF8' }])
})

test('the data, the socket and the password are for one user only, and a wrong password is refused', async () => {
  const path = await directory()
  const { config } = await start(path)
  const found = await Promise.all(['pgdata', 'password', 'run'].map(name => stat(join(path, name))))
  expect(found.map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o600, 0o700])
  await expect(ask({ ...config, password: 'guess' }, 'select 1')).rejects.toMatchObject({ code: '28P01' })
})

test('several servers run in one process, each on its own', async () => {
  const [one, two] = [await start(await directory()), await start(await directory())]
  await ask(one.config, 'create table only_here ()')
  await expect(ask(two.config, 'select from only_here')).rejects.toMatchObject({ code: '42P01' })
})

test('a path too long for a socket is no hindrance', async () => {
  const { config } = await start(join(await directory(), 'a'.repeat(120)))
  expect(await serverVersion(config)).toBeGreaterThan(0)
})

test('a directory in use is refused, in this process and in another, and free again after close', async () => {
  const path = await directory()
  const holder = await start(path)
  await expect(start(path)).rejects.toMatchObject({ code: 'database.locked', retry: false })
  expect((await startElsewhere(path)).said).toBe('database.locked')
  await holder.close()
  expect(await serverVersion((await start(path)).config)).toBeGreaterThan(0)
})

test('after our process is killed, the server that it left is stopped and what was committed is there', async () => {
  const path = await directory()
  const { child, said: url } = await startElsewhere(path)
  await ask(url, 'create table kept as select 42 as answer')
  const orphan = await postmaster(path)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(() => process.kill(orphan, 0)).not.toThrow()
  const { config } = await start(path)
  expect(await postmaster(path)).not.toBe(orphan)
  expect(await ask(config, 'select answer from kept')).toEqual([{ answer: 42 }])
})

test('a process that ends without closing takes its server with it', async () => {
  const path = await directory()
  const { child } = await startElsewhere(path)
  const server = await postmaster(path)
  child.stdin?.end()
  await once(child, 'exit')
  await until(async () => !isAlive(server))
})

test('after both are killed, the next start recovers', async () => {
  const path = await directory()
  const { child, said: url } = await startElsewhere(path)
  await ask(url, 'create table kept as select 42 as answer')
  process.kill(await postmaster(path), 'SIGKILL')
  child.kill('SIGKILL')
  await once(child, 'exit')
  const { config } = await start(path)
  expect(await ask(config, 'select answer from kept')).toEqual([{ answer: 42 }])
})

test('a server that is killed under us is started again', async () => {
  const path = await directory()
  const { config } = await start(path)
  await ask(config, 'create table kept as select 42 as answer')
  const killed = await postmaster(path)
  process.kill(killed, 'SIGKILL')
  await until(async () => (await ask(config, 'select answer from kept').catch(() => [])).length === 1)
  expect(await postmaster(path)).not.toBe(killed)
})

test('a stale process number that now belongs to somebody else stops nobody', async () => {
  const path = await directory()
  await (await start(path)).close()
  const other = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] })
  await writeFile(join(path, 'pgdata', 'postmaster.pid'), `${other.pid}\n${join(path, 'pgdata')}\n`)
  await start(path)
  expect(other.exitCode ?? other.signalCode).toBeNull()
  other.kill()
})

test('a death while the data directory was being made leaves nothing that looks finished', async () => {
  const path = await directory()
  await mkdir(join(path, 'pgdata.new', 'base'), { recursive: true, mode: 0o711 })
  await chmod(path, 0o711)
  expect(await serverVersion((await start(path)).config)).toBeGreaterThan(0)
})

test.runIf(isRoot)('as root, a folder that the unprivileged user cannot pass is named', async () => {
  const path = await mkdtemp(join(tmpdir(), 'addendum-db-'))
  cleanups.push(() => rm(path, { recursive: true, maxRetries: 20, retryDelay: 100 }))
  await expect(start(join(path, 'data'))).rejects.toMatchObject({ code: 'database.unsupported' })
  await expect(start(join(path, 'data'))).rejects.toThrow(path)
})

test('a database by URL is used as it is, and closing leaves it running', async () => {
  const { url } = await start(await directory())
  const database = await openDatabase({ url, directory: '/nowhere', log })
  expect(database).toMatchObject({ url, embedded: false })
  await database.close()
  expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('a URL that nobody answers is a fault, and is not shown', async () => {
  const opening = openDatabase({ url: 'postgres://a:hunter22@127.0.0.1:1/x', directory: '/nowhere', log })
  await expect(opening).rejects.toMatchObject({ code: 'database.unavailable', retry: true })
  await expect(opening).rejects.not.toThrow(/hunter22/)
})

test('without a URL the database is embedded', async () => {
  const database = await openDatabase({ directory: await directory(), log, fsync: false })
  cleanups.push(() => database.close())
  expect(database.embedded).toBe(true)
  await database.close()
  await database.close()
})
