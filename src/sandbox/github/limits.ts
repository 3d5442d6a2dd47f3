// Local GitHub, door: GitHub's primary limit (requests an hour) and secondary one (writes too close), by token.
import { ApiRefusal } from './answer.ts'

/** The outcome of one check: a refusal, or `spend`, to be called once with whether the answer was free (a 304). */
export interface Limit {
  refused: ApiRefusal | undefined
  spend(free: boolean): Record<string, string>
  headers(): Record<string, string>
}

/** Counts by credential, over hours of the clock. */
export interface Limits {
  check(key: string, write: boolean): Limit
  /** What `GET /rate_limit` answers; asking costs nothing. */
  state(key: string): { limit: number; remaining: number; reset: number; used: number }
}

interface Window {
  startedAt: number
  used: number
  lastWriteAt: number
}

const HOUR_MS = 3_600_000

/** Builds the counters; `writeSpacingMs` 0 turns the secondary limit off. */
export function createLimits({
  clock,
  writeSpacingMs,
  requestsPerHour
}: {
  clock: { now(): Date }
  writeSpacingMs: number
  requestsPerHour: number
}): Limits {
  const windows = new Map<string, Window>()
  const tooSoon = (sinceMs: number): boolean => sinceMs >= 0 && sinceMs < writeSpacingMs
  const limitOf = (key: string): number => (key === '' ? 60 : requestsPerHour) // without a credential GitHub allows 60
  return {
    state(key) {
      const now = clock.now().getTime()
      const held = windows.get(key)
      const { startedAt, used } =
        held === undefined || now - held.startedAt >= HOUR_MS ? { startedAt: now, used: 0 } : held
      return {
        limit: limitOf(key),
        remaining: Math.max(0, limitOf(key) - used),
        reset: Math.ceil((startedAt + HOUR_MS) / 1000),
        used
      }
    },
    check(key, write) {
      const now = clock.now().getTime()
      let held = windows.get(key)
      if (held === undefined || now - held.startedAt >= HOUR_MS) {
        held = { startedAt: now, used: 0, lastWriteAt: held?.lastWriteAt ?? -Infinity }
        windows.set(key, held)
      }
      const window = held
      const limit = limitOf(key)
      const headers = (): Record<string, string> => ({
        'x-ratelimit-limit': String(limit),
        'x-ratelimit-remaining': String(Math.max(0, limit - window.used)),
        'x-ratelimit-used': String(window.used),
        'x-ratelimit-reset': String(Math.ceil((window.startedAt + HOUR_MS) / 1000)),
        'x-ratelimit-resource': 'core'
      })
      const refused =
        window.used >= limit
          ? new ApiRefusal(403, 'API rate limit exceeded')
          : write && tooSoon(now - window.lastWriteAt)
            ? new ApiRefusal(
                403,
                'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
                undefined,
                {
                  'retry-after': String(Math.max(1, Math.ceil((window.lastWriteAt + writeSpacingMs - now) / 1000)))
                }
              )
            : undefined
      if (write && refused === undefined) window.lastWriteAt = now
      return {
        refused,
        headers,
        spend(free) {
          if (!free) window.used++
          return headers()
        }
      }
    }
  }
}
