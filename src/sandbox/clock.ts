// The sandbox's clock: real time and an offset, which the story moves forward so that nobody waits two hours for an expiry.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../model/ports.ts'

/** A clock that can be moved forward by hand; never back (reliability fault 23). */
export interface MovableClock extends Clock {
  offsetMs(): number
  /** Moves the clock to real time plus `offsetMs`, and tells who listens. An offset that is smaller than now's changes nothing. */
  moveTo(offsetMs: number): void
  onAdvance(listener: () => void): () => void
}

const RealDate = Date

/** Makes `Date` go by `clock` in this process, for libraries that know no other clock. Timers still go by real time. */
export function moveDate(clock: MovableClock): void {
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given: unknown[]) =>
      (given.length === 0 ? clock.now() : Reflect.construct(target, given)) as Date,
    apply: () => clock.now().toString(),
    get: (target, name) => (name === 'now' ? () => clock.now().getTime() : Reflect.get(target, name))
  })
}

/** A clock at real time plus `startMs`. */
export function movableClock(startMs = 0): MovableClock {
  let offset = startMs
  const listeners = new Set<() => void>()
  const now = (): Date => new RealDate(RealDate.now() + offset)
  return {
    now,
    offsetMs: () => offset,
    moveTo: to => {
      if (to <= offset) return
      offset = to
      for (const listener of listeners) listener()
    },
    onAdvance: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    sleep: async ms => {
      const until = now().getTime() + ms
      while (now().getTime() < until) await sleep(Math.min(until - now().getTime(), 250))
    }
  }
}
