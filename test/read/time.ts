// Test builder: time that runs by itself. When nothing can go on but by waiting, it jumps to where the next wait ends.
import type { Clock, Log } from '../../src/model/ports.ts'

/** Starts on Monday, 23 November 2026, 09:00 UTC. */
export function quickClock(): Clock & { set(ms: number): void; ms(): number; run<T>(work: Promise<T>): Promise<T> } {
  let at = Date.UTC(2026, 10, 23, 9)
  let sleepers: { untilMs: number; wake: () => void }[] = []
  const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
  return {
    now: () => new Date(at),
    ms: () => at,
    set: ms => {
      at = ms
    },
    sleep: ms => new Promise(wake => sleepers.push({ untilMs: at + ms, wake })),
    run: async work => {
      let done = false
      const finished = work.finally(() => {
        done = true
      })
      finished.catch(() => undefined)
      for (let idle = 0; !done;) {
        await turn()
        idle += 1
        // Requests of the local GitHub take a few turns; only then does time pass.
        if (idle < 20 || sleepers.length === 0) continue
        idle = 0
        at = Math.max(at, Math.min(...sleepers.map(one => one.untilMs)))
        const due = sleepers.filter(one => one.untilMs <= at)
        sleepers = sleepers.filter(one => one.untilMs > at)
        for (const one of due) one.wake()
      }
      return await finished
    }
  }
}

/** A log that keeps what it was told. */
export function keptLog(): Log & { lines: { level: string; details: object; message: string }[] } {
  const lines: { level: string; details: object; message: string }[] = []
  const at = (level: string) => (details: object, message: string) => void lines.push({ level, details, message })
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: () => log, lines }
  return log
}
