// A log that keeps its lines, so that tests can look for what must not be in them.
import type { Log } from '../../src/model/ports.ts'

/** Opens an empty log; `lines` holds every line as one text. */
export function keepingLog(): Log & { lines: string[] } {
  const lines: string[] = []
  const keep = (details: object, message: string) => void lines.push(`${message} ${JSON.stringify(details)}`)
  const log = { lines, debug: keep, info: keep, warn: keep, error: keep, child: () => log }
  return log
}
