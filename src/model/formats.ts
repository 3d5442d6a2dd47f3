// The formats that the schemas name: what a text must be beyond its shape. Each parser here is the only authority.
import type { ProblemCode } from './problem.ts'
import { parseDuration } from './duration.ts'
import { parseInstant, parseInstantOrDate } from './instant.ts'
import { isLogin, parsePrincipal } from './principal.ts'
import { parseTicketPattern } from './ticket-pattern.ts'

/** One format: when it holds, and the code of its problem. */
export interface Format {
  code: ProblemCode
  holds(text: string): boolean
}

/** Every `format` of `policies/schemas`. */
export const formats: Record<string, Format> = {
  duration: { code: 'value.duration', holds: text => parseDuration(text) !== undefined },
  instant: { code: 'value.instant', holds: text => parseInstant(text) !== undefined },
  'instant-or-date': { code: 'value.instant', holds: text => parseInstantOrDate(text) !== undefined },
  'time-zone': { code: 'value.zone', holds: isZone },
  hours: { code: 'value.hours', holds: text => parseHours(text) !== undefined },
  'ticket-pattern': { code: 'value.pattern', holds: text => parseTicketPattern(text) !== undefined },
  paragraph: { code: 'schema.value', holds: text => !/[\n\t]/.test(text.trim()) && text.trim() !== '' },
  login: { code: 'schema.value', holds: isLogin },
  principal: { code: 'schema.value', holds: text => parsePrincipal(text) !== undefined },
  approver: { code: 'schema.value', holds: text => text === 'codeowners' || parsePrincipal(text) !== undefined }
}

/** Minutes since midnight of `08:00-18:00`; the end may be 24:00; undefined where both are the same or not a time. */
export function parseHours(text: string): { startMinute: number; endMinute: number } | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/.exec(text)
  if (match === null) return undefined
  const startMinute = Number(match[1]) * 60 + Number(match[2])
  const endMinute = Number(match[3] ?? 24) * 60 + Number(match[4] ?? 0)
  return startMinute === endMinute ? undefined : { startMinute, endMinute }
}

// Names only: an offset such as +02:00 would miss the change to and from summer time.
function isZone(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{1,63}$/.test(text)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return true
  } catch {
    return false
  }
}
