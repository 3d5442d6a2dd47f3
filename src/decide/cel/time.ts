// Timestamps and durations of CEL: how they are written, kept in range, and taken apart in a zone.
import { zoneOf } from '../time/zone.ts'
import { CelError } from './types.ts'

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 }
const written = /^(-)?((?:\d{1,9}(?:\.\d{1,3})?(?:h|ms|m|s)){1,8})$/
const part = /(\d+(?:\.\d+)?)(h|ms|m|s)/g
const longestMs = 1_000 * 366 * 86_400_000
const earliestMs = Date.UTC(1900, 0, 1)
const latestMs = Date.UTC(2400, 0, 1)
const offsetForm = /^([+-]?)(\d{2}):(\d{2})$/

/** Milliseconds of `4h`, `1h30m`, `-1.5h`, `90s`, `250ms`; undefined for what CEL does not take, or we: below 1 ms. */
export function parseCelDuration(text: string): number | undefined {
  const match = written.exec(text)
  if (match === null) return undefined
  let total = 0
  for (const [, count, unit] of (match[2] as string).matchAll(part)) {
    total += Number(count) * (unitMs[unit as string] as number)
  }
  const whole = Math.round(total)
  // A thousandth of an hour is whole in milliseconds; a thousandth of a millisecond is not.
  if (Math.abs(total - whole) > 1e-6 || whole > longestMs) return undefined
  return match[1] === undefined ? whole : -whole
}

/** `ms` where it is a timestamp between the years 1900 and 2400, in which we know every zone; else an error. */
export function timestampIn(ms: number): number {
  if (ms >= earliestMs && ms < latestMs) return ms
  throw new CelError('A time is out of range.')
}

/** `ms` where it is a duration of at most a thousand years; else an error. */
export function durationIn(ms: number): number {
  if (Math.abs(ms) <= longestMs) return ms
  throw new CelError('A duration is out of range.')
}

/** `value` where it is a safe integer; else an error: what would be rounded decides nothing. */
export function intIn(value: number): number {
  if (Number.isSafeInteger(value)) return value
  throw new CelError('A number is out of range.')
}

/** The wall clock at `ms` in an IANA zone, or at a fixed offset as `+02:00`, as a date whose UTC fields are local. */
export function wallClock(ms: number, zone: string): Date {
  timestampIn(ms)
  const fixed = offsetForm.exec(zone)
  if (fixed !== null) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3])
    return new Date(ms + (fixed[1] === '-' ? -minutes : minutes) * 60_000)
  }
  const known = zoneOf(zone)
  if (known === undefined) throw new CelError('A time zone is not known.')
  return new Date(known(ms))
}

/** What a timestamp's getters answer from the wall clock. Months and days of the year count from 0, as in CEL. */
export const timestampFields: Readonly<Record<string, (local: Date) => number>> = {
  getFullYear: local => local.getUTCFullYear(),
  getMonth: local => local.getUTCMonth(),
  getDayOfYear: local => Math.floor((local.getTime() - Date.UTC(local.getUTCFullYear(), 0, 1)) / 86_400_000),
  getDayOfMonth: local => local.getUTCDate() - 1,
  getDate: local => local.getUTCDate(),
  getDayOfWeek: local => local.getUTCDay(),
  getHours: local => local.getUTCHours(),
  getMinutes: local => local.getUTCMinutes(),
  getSeconds: local => local.getUTCSeconds(),
  getMilliseconds: local => local.getUTCMilliseconds()
}

/** What a duration's getters answer: the whole of it in hours, minutes, seconds; of milliseconds what is left over. */
export const durationFields: Readonly<Record<string, (ms: number) => number>> = {
  getHours: ms => Math.trunc(ms / 3_600_000),
  getMinutes: ms => Math.trunc(ms / 60_000),
  getSeconds: ms => Math.trunc(ms / 1_000),
  getMilliseconds: ms => ms % 1_000
}
