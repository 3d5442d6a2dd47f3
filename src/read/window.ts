// Beneath budget.ts: how much was used within the last while, and when there is room again.

/** A sliding window. Its memory is bounded by what it allows. */
export interface Window {
  readonly most: number
  /** What was used in the window that ends at `nowMs`. */
  used(nowMs: number): number
  /** The earliest instant, not before `nowMs`, at which `units` more keep every window within `limit`. */
  freeAt(nowMs: number, units: number, limit: number): number
  add(atMs: number, units: number): void
}

/**
 * At most `most` units in any `lengthMs`. Instants that lie ahead are forgotten: a clock that was set back must not
 * lock us out (reliability fault 23).
 */
export function slidingWindow(most: number, lengthMs: number): Window {
  let held: { atMs: number; units: number }[] = []
  const forget = (nowMs: number): void => {
    if (held.some(one => one.atMs > nowMs || one.atMs <= nowMs - lengthMs)) {
      held = held.filter(one => one.atMs <= nowMs && one.atMs > nowMs - lengthMs)
    }
  }
  const sum = (): number => held.reduce((total, one) => total + one.units, 0)
  return {
    most,
    used: nowMs => {
      forget(nowMs)
      return sum()
    },
    freeAt: (nowMs, units, limit) => {
      forget(nowMs)
      let left = sum() + units - limit
      for (const one of held) {
        if (left <= 0) break
        left -= one.units
        nowMs = Math.max(nowMs, one.atMs + lengthMs)
      }
      return nowMs
    },
    add: (atMs, units) => void held.push({ atMs, units })
  }
}
