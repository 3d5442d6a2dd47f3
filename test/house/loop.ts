// Beneath house.ts: the queue in memory, with the semantics of src/queue and no surprises: one job at a time, oldest first.
import { Fault } from '../../src/model/fault.ts'
import type { Clock } from '../../src/model/ports.ts'
import type { Job, Lane, Outcome, Queue } from '../../src/queue/queue.ts'

/** The queue, and what a test moves it by. */
export interface Loop extends Queue {
  /** Runs one due job; false when none is due. Resolves early when `died` does: then the job is never heard of again. */
  step(died: Promise<'died'>): Promise<boolean>
  /** When the next waiting job or wake-up is due; undefined when nothing waits. */
  nextAt(): Date | undefined
  /** Codes of the Faults that jobs failed with, oldest first. */
  readonly faults: { key: string; code: string }[]
  /** What jobs threw that is no Fault: bugs. */
  readonly bugs: unknown[]
  /** What a database would have kept. */
  readonly kept: Kept
}

interface Kept {
  waiting: Map<string, Waiting>
  wakes: Map<string, { job: Job; at: number }>
}

interface Waiting {
  job: Job
  order: number
  notBefore: number
  tries: number
}

const longestRetryMs: Record<Lane, number> = { walk: 300_000, revoke: 60_000 }

/**
 * A queue that is empty, or goes on with what `before` kept. As in src/queue/sql.ts: a look at a waiting key keeps
 * the data that waits, a look at a running key is
 * asked again when it ends, the earliest of several wake-ups stays, and a failed job waits and is hurried by a look.
 */
export function openLoop(clock: Clock, before?: Loop): Loop {
  const { waiting, wakes } = before?.kept ?? {
    waiting: new Map<string, Waiting>(),
    wakes: new Map<string, { job: Job; at: number }>()
  }
  const again = new Map<string, Job>()
  const running = new Set<string>()
  const faults: Loop['faults'] = []
  const bugs: unknown[] = []
  let handle: ((job: Job) => Promise<Outcome | void>) | undefined
  let order = 0

  const now = (): number => clock.now().getTime()
  const laneOf = (a: Lane, b: Lane): Lane => (a === 'revoke' || b === 'revoke' ? 'revoke' : 'walk')

  function ask(job: Job): void {
    const known = waiting.get(job.key)
    if (known !== undefined) {
      known.job = { ...known.job, lane: laneOf(known.job.lane, job.lane) }
      known.notBefore = Math.min(known.notBefore, now())
    } else if (running.has(job.key)) {
      again.set(job.key, { ...again.get(job.key), ...job })
    } else {
      waiting.set(job.key, { job, order: order++, notBefore: now(), tries: 0 })
    }
  }

  function wake(job: Job, at: number): void {
    const known = wakes.get(job.key)
    wakes.set(job.key, { job: { ...known?.job, ...job }, at: Math.min(at, known?.at ?? at) })
  }

  function takeDue(): void {
    for (const [key, { job, at }] of Array.from(wakes)) {
      if (at > now() || running.has(key)) continue
      wakes.delete(key)
      ask(job)
    }
  }

  function pick(): Waiting | undefined {
    const due = [...waiting.values()].filter(one => one.notBefore <= now())
    const urgent = due.filter(one => one.job.lane === 'revoke')
    return (urgent.length > 0 ? urgent : due).sort((a, b) => a.order - b.order)[0]
  }

  function failed({ job, tries }: Waiting, error: unknown): void {
    if (error instanceof Fault) faults.push({ key: job.key, code: error.code })
    else bugs.push(error)
    const asked = error instanceof Fault && error.retry ? (error.retryAt?.getTime() ?? 0) - now() : 0
    const backoff = Math.min(longestRetryMs[job.lane], 1000 * 2 ** Math.min(tries, 20))
    const notBefore = now() + Math.max(backoff, Math.min(asked, 3_600_000))
    waiting.set(job.key, { job, order: order++, notBefore, tries: tries + 1 })
  }

  return {
    faults,
    bugs,
    kept: { waiting, wakes },
    look: async (jobs, { at } = {}) => {
      for (const job of jobs) {
        if (at !== undefined && at.getTime() > now()) wake(job, at.getTime())
        else ask(job)
      }
    },
    work: async handler => {
      handle = handler
    },
    step: async died => {
      takeDue()
      const next = pick()
      if (next === undefined || handle === undefined) return false
      const { job } = next
      waiting.delete(job.key)
      running.add(job.key)
      try {
        const outcome = await Promise.race([handle(structuredClone(job)), died])
        running.delete(job.key)
        if (outcome === 'died') return true
        if (outcome?.wakeAt !== undefined) wake(job, outcome.wakeAt.getTime())
        for (const look of outcome?.look ?? []) ask(look)
      } catch (error) {
        running.delete(job.key)
        failed(next, error)
      }
      const asked = again.get(job.key)
      again.delete(job.key)
      if (asked !== undefined) ask(asked)
      return true
    },
    nextAt: () => {
      const instants = [...[...waiting.values()].map(one => one.notBefore), ...[...wakes.values()].map(one => one.at)]
      return instants.length === 0 ? undefined : new Date(Math.min(...instants))
    },
    idle: async () => undefined,
    counts: async () => ({ due: waiting.size, active: running.size, later: wakes.size, failing: 0, oldestDueAt: null }),
    stop: async () => undefined
  }
}
