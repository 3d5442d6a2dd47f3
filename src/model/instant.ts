// Instants: RFC 3339 in, UTC out. Real calendar dates only (attack #80).

const day = String.raw`(\d{4})-(\d{2})-(\d{2})`
const dateOnly = new RegExp(`^${day}$`)
const full = new RegExp(String.raw`^${day}T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,3}))?(?:Z|([+-])(\d{2}):(\d{2}))$`)

/** `2026-11-22T15:00:00Z` or with an offset (RFC 3339, upper case); years 2000–2199; no leap second, no 24:00. */
export function parseInstant(text: string): Date | undefined {
  const match = full.exec(text)
  if (match === null) return undefined
  const [year = 0, month = 0, date = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number)
  const offsetHour = Number(match[9] ?? 0)
  const offsetMinute = Number(match[10] ?? 0)
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) return undefined
  const midnight = midnightOf(year, month, date)
  if (midnight === undefined) return undefined
  const milliseconds = Number((match[7] ?? '').padEnd(3, '0'))
  const offset = (match[8] === '-' ? -1 : 1) * (offsetHour * 60 + offsetMinute)
  return new Date(midnight + ((hour * 60 + minute - offset) * 60 + second) * 1_000 + milliseconds)
}

/** As `parseInstant`, and a bare date too: `2026-01-01` is its midnight in UTC. */
export function parseInstantOrDate(text: string): Date | undefined {
  const match = dateOnly.exec(text)
  if (match === null) return parseInstant(text)
  const midnight = midnightOf(Number(match[1]), Number(match[2]), Number(match[3]))
  return midnight === undefined ? undefined : new Date(midnight)
}

/** `2026-11-22T15:00:00Z`; milliseconds only where there are any. */
export function formatInstant(at: Date): string {
  return at.toISOString().replace('.000Z', 'Z')
}

// Date.UTC rolls 31 February over into March; a date that does not come back as written was not real.
function midnightOf(year: number, month: number, date: number): number | undefined {
  if (year < 2000 || year > 2199) return undefined
  const midnight = Date.UTC(year, month - 1, date)
  const back = new Date(midnight)
  return back.getUTCMonth() === month - 1 && back.getUTCDate() === date ? midnight : undefined
}
