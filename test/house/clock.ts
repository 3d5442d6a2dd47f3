// Beneath house.ts: time in the tests. It stands still until a test moves it, for libraries as well.
import { moveDate } from '../../src/sandbox/clock.ts'
import type { MovableClock } from '../../src/sandbox/clock.ts'

/** A clock that is moved by hand, in milliseconds, and never back. */
export interface HandClock extends MovableClock {
  forward(ms: number): void
}

const began = Date.UTC(2026, 10, 23, 9)

/** Starts on Monday, 23 November 2026, 09:00 UTC, and takes `Date` of this process with it: tokens age by it too. */
export function handClock(): HandClock {
  let at = began
  const listeners = new Set<() => void>()
  const tell = (): void => {
    for (const listener of listeners) listener()
  }
  const clock: HandClock = {
    now: () => new Date(at),
    forward: ms => {
      at += ms
      tell()
    },
    offsetMs: () => at - began,
    moveTo: offsetMs => {
      at = Math.max(at, began + offsetMs)
      tell()
    },
    onAdvance: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    sleep: ms => {
      const until = at + ms
      return new Promise(resolve => {
        const stop = clock.onAdvance(() => {
          if (at < until) return
          stop()
          resolve()
        })
      })
    }
  }
  moveDate(clock)
  return clock
}
