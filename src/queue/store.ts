// Beneath queue.ts: jobs in pg-boss, and wake-ups in a table of our own, kept so that no look is ever lost.
import { PgBoss } from 'pg-boss'
import type { ConstructorOptions, Db } from 'pg-boss'
import type { PoolConfig } from 'pg'
import type { Json, Log } from '../model/ports.ts'
import { CHANNEL, COUNTS, FOLLOW, POSTPONE, QUEUE, RELEASE, SCHEMA, TAKE_DUE, WAKE } from './sql.ts'

/** Revocations have workers of their own, so that they never wait behind anything (reliability.md §2, 8 and 21). */
export type Lane = 'revoke' | 'walk'

/** "Look at `key`". `data` is a small hint that survives a restart; of several for one key, any may be the one kept. */
export interface Job {
  lane: Lane
  key: string
  data?: Json
}

/**
 * `due`: could run now; `active`: runs; `later`: waits for its hour; `failing`: its last try failed, and it is tried
 * again, for ever.
 */
export interface QueueCounts {
  due: number
  active: number
  later: number
  failing: number
  /** Since when the oldest job waits that could run now; null: none does. */
  oldestDueAt: Date | null
}

/** A job that this process holds, and the attempt it is: a later claim by another process fences ours off. */
export interface Claim {
  id: string
  retryCount: number
  job: Job
}

/** A held job is done, and this follows from it. */
export interface Done {
  claim: Claim
  wakeAt?: Date | undefined
  look?: Job[] | undefined
}

/** A held job failed, with a code for the database and the least wait before a new try. */
export interface Failed {
  claim: Claim
  failed: string
  waitMs: number
}

/** How a held job ended. */
export type Ending = Done | Failed

/** What queue.ts asks of the database. Every method may reject with the driver's error, and is safe to repeat. */
export interface QueueStore {
  /** Calls `onWork` whenever any process has made a job due, and after a gap in which that may have been missed. */
  listen(onWork: () => void): Promise<void>
  /** Makes the jobs due. For each key, some run that starts after this call sees the world as it was at the call. */
  look(jobs: Job[]): Promise<void>
  /** Makes the jobs due at `at`; of several wake-ups of one key the earliest stays. */
  wake(jobs: Job[], at: Date): Promise<void>
  /** Makes due what `now` has reached. Returns false when there may be more. */
  advance(now: Date): Promise<boolean>
  /** Takes up to `limit` due jobs of the lane, the oldest first. */
  claim(lane: Lane, limit: number): Promise<Claim[]>
  /** Records endings, and what follows from them, in one transaction. */
  end(endings: Ending[]): Promise<void>
  /** Says that the holders are alive. */
  touch(claims: Claim[]): Promise<void>
  /** Gives jobs back, to be claimed again at once. */
  release(claims: Claim[]): Promise<void>
  counts(now: Date): Promise<QueueCounts>
  close(): Promise<void>
}

const PRIORITY: Record<Lane, number> = { walk: 0, revoke: 1 }
/** The longest wait between tries: short for revocations, whose debt counts in seconds; five minutes else (L1, L7). */
const LONGEST_RETRY_SECONDS: Record<Lane, number> = { walk: 300, revoke: 60 }
/** For ever, as an int4 has it: a revocation is never given up (reliability.md §0). */
const FOR_EVER = 2_147_483_647
/** pg-boss deletes what is overdue for longer than its retention, 14 days by default: here, 30 years. */
const RETENTION_SECONDS = 30 * 365 * 86_400
const ADVANCE_BATCH = 1000
const DEADLOCK = '40P01'

type ListenHandle = Awaited<ReturnType<NonNullable<Db['listen']>>>

interface Row {
  key: string
  priority: number
  data?: Json | undefined
}

/** What the store is opened with. */
export interface StoreOptions {
  config: PoolConfig
  log: Log
  /** True when no other process can hold jobs: then what is held now was held by the dead, and is given back. */
  alone: boolean
}

