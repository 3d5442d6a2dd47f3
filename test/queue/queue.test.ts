import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { createLog } from '../../src/log.ts'
import { Fault } from '../../src/model/fault.ts'
import type { Clock } from '../../src/model/ports.ts'
import { startPostgres } from '../../src/database/postgres.ts'
import type { Postgres } from '../../src/database/postgres.ts'
import { openQueue } from '../../src/queue/queue.ts'
import type { Job, Outcome, Queue } from '../../src/queue/queue.ts'

let folder: string
let server: Postgres
let database: pg.PoolConfig
let count = 0
const queues: Queue[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'addendum-queue-'))
  await chmod(folder, 0o711)
  server = await startPostgres({ directory: join(folder, 'data'), log: createLog('silent'), fsync: false })
})

afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, maxRetries: 20, retryDelay: 100 })
})

beforeEach(async () => {
  database = { ...server.config, database: `queue_${(count += 1)}` }
  await ask(server.config, `create database ${database.database}`)
})

afterEach(async () => {
  for (const queue of queues.splice(0)) await queue.stop({ graceful: false })
})

async function ask(config: pg.ClientConfig, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client(config)
  await client.connect()
  return client.query(sql).finally(() => client.end())
}

/** A clock at the machine's time that can be moved ahead. */
function movable(): Clock & { advance(ms: number): void } {
  let aheadMs = 0
  const listeners = new Set<() => void>()
  return {
    now: () => new Date(systemClock.now().getTime() + aheadMs),
    sleep: systemClock.sleep,
    onAdvance: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    advance: ms => {
      aheadMs += ms
      for (const listener of listeners) listener()
    }
  }
}

async function open({ clock = systemClock as Clock, embedded = false, lines = [] as string[] } = {}): Promise<Queue> {
  const log = createLog('info', { write: line => void lines.push(line) })
  const queue = await openQueue({ database: { config: database, embedded }, clock, log })
  queues.push(queue)
  return queue
}

/** Handles jobs by noting them. With `hold`, each waits for `release`. */
function handler(answer: (job: Job) => Outcome | void = () => {}) {
  const seen: string[] = []
  const busy = new Set<string>()
  let overlapped = false
  let gate: PromiseWithResolvers<void> | undefined
  return {
    seen,
    overlapped: () => overlapped,
    hold: () => (gate = Promise.withResolvers<void>()),
    handle: async (job: Job) => {
      seen.push(job.key)
      if (busy.has(job.key)) overlapped = true
      busy.add(job.key)
      await gate?.promise
      busy.delete(job.key)
      return answer(job)
    }
  }
}

async function until(holds: () => boolean | Promise<boolean>, boundMs = 20_000): Promise<void> {
  for (let waitedMs = 0; waitedMs < boundMs; waitedMs += 10) {
    if (await holds()) return
    await systemClock.sleep(10)
  }
  throw new Error('It never came to hold')
}

const walk = (key: string, data?: Job['data']): Job => ({ lane: 'walk', key, ...(data === undefined ? {} : { data }) })
const revoke = (key: string): Job => ({ lane: 'revoke', key })
const HOUR_MS = 3_600_000

