// Between receive and reconcile: durable jobs, one per key at a time; a handler returns when to look again.
import { pulse } from '../clock.ts'
import type { Database } from '../database/database.ts'
import { Fault } from '../model/fault.ts'
import type { Clock, Log } from '../model/ports.ts'
import { openQueueStore } from './store.ts'
import type { Claim, Ending, Job, Lane, QueueCounts } from './store.ts'

export type { Job, Lane, QueueCounts } from './store.ts'

/** What a handler asks for: to be woken for this key at an instant, and to look at other keys now. */
export interface Outcome {
  wakeAt?: Date
  look?: Job[]
}

/** Durable work by key. What it promises holds over crashes of this process, of others and of the database. */
export interface Queue {
  /**
   * Durable when it resolves. A key's looks coalesce: many while one waits make one run, and while one runs exactly one
   * more follows. With `at` in the future, a durable wake-up: of several the earliest wins, and a look now loses none.
   * Throws Fault `queue.unavailable` when nothing was promised, TypeError on a key or data that no database could hold.
   */
  look(jobs: Job[], options?: { at?: Date }): Promise<void>
  /**
   * Hands due jobs to `handle`, one per key at a time over all processes, and repeats whatever throws with growing
   * waits (at most a minute for revocations, five for walks), for ever. A Fault with `retry` is the world's failure;
   * anything else is logged as our error. Called once.
   */
  work(handle: (job: Job) => Promise<Outcome | void>): Promise<void>
  /** Resolves when nothing that is due by the clock waits or runs, here or in another process. */
  idle(): Promise<void>
  counts(): Promise<QueueCounts>
  /** Stops taking jobs. Graceful: what runs here may finish; else it is left to be repeated, as after a crash. */
  stop(options?: { graceful?: boolean }): Promise<void>
}

const SLOTS: Record<Lane, number> = { revoke: 8, walk: 4 }
const TICK_MS = 1000
const TOUCH_MS = 3000
/** Endings recorded together; twice as many may wait to be recorded before no more is claimed. */
const END_BATCH = 200
/** GitHub's limits reset within the hour; no other side may put us off for longer (L7). */
const LONGEST_ASKED_WAIT_MS = 3_600_000
/** An index row of PostgreSQL holds 2704 bytes. */
const LONGEST_KEY_BYTES = 1000
const LONGEST_DATA = 4000

/** What the queue is opened with. */
export interface QueueOptions {
  database: Pick<Database, 'config' | 'embedded'>
  /** Wake-ups are due by this clock, which a demo may advance; retries and heartbeats go by the machine's. */
  clock: Clock
  log: Log
}

