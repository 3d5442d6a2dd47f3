// Beneath github.ts: GitHub's limits as a budget. Writes go one by one, the most urgent first, and none is refused.
import { Fault } from '../model/fault.ts'
import type { Clock, Log } from '../model/ports.ts'
import { order, urgent } from './priority.ts'
import type { Priority, Write } from './priority.ts'
import { slidingWindow } from './window.ts'

/** What GitHub allows one installation. */
export interface Limits {
  /** Between two writes, from start to start (docs.github.com, "Best practices for using the REST API"). */
  spacingMs: number
  /** Writes that create content (docs.github.com, "Rate limits for the REST API", secondary limits). */
  contentPerMinute: number
  contentPerHour: number
  /** A read costs 1, a write 5 (same page, "Calculating points"). */
  pointsPerMinute: number
  /** The part of every limit that only the priority `end` may use (attack 74). */
  reserve: number
}

/** GitHub's published limits, a tenth of them kept for revocation. */
export const gitHubLimits: Limits = {
  spacingMs: 1000,
  contentPerMinute: 80,
  contentPerHour: 500,
  pointsPerMinute: 900,
  reserve: 0.1
}

/** Where an installation stands, for the log and the status page. */
export interface BudgetNumbers {
  /** Writes that wait for their turn. */
  waiting: number
  contentLastMinute: number
  contentLastHour: number
  pointsLastMinute: number
  /** The primary limit as GitHub last told it; null before its first answer. */
  remaining: number | null
  limit: number | null
  resetAt: Date | null
  /** GitHub asked us to be silent until then; null when it does not. */
  pausedUntil: Date | null
  /** How often we put something off, and how often GitHub had to. */
  putOff: number
  refused: number
  /** More than four fifths of something is used, or GitHub asked us to wait. */
  near: boolean
  /** What it is measured by; null: GitHub has none. */
  limits: Limits | null
}

