// A clause's hours on the wall clock of a zone, as instants.
import type { Window, Weekday } from '../../model/contract.ts'
import { zoneOf } from './zone.ts'
import type { Zone } from './zone.ts'

/** From `openAt` (inclusive) to `closeAt` (exclusive); null: it never closes. */
export interface Opening {
  openAt: Date
  closeAt: Date | null
}

const minuteMs = 60_000
const dayMs = 86_400_000
// Leaves room for the days that are added below; beyond it Intl throws (ECMA-262, time values).
const farthestMs = 8.6e15
const weekdays: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/**
 * The opening that `at` lies in, else the next one. Undefined where there is none: no day, or a zone that is not known.
 * Openings that touch are one, so hours around midnight do not close at midnight. Local times that the clock skips or
 * repeats are read as RFC 5545 §3.3.5 reads them: shifted past the gap, and the first of the two.
 */
export function openingAt(window: Window, at: Date): Opening | undefined {
  const zone = zoneOf(window.zone)
  if (zone === undefined || !(Math.abs(at.getTime()) < farthestMs)) return undefined
  const today = Math.floor(zone(at.getTime()) / dayMs) * dayMs
  const endMinute = window.endMinute <= window.startMinute ? window.endMinute + 1_440 : window.endMinute
  const openings: { openMs: number; closeMs: number }[] = []
  // From yesterday, whose night may still be open, to the day after this day next week.
  for (let day = -1; day <= 8; day += 1) {
    const midnight = today + day * dayMs
    const weekday = weekdays[new Date(midnight).getUTCDay()] as Weekday
    if (!window.days.includes(weekday)) continue
    const openMs = instantOf(zone, midnight + window.startMinute * minuteMs)
    const closeMs = instantOf(zone, midnight + endMinute * minuteMs)
    const last = openings.at(-1)
    if (last !== undefined && openMs <= last.closeMs) last.closeMs = Math.max(last.closeMs, closeMs)
    else openings.push({ openMs, closeMs })
  }
  const found = openings.find(opening => opening.closeMs > at.getTime())
  if (found === undefined) return undefined
  // Ten days without a gap are every day of the week around the clock.
  const always = found.closeMs - found.openMs > 8 * dayMs
  return { openAt: new Date(found.openMs), closeAt: always ? null : new Date(found.closeMs) }
}

function instantOf(zone: Zone, localMs: number): number {
  const offsets = [localMs - dayMs, localMs + dayMs].map(near => zone(near) - near) as [number, number]
  const fitting = offsets.map(offset => localMs - offset).filter(instantMs => zone(instantMs) === localMs)
  // None fits where the clock skips: the offset before the gap carries the time past it.
  return fitting.length === 0 ? localMs - offsets[0] : Math.min(...fitting)
}