/** The queue in PostgreSQL. With an embedded database we are alone, so that what a crash left active is due at once. */
export async function openQueue({ database, clock, log }: QueueOptions): Promise<Queue> {
  let handle: ((job: Job) => Promise<Outcome | void>) | undefined
  let stopping = false
  let reachable = true
  const held = new Set<Claim>()
  const endings: Ending[] = []
  const running: Record<Lane, number> = { revoke: 0, walk: 0 }
  const idlers = new Set<() => void>()
  let finished = () => {}

  const store = await openQueueStore({ config: database.config, log, alone: database.embedded }).catch(cause => {
    throw new Fault('queue.unavailable', 'The queue cannot prepare its tables.', { cause })
  })

  /** Runs `work` against the store. An outage is logged when it begins and when it ends; the next tick tries again. */
  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
      if (!reachable) log.info({}, 'The queue reaches its database again')
      reachable = true
    } catch (error) {
      if (stopping) return
      if (reachable) log.error({ err: error }, 'The queue cannot reach its database and keeps trying')
      reachable = false
    }
  }

  const pumps = { revoke: pump('revoke'), walk: pump('walk') }
  const pumpAll = () => Promise.all([pumps.revoke(), pumps.walk()])

  function pump(lane: Lane): () => Promise<void> {
    return oneAtATime(() =>
      attempt(async () => {
        for (;;) {
          const free = SLOTS[lane] - running[lane]
          if (!handle || stopping || free <= 0 || endings.length >= 2 * END_BATCH) return
          const claims = await store.claim(lane, free)
          if (stopping) return store.release(claims)
          for (const claim of claims) void run(lane, claim)
          if (claims.length < free) return
        }
      })
    )
  }

  async function run(lane: Lane, claim: Claim): Promise<void> {
    held.add(claim)
    running[lane] += 1
    endings.push(await outcomeOf(claim))
    running[lane] -= 1
    void record()
    void pumps[lane]()
    if (running.revoke + running.walk === 0) finished()
  }

  async function outcomeOf(claim: Claim): Promise<Ending> {
    try {
      const { wakeAt, look } = (await handle?.(claim.job)) ?? {}
      look?.forEach(assertStorable)
      return { claim, wakeAt: wakeAt && storable(wakeAt), look }
    } catch (error) {
      const details = { key: claim.job.key, lane: claim.job.lane, tries: claim.retryCount + 1, err: error }
      if (error instanceof Fault && error.retry) {
        log.warn({ ...details, code: error.code }, 'A job failed and is tried again')
        const waitMs = error.retryAt ? error.retryAt.getTime() - clock.now().getTime() : 0
        return { claim, failed: error.code, waitMs: Math.min(waitMs, LONGEST_ASKED_WAIT_MS) }
      }
      log.error(details, 'A job failed by an error of ours and is tried again')
      return { claim, failed: error instanceof Fault ? error.code : 'bug', waitMs: 0 }
    }
  }

  const record = oneAtATime(() =>
    attempt(async () => {
      while (endings.length > 0) {
        const batch = endings.slice(0, END_BATCH)
        await store.end(batch)
        endings.splice(0, batch.length)
        for (const { claim } of batch) held.delete(claim)
        void pumpAll()
      }
      void rest()
    })
  )

  const rest = oneAtATime(() =>
    attempt(async () => {
      if (idlers.size === 0 || held.size > 0) return
      const { due, active } = await store.counts(clock.now())
      if (due + active > 0) return
      for (const resolve of idlers) resolve()
      idlers.clear()
    })
  )

  const tick = oneAtATime(async () => {
    await attempt(async () => {
      while (!stopping && !(await store.advance(clock.now())));
    })
    await Promise.all([pumpAll(), record()])
    await rest()
  })

  await store.listen(() => void pumpAll())
  const stops = [
    pulse(TICK_MS, () => void tick()),
    pulse(TOUCH_MS, () => void attempt(() => store.touch([...held]))),
    clock.onAdvance?.(() => void tick())
  ]

  return {
    look: async (jobs, { at } = {}) => {
      jobs.forEach(assertStorable)
      try {
        if (stopping) throw new Error('The queue is stopped')
        if (at && at.getTime() > clock.now().getTime()) await store.wake(jobs, storable(at))
        else await store.look(jobs)
      } catch (cause) {
        throw new Fault('queue.unavailable', 'The queue cannot store work now.', { cause })
      }
      void pumpAll()
    },
    work: async given => {
      if (handle) throw new TypeError('The queue has its handler already')
      handle = given
      await tick()
    },
    idle: () =>
      new Promise(resolve => {
        idlers.add(resolve)
        void rest()
      }),
    counts: () => store.counts(clock.now()),
    stop: async ({ graceful = true } = {}) => {
      if (stopping) return
      stopping = true
      for (const stop of stops) stop?.()
      if (graceful) await pumpAll()
      if (graceful && running.revoke + running.walk > 0) await new Promise<void>(resolve => (finished = resolve))
      if (graceful) await record()
      await store.close()
    }
  }
}

/** Runs `work` alone; all who ask while it runs share the one run that follows. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve()
  let next: Promise<void> | undefined
  return () =>
    (next ??= last =
      last.then(() => {
        next = undefined
        return work()
      }))
}

/** The instant in the range that PostgreSQL reads in ISO form; TypeError for a Date that is none. */
function storable(at: Date): Date {
  if (Number.isNaN(at.getTime())) throw new TypeError('A wake-up needs a valid date')
  return new Date(Math.min(Math.max(at.getTime(), 0), Date.UTC(9999, 11, 31)))
}

/** Refuses what the index and jsonb cannot hold, before it could fail a batch of others. */
function assertStorable({ key, data }: Job): void {
  const text = data === undefined ? '' : JSON.stringify(data)
  const badKey = !key || key.includes('\0') || !key.isWellFormed() || Buffer.byteLength(key) > LONGEST_KEY_BYTES
  if (badKey || text.length > LONGEST_DATA || /\\u(?:0000|d[89a-f])/.test(text)) {
    throw new TypeError('A job needs a key and small data that PostgreSQL can hold')
  }
}