/** One installation's budget. */
export interface Budget {
  /** Waits until a read may be sent. Throws `Fault('github.limited')` rather than to wait for long. */
  read(): Promise<void>
  /** Sends a write when it is its turn. Throws `Fault('github.limited')` at once where that would be long. */
  write<T>(write: Write, send: () => Promise<T>): Promise<T>
  /** Learns from the headers of an answer. */
  told(headers: Readonly<Record<string, unknown>>): void
  /** GitHub refused by a limit: nothing is sent before that instant. */
  pause(until: Date): void
  numbers(): BudgetNumbers
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** So long a worker may wait for its turn; beyond it the queue keeps the work, and the worker does something else. */
const patienceMs = 20_000
/** From this part of a limit on it is near, and well again only below that one: the log must not flutter between them. */
const nearFrom = 0.8
const wellBelow = 0.6

interface Waiting extends Write {
  askedMs: number
  go(): Promise<unknown>
  refuse(fault: Fault): void
}

/**
 * The budget of one installation. `limits` null: GitHub has none, such as the local one; then nothing waits. `log` is
 * told once when the limits come near, and once when all is well again.
 */
export function createBudget(options: { clock: Clock; log: Log; limits: Limits | null }): Budget {
  const { clock, log, limits } = options
  const perMinute = slidingWindow(limits?.contentPerMinute ?? Infinity, minuteMs)
  const perHour = slidingWindow(limits?.contentPerHour ?? Infinity, hourMs)
  const points = slidingWindow(limits?.pointsPerMinute ?? Infinity, minuteMs)
  const waiting: Waiting[] = []
  let sending = false
  let lastSentMs = -Infinity
  let lastPromisedMs = -Infinity
  let pausedMs = -Infinity
  let told = false
  let primary: { remaining: number; limit: number; resetMs: number } | undefined
  let putOff = 0
  let refused = 0

  const now = (): number => clock.now().getTime()
  const allowed = (most: number, priority: Priority | undefined): number =>
    priority === 'end' ? most : Math.floor(most * (1 - (limits?.reserve ?? 0)))

  /** When GitHub's own word lets us send again. */
  function openAt(nowMs: number, priority: Priority | undefined): number {
    const told = primary ?? { remaining: Infinity, limit: 0, resetMs: nowMs }
    const spent = told.remaining <= told.limit - allowed(told.limit, priority)
    return Math.max(nowMs, pausedMs, spent ? told.resetMs : nowMs)
  }

  function sendableAt(nowMs: number, write: Write, rules: Limits): number {
    // A clock that was set back (reliability fault 23) costs one spacing, not all the time that it was set back by.
    lastSentMs = Math.min(lastSentMs, nowMs)
    const most = (window: typeof points): number => allowed(window.most, write.priority)
    const counted = [points.freeAt(nowMs, 5, most(points))]
    if (write.content) counted.push(...[perMinute, perHour].map(window => window.freeAt(nowMs, 1, most(window))))
    return Math.max(openAt(nowMs, write.priority), lastSentMs + rules.spacingMs, ...counted)
  }

  /** Each of those who are put off is told an instant of its own, so that they do not all come back at once. */
  function later(atMs: number, write?: Write): Fault {
    putOff += 1
    tell()
    let retryMs = atMs
    if (limits !== null && write !== undefined && write.priority !== 'end') {
      const stepMs = write.content ? hourMs / allowed(limits.contentPerHour, write.priority) : limits.spacingMs
      lastPromisedMs = Math.max(atMs, Math.min(lastPromisedMs + stepMs, atMs + hourMs))
      retryMs = lastPromisedMs
    }
    return new Fault('github.limited', 'The limits that GitHub sets are nearly used up', { retryAt: new Date(retryMs) })
  }

  function current(nowMs: number): typeof primary {
    return primary !== undefined && primary.resetMs > nowMs ? primary : undefined
  }

  function isUsed(part: number, nowMs: number): boolean {
    const { remaining, limit } = current(nowMs) ?? { remaining: Infinity, limit: 0 }
    return remaining <= limit * (1 - part) || pausedMs > nowMs || perHour.used(nowMs) >= perHour.most * part
  }

  function numbers(): BudgetNumbers {
    const nowMs = now()
    const known = current(nowMs)
    return {
      waiting: waiting.length,
      contentLastMinute: perMinute.used(nowMs),
      contentLastHour: perHour.used(nowMs),
      pointsLastMinute: points.used(nowMs),
      remaining: known?.remaining ?? null,
      limit: known?.limit ?? null,
      resetAt: known === undefined ? null : new Date(known.resetMs),
      pausedUntil: pausedMs > nowMs ? new Date(pausedMs) : null,
      putOff,
      refused,
      near: isUsed(nearFrom, nowMs),
      limits
    }
  }

  function tell(): void {
    if (told === isUsed(told ? wellBelow : nearFrom, now())) return
    told = !told
    const details = { github: numbers() }
    if (told) log.warn(details, 'The limits of GitHub are near: what is not urgent waits, revocation does not')
    else log.info(details, 'The limits of GitHub are far again')
  }

  /**
   * Sends what waits, one at a time, and chooses anew after each second of sleep: something more urgent may have
   * come.
   */
  async function drain(rules: Limits): Promise<void> {
    if (sending) return
    sending = true
    try {
      for (;;) {
        const nowMs = now()
        const ranked = waiting
          .map(write => ({ write, atMs: sendableAt(nowMs, write, rules) }))
          .sort((a, b) => a.atMs - b.atMs || order[a.write.priority] - order[b.write.priority])
        for (const { write, atMs } of ranked) {
          if (atMs - write.askedMs <= patienceMs) continue
          waiting.splice(waiting.indexOf(write), 1)
          write.refuse(later(Math.max(atMs, nowMs + rules.spacingMs), write))
        }
        const next = ranked.find(({ write }) => waiting.includes(write))
        if (next === undefined) return
        if (next.atMs > nowMs) {
          await clock.sleep(Math.min(next.atMs - nowMs, rules.spacingMs))
          continue
        }
        waiting.splice(waiting.indexOf(next.write), 1)
        lastSentMs = nowMs
        points.add(nowMs, 5)
        await next.write.go()
        // Counted when it is answered: GitHub saw it before that, so that no window of its own holds more than ours.
        if (next.write.content) for (const window of [perMinute, perHour]) window.add(now(), 1)
        tell()
      }
    } finally {
      sending = false
    }
  }

  return {
    read: async () => {
      if (limits === null) return
      const priority = urgent()
      const askedMs = now()
      for (;;) {
        const nowMs = now()
        const freeMs = points.freeAt(nowMs, 1, allowed(points.most, priority))
        const atMs = Math.max(openAt(nowMs, priority), freeMs)
        if (atMs <= nowMs) break
        if (atMs - askedMs > patienceMs) throw later(atMs)
        await clock.sleep(atMs - nowMs)
      }
      points.add(now(), 1)
    },
    write: async (write, send) => {
      if (limits === null) return await send()
      return await new Promise((resolve, reject) => {
        waiting.push({
          ...write,
          askedMs: now(),
          go: () => send().then(resolve, reject),
          refuse: reject
        })
        void drain(limits)
      })
    },
    told: headers => {
      if ((headers['x-ratelimit-resource'] ?? 'core') !== 'core') return
      const number = (name: string): number => Number(headers[`x-ratelimit-${name}`] ?? NaN)
      const [limit, remaining, reset] = [number('limit'), number('remaining'), number('reset')]
      if (!(limit > 0) || Number.isNaN(remaining + reset)) return
      primary = { limit, remaining, resetMs: reset * 1000 }
      tell()
    },
    pause: until => {
      refused += 1
      // The queue caps what it waits for as well: no header may silence us for longer than the window it speaks of.
      pausedMs = Math.max(pausedMs, Math.min(until.getTime(), now() + hourMs))
      tell()
    },
    numbers
  }
}
