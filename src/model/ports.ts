// The ports through which everything impure reaches the rest of the house. Only `app.ts` and the processes' own doors build them.

/** Time. `now` is the instant by which everything is judged; `sleep` waits by the same clock. */
export interface Clock {
  now(): Date
  /** Resolves when `ms` milliseconds of this clock have passed. */
  sleep(ms: number): Promise<void>
  /** Only a clock that can be moved by hand has this: calls `listener` after each jump; returns how to stop listening. */
  onAdvance?(listener: () => void): () => void
}

/** Structured log: metadata first, then one static sentence, so that messages can be counted and searched. */
export interface Log {
  debug(details: object, message: string): void
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
  /** The same log with `details` on every line. */
  child(details: object): Log
}

/** Plain data that survives JSON. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
