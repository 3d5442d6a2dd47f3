// The wall clock of a zone: the one place where the core asks for the rules of a zone (perf.md D).

/** From an instant to the wall clock of one zone, both in milliseconds, the wall clock written as if it were UTC. */
export type Zone = (instantMs: number) => number

const quarterMs = 900_000
// Since 1972 every zone's offset is of whole minutes and changes on a quarter of an hour of UTC; from 2000 on we cache.
const cachedFromMs = Date.UTC(2000, 0, 1)
const mostZones = 1_000
const mostQuarters = 20_000
const zones = new Map<string, Zone>()

/** The zone of an IANA name, whatever the process's own zone and language; undefined for a name that is not known. */
export function zoneOf(name: string): Zone | undefined {
  const known = zones.get(name)
  if (known !== undefined) return known
  const format = formatOf(name)
  if (format === undefined) return undefined
  const zone = cached(instantMs => {
    const parts = Object.fromEntries(format.formatToParts(instantMs).map(part => [part.type, Number(part.value)]))
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instantMs / 1_000) * 1_000
  })
  if (zones.size >= mostZones) zones.clear()
  zones.set(name, zone)
  return zone
}

// An offset holds for a whole quarter of an hour, so each is asked for once.
function cached(offsetAt: (instantMs: number) => number): Zone {
  const offsets = new Map<number, number>()
  return instantMs => {
    if (!(instantMs >= cachedFromMs)) return instantMs + offsetAt(instantMs)
    const quarter = Math.floor(instantMs / quarterMs)
    let offset = offsets.get(quarter)
    if (offset === undefined) {
      offset = offsetAt(quarter * quarterMs)
      if (offsets.size >= mostQuarters) offsets.clear()
      offsets.set(quarter, offset)
    }
    return instantMs + offset
  }
}

// The zone is named, so the process's own zone and language do not matter.
function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  const date = { year: 'numeric', month: 'numeric', day: 'numeric' } as const
  const time = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const
  try {
    return new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', { timeZone, ...date, ...time })
  } catch {
    return undefined
  }
}