test('a look reaches the handler, with its data, and then nothing is left', async () => {
  const queue = await open()
  const jobs: Job[] = []
  await queue.work(async job => void jobs.push(job))
  await queue.look([walk('pull/1/2', { number: 2 }), revoke('grant/7')])
  await queue.idle()
  expect(jobs.sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual([
    { lane: 'revoke', key: 'grant/7' },
    { lane: 'walk', key: 'pull/1/2', data: { number: 2 } }
  ])
  expect(await queue.counts()).toEqual({ due: 0, active: 0, later: 0, failing: 0, oldestDueAt: null })
})

test('an idle queue starts a job within a tenth of a second', async () => {
  const queue = await open()
  const started: number[] = []
  await queue.work(async () => void started.push(performance.now()))
  const waits: number[] = []
  for (let round = 0; round < 11; round += 1) {
    const asked = performance.now()
    await queue.look([walk(`k${round}`)])
    await until(() => started.length > round)
    waits.push((started[round] ?? Infinity) - asked)
  }
  expect(waits.sort((a, b) => a - b)[5]).toBeLessThan(100)
})

test('a look is durable: it waits for a process that is yet to come', async () => {
  const first = await open()
  await first.look([walk('a')])
  await first.stop()
  const { handle, seen } = handler()
  const second = await open()
  await second.work(handle)
  await second.idle()
  expect(seen).toEqual(['a'])
})

test('five looks while one waits are one job', async () => {
  const queue = await open()
  for (let time = 0; time < 5; time += 1) await queue.look([walk('a'), walk('a')])
  const counts = await queue.counts()
  expect(counts).toMatchObject({ due: 1 })
  expect(Math.abs(Date.now() - (counts.oldestDueAt?.getTime() ?? 0))).toBeLessThan(60_000)
  const { handle, seen } = handler()
  await queue.work(handle)
  await queue.idle()
  expect(seen).toEqual(['a'])
})

test('however many looks come while one runs, exactly one more follows, after it', async () => {
  const queue = await open()
  const work = handler()
  const gate = work.hold()
  await queue.work(work.handle)
  await queue.look([walk('a')])
  await until(() => work.seen.length === 1)
  for (let time = 0; time < 5; time += 1) await queue.look([walk('a')])
  expect(work.seen).toEqual(['a'])
  gate.resolve()
  await queue.idle()
  expect(work.seen).toEqual(['a', 'a'])
  expect(work.overlapped()).toBe(false)
})

test('a key that runs long and is asked again does not hold up other keys', async () => {
  const queue = await open()
  const gate = Promise.withResolvers<void>()
  const seen: string[] = []
  await queue.work(async ({ key }) => {
    seen.push(key)
    if (key === 'slow') await gate.promise
  })
  await queue.look([walk('slow')])
  await until(() => seen.length === 1)
  await queue.look([walk('slow')])
  await queue.look(Array.from({ length: 20 }, (_, at) => walk(`quick-${at}`)))
  await until(() => seen.length === 21)
  gate.resolve()
  await queue.idle()
  expect(seen.filter(key => key === 'slow')).toHaveLength(2)
})

test('revocations do not wait behind walks that fill all their places', async () => {
  const queue = await open()
  const gate = Promise.withResolvers<void>()
  const seen: string[] = []
  await queue.work(async ({ lane, key }) => {
    if (lane === 'walk') await gate.promise
    else seen.push(key)
  })
  await queue.look(Array.from({ length: 30 }, (_, at) => walk(`w${at}`)))
  await until(async () => (await queue.counts()).active === 4)
  await queue.look([revoke('r')])
  await until(() => seen.length === 1, 2000)
  gate.resolve()
  await queue.idle()
})

test('a waiting walk becomes a revocation when one is asked for its key', async () => {
  const queue = await open()
  await queue.look([walk('a')])
  await queue.look([revoke('a')])
  const lanes: string[] = []
  await queue.work(async ({ lane }) => void lanes.push(lane))
  await queue.idle()
  expect(lanes).toEqual(['revoke'])
})

test('one key never runs twice at a time over two processes and both lanes', async () => {
  const [one, two] = [await open(), await open()]
  const { handle, overlapped, seen } = handler()
  const slowly = async (job: Job) => {
    await systemClock.sleep(3)
    return handle(job)
  }
  await Promise.all([one.work(slowly), two.work(slowly)])
  for (let round = 0; round < 40; round += 1) {
    await Promise.all([one.look([walk('a'), revoke('b')]), two.look([revoke('a'), walk('b')])])
  }
  await one.idle()
  await two.idle()
  expect(overlapped()).toBe(false)
  expect(seen.length).toBeGreaterThan(3)
})

test('a wake-up waits for its hour by the given clock, and the earliest of several wins', async () => {
  const clock = movable()
  const queue = await open({ clock })
  const { handle, seen } = handler()
  await queue.work(handle)
  const at = (hours: number) => ({ at: new Date(clock.now().getTime() + hours * HOUR_MS) })
  await queue.look([walk('a')], at(3))
  await queue.look([walk('a')], at(1))
  await queue.look([walk('a')], at(2))
  expect(await queue.counts()).toEqual({ due: 0, active: 0, later: 1, failing: 0, oldestDueAt: null })
  await queue.idle()
  expect(seen).toEqual([])
  clock.advance(HOUR_MS + 1000)
  await queue.idle()
  expect(seen).toEqual(['a'])
  clock.advance(5 * HOUR_MS)
  await queue.idle()
  expect(seen).toEqual(['a'])
})

test('a look now loses no later wake-up of its key', async () => {
  const clock = movable()
  const queue = await open({ clock })
  const { handle, seen } = handler()
  await queue.work(handle)
  await queue.look([walk('a')], { at: new Date(clock.now().getTime() + HOUR_MS) })
  await queue.look([walk('a')])
  await queue.idle()
  expect(seen).toEqual(['a'])
  expect(await queue.counts()).toMatchObject({ later: 1 })
  clock.advance(2 * HOUR_MS)
  await queue.idle()
  expect(seen).toEqual(['a', 'a'])
})

test('a wake-up that falls due while its key runs follows after it', async () => {
  const clock = movable()
  const queue = await open({ clock })
  const work = handler()
  const gate = work.hold()
  await queue.work(work.handle)
  await queue.look([walk('a')])
  await queue.look([walk('a')], { at: new Date(clock.now().getTime() + HOUR_MS) })
  await until(() => work.seen.length === 1)
  clock.advance(2 * HOUR_MS)
  gate.resolve()
  await queue.idle()
  expect(work.seen).toEqual(['a', 'a'])
  expect(work.overlapped()).toBe(false)
})

test('what a handler returns is done: its wake-up and its looks', async () => {
  const clock = movable()
  const queue = await open({ clock })
  const { handle, seen } = handler(({ key }) => {
    if (key !== 'first') return
    return { wakeAt: new Date(clock.now().getTime() + HOUR_MS), look: [walk('second'), revoke('third')] }
  })
  await queue.work(handle)
  await queue.look([walk('first')])
  await queue.idle()
  expect(seen.sort()).toEqual(['first', 'second', 'third'])
  expect(await queue.counts()).toMatchObject({ later: 1 })
  clock.advance(HOUR_MS + 1000)
  await queue.idle()
  expect(seen.filter(key => key === 'first')).toHaveLength(2)
})

test('a wake-up survives a crash of the process', async () => {
  const clock = movable()
  const first = await open({ clock })
  await first.look([walk('a', { n: 1 })], { at: new Date(clock.now().getTime() + HOUR_MS) })
  await first.stop({ graceful: false })
  clock.advance(2 * HOUR_MS)
  const jobs: Job[] = []
  const second = await open({ clock })
  await second.work(async job => void jobs.push(job))
  await second.idle()
  expect(jobs).toEqual([walk('a', { n: 1 })])
})

test('ten thousand wake-ups due at once all start within five seconds', async () => {
  const clock = movable()
  const queue = await open({ clock })
  const seen = new Set<string>()
  await queue.work(async ({ key }) => void seen.add(key))
  const at = new Date(clock.now().getTime() + HOUR_MS)
  await queue.look(
    Array.from({ length: 10_000 }, (_, number) => revoke(`grant/${number}`)),
    { at }
  )
  const before = performance.now()
  clock.advance(HOUR_MS + 1000)
  await until(() => seen.size === 10_000)
  expect(performance.now() - before).toBeLessThan(5000)
})

test('a fault is tried again, counts as failing meanwhile, and holds up nobody and no idle wait', async () => {
  const lines: string[] = []
  const queue = await open({ lines })
  let tries = 0
  const { handle, seen } = handler()
  await queue.work(async job => {
    if (job.key !== 'bad') return handle(job)
    tries += 1
    if (tries < 3) throw new Fault('provider.unavailable', 'It is down.')
  })
  await queue.look([revoke('bad'), revoke('good')])
  await until(async () => (await queue.counts()).failing === 1)
  await queue.idle()
  expect(seen).toEqual(['good'])
  await until(() => tries === 3)
  await queue.idle()
  expect(await queue.counts()).toEqual({ due: 0, active: 0, later: 0, failing: 0, oldestDueAt: null })
  expect(lines.map(line => JSON.parse(line) as { level: number; code?: string })).toEqual([
    expect.objectContaining({ level: 40, code: 'provider.unavailable', key: 'bad', tries: 1 }),
    expect.objectContaining({ level: 40, code: 'provider.unavailable', key: 'bad', tries: 2 })
  ])
})

test('an error of ours is logged as one, with its key, and tried again', async () => {
  const lines: string[] = []
  const queue = await open({ lines })
  let tries = 0
  await queue.work(async () => {
    tries += 1
    if (tries === 1) throw new TypeError('undefined is not a grant')
  })
  await queue.look([walk('pull/1/2')])
  await until(() => tries === 2)
  const logged = lines.map(line => JSON.parse(line) as object)
  expect(logged).toEqual([expect.objectContaining({ level: 50, key: 'pull/1/2' })])
})

test('a look brings a failing key forward', async () => {
  const queue = await open()
  let tries = 0
  await queue.work(async () => {
    tries += 1
    const retryAt = new Date(systemClock.now().getTime() + HOUR_MS)
    if (tries === 1) throw new Fault('github.limited', 'Later.', { retryAt })
  })
  await queue.look([walk('a')])
  await until(async () => (await queue.counts()).failing === 1)
  await systemClock.sleep(2500)
  expect(tries).toBe(1)
  await queue.look([walk('a')])
  await queue.idle()
  expect(tries).toBe(2)
})

test('what a handler returns is refused like any other job, without harm to the jobs beside it', async () => {
  const queue = await open()
  const { handle, seen } = handler()
  await queue.work(async job => {
    if (job.key === 'bad-look') return { look: [walk('nul\0')] }
    if (job.key === 'bad-wake') return { wakeAt: new Date(Number.NaN) }
    return handle(job)
  })
  await queue.look([walk('bad-look'), walk('bad-wake'), walk('good')])
  await queue.idle()
  expect(seen).toEqual(['good'])
  expect(await queue.counts()).toMatchObject({ failing: 2 })
})

test.each([
  ['an empty key', ''],
  ['a key with a NUL', 'a\0b'],
  ['a key that is no Unicode', '\ud800'],
  ['a key that no index holds', 'x'.repeat(1001)]
])('%s is refused before it reaches the database', async (_, key) => {
  const queue = await open()
  await expect(queue.look([walk('good'), walk(key)])).rejects.toBeInstanceOf(TypeError)
  expect(await queue.counts()).toMatchObject({ due: 0 })
})

test('data that the database cannot hold is refused, and odd data that it can hold arrives whole', async () => {
  const queue = await open()
  await expect(queue.look([walk('a', { name: 'a\0b' })])).rejects.toBeInstanceOf(TypeError)
  await expect(queue.look([walk('a', ['\udfff'])])).rejects.toBeInstanceOf(TypeError)
  const data = { __proto__x: 'é😀"\'\\', list: [null, true, 1.5, { deep: [] }] }
  const seen: unknown[] = []
  await queue.work(async job => void seen.push(job.data))
  await queue.look([walk('a', data)])
  await queue.idle()
  expect(seen).toEqual([data])
})

test('a graceful stop lets what runs finish and starts nothing more', async () => {
  const queue = await open()
  const work = handler()
  const gate = work.hold()
  await queue.work(work.handle)
  await queue.look([walk('a')])
  await until(() => work.seen.length === 1)
  const stopped = queue.stop()
  await expect(queue.look([walk('b')])).rejects.toMatchObject({ code: 'queue.unavailable' })
  gate.resolve()
  await stopped
  const next = await open()
  expect(await next.counts()).toEqual({ due: 0, active: 0, later: 0, failing: 0, oldestDueAt: null })
})

test('when we are alone, what a crash left active runs at once', async () => {
  const first = await open({ embedded: true })
  await first.work(() => new Promise(() => {}))
  await first.look([revoke('a')])
  await until(async () => (await first.counts()).active === 1)
  await first.stop({ graceful: false })
  const { handle, seen } = handler()
  const second = await open({ embedded: true })
  await second.work(handle)
  await until(() => seen.length === 1, 1000)
})

test('a job of a killed process runs again in another within half a minute', async () => {
  const queue = await open()
  await queue.look([revoke('a')])
  const url = `${server.url.slice(0, server.url.lastIndexOf('/'))}/${database.database}`
  const script = join(import.meta.dirname, 'queue-process.ts')
  const child = spawn(process.execPath, [script, url], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  const killed = performance.now()
  const { handle, seen } = handler()
  await queue.work(handle)
  await until(() => seen.length === 1, 29_000)
  expect(performance.now() - killed).toBeGreaterThan(5000)
}, 60_000)

test('when the database goes away the queue says so, and goes on when it is back', async () => {
  const lines: string[] = []
  const queue = await open({ lines })
  const { handle, seen } = handler()
  await queue.work(handle)
  const name = database.database
  await ask(server.config, `alter database ${name} with allow_connections false`)
  await ask(server.config, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
  await expect(queue.look([walk('lost')])).rejects.toMatchObject({ code: 'queue.unavailable', retry: true })
  await ask(server.config, `alter database ${name} with allow_connections true`)
  await until(() =>
    queue.look([walk('kept')]).then(
      () => true,
      () => false
    )
  )
  await queue.idle()
  expect(seen).toEqual(['kept'])
})
