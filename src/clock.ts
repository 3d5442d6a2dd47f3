// The processes' real clock: the one place where time and timers enter the house.
import type { Clock } from './model/ports.ts'

/** A sleep longer than this overflows Node's timer and would fire at once, so long sleeps are taken in pieces. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** The machine's clock. `sleep` keeps its promise for any length, and returns at once for zero, negative or NaN. */
export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async ms => {
    for (let left = ms; left > 0; left -= LONGEST_TIMER_MS) {
      const piece = Math.min(left, LONGEST_TIMER_MS)
      await new Promise<void>(resolve => {
        setTimeout(resolve, piece)
      })
    }
  }
}

/**
 * Calls `beat` every `everyMs` of real time, whatever clock the house is judged by, until the returned function is
 * called. It never keeps the process alive. For the tickers of adapters, which go on while a demo's clock stands still.
 */
export function pulse(everyMs: number, beat: () => void): () => void {
  const timer = setInterval(beat, everyMs).unref()
  return () => clearInterval(timer)
}
