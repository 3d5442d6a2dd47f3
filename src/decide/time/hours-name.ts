// How sentences name a clause's hours.
import type { Window } from '../../model/contract.ts'
import { plain } from '../wording.ts'

/** `mon, tue 08:00–18:00 Europe/Berlin`. */
export function hoursName({ days, startMinute, endMinute, zone }: Window): string {
  return plain(`${days.join(', ')} ${clock(startMinute)}–${clock(endMinute)} ${zone}`)
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}