/** Opens the store, making or migrating its tables. */
export async function openQueueStore({ config, log, alone }: StoreOptions): Promise<QueueStore> {
  const boss = new PgBoss({
    ...(config as ConstructorOptions),
    application_name: 'addendum',
    max: 8,
    schedule: false,
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
    maintenanceIntervalSeconds: 600
  })
  boss.on('error', error => log.warn({ reason: error.message }, 'The queue reports an error'))
  boss.on('warning', warning => log.warn({ reason: warning.message }, 'The queue reports a warning'))
  await boss.start()
  const db = boss.getDb()
  if (!db.beginTransaction || !db.listen) throw new TypeError('pg-boss lacks a capability of its own pool')
  const [begin, listen] = [db.beginTransaction.bind(db), db.listen.bind(db)]
  await db.executeSql(SCHEMA)
  await boss.createQueue(QUEUE, {
    policy: 'exclusive',
    heartbeatSeconds: 10,
    expireInSeconds: 3600,
    retryLimit: FOR_EVER,
    retryDelay: 1,
    retryBackoff: true,
    retentionSeconds: RETENTION_SECONDS
  })
  if (alone) await db.executeSql(RELEASE, [null])
  const ears: ListenHandle[] = []

  /** PostgreSQL ends one of two transactions that wait for each other: that one is simply done again. */
  async function transaction<T>(work: (db: Db) => Promise<T>, tries = 3): Promise<T> {
    const open = await begin()
    try {
      const result = await work(open.db)
      await open.commit()
      return result
    } catch (error) {
      await open.rollback()
      if ((error as { code?: unknown }).code === DEADLOCK && tries > 1) return transaction(work, tries - 1)
      throw error
    }
  }

  async function makeDue(rows: Row[], on: Db): Promise<void> {
    if (rows.length === 0) return
    const jobs = rows.map(({ key, priority, data }) => ({
      singletonKey: key,
      priority,
      data: { key, data },
      retryDelayMax: LONGEST_RETRY_SECONDS[laneOf(priority)]
    }))
    await boss.insert(QUEUE, jobs, { db: on, returnId: false })
    await on.executeSql(FOLLOW, [JSON.stringify(rows)])
  }

  async function takeDue(on: Db, at: string, keys: string[] | null): Promise<boolean> {
    const { rows } = (await on.executeSql(TAKE_DUE, [at, ADVANCE_BATCH, keys])) as { rows: Row[] }
    await makeDue(merged(rows), on)
    return rows.length < ADVANCE_BATCH
  }

  return {
    listen: async onWork => {
      ears.push(await listen(CHANNEL, onWork, onWork))
    },
    look: jobs => transaction(on => makeDue(rowsOf(jobs), on)),
    wake: async (jobs, at) => {
      const rows = rowsOf(jobs).map(row => ({ ...row, at: at.toISOString() }))
      await db.executeSql(WAKE, [JSON.stringify(rows)])
    },
    advance: now => transaction(on => takeDue(on, now.toISOString(), null)),
    claim: async (lane, limit) => {
      const range = lane === 'revoke' ? { minPriority: PRIORITY.revoke } : { maxPriority: PRIORITY.walk }
      const found = await boss.fetch<{ key: string; data?: Json }>(QUEUE, { batchSize: limit, ...range })
      return found.map(({ id, retryCount, data }) => {
        const job: Job = { lane, key: data.key }
        if (data.data !== undefined && data.data !== null) job.data = data.data
        return { id, retryCount, job }
      })
    },
    end: endings =>
      transaction(async on => {
        const done = endings.filter((ending): ending is Done => !('failed' in ending))
        if (done.length > 0)
          await boss.deleteJob(
            QUEUE,
            done.map(ending => attempt(ending.claim)),
            { db: on }
          )
        const rows = done.flatMap(({ claim, wakeAt }) =>
          wakeAt ? rowsOf([claim.job]).map(row => ({ ...row, at: wakeAt.toISOString() })) : []
        )
        if (rows.length > 0) await on.executeSql(WAKE, [JSON.stringify(rows)])
        for (const ending of endings) {
          if (!('failed' in ending)) continue
          await boss.fail(QUEUE, [attempt(ending.claim)], { code: ending.failed }, { db: on })
          if (ending.waitMs > 0) await on.executeSql(POSTPONE, [ending.claim.id, ending.waitMs])
        }
        await makeDue(rowsOf(done.flatMap(ending => ending.look ?? [])), on)
        await takeDue(
          on,
          '-infinity',
          endings.map(ending => ending.claim.job.key)
        )
      }),
    touch: async claims => {
      if (claims.length > 0) await boss.touch(QUEUE, claims.map(attempt))
    },
    release: async claims => {
      await db.executeSql(RELEASE, [claims.map(({ id }) => id)])
    },
    counts: async now => {
      const { rows } = (await db.executeSql(COUNTS, [now.toISOString()])) as { rows: [QueueCounts] }
      return rows[0]
    },
    close: async () => {
      for (const ear of ears) await ear.close()
      await boss.stop({ graceful: false, close: true })
    }
  }
}

function attempt({ id, retryCount }: Claim): { id: string; retryCount: number } {
  return { id, retryCount }
}

function laneOf(priority: number): Lane {
  return priority >= PRIORITY.revoke ? 'revoke' : 'walk'
}

function rowsOf(jobs: Job[]): Row[] {
  return merged(jobs.map(({ key, lane, data }) => ({ key, priority: PRIORITY[lane], data })))
}

/** One row per key, in one order for everybody, so that two writers never wait for each other in a circle. */
function merged(rows: Row[]): Row[] {
  const byKey = new Map<string, Row>()
  for (const { key, priority, data } of rows) {
    const old = byKey.get(key)
    byKey.set(key, { key, priority: Math.max(priority, old?.priority ?? 0), data: data ?? old?.data })
  }
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
}
