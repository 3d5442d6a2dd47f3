// What an approver must know about a request, in the order in which they ask: who, what, how long, why, which clause.
import { actionName } from '../model/clause.ts'
import type { Clause, Contract } from '../model/contract.ts'
import { formatDuration } from '../model/duration.ts'
import { accessName } from '../model/entitlement.ts'
import type { AccessRequest } from '../model/request.ts'
import { code, item, prose } from './markdown.ts'

/** A request with the clause that it asks under, where there is one. */
export interface Asked {
  request: AccessRequest
  contract: Contract | null
  clause: Clause | null
  /** The amendment that gave the clause its terms, and until when; null: none did. */
  amendedBy: { id: string; untilAt: Date | null } | null
  durationSeconds: number | null
}

/** `octocat` asks for `payments-db/ledger reader` for 2h, as a heading. */
export function headingOf({ request, clause, durationSeconds }: Asked): string {
  const action = clause?.action && code(actionName(clause.action))
  const access = clause?.access?.map(line => code(accessName(line))).join(', ')
  const what = access ?? action ?? `clause ${code(request.clause)}`
  const length = durationSeconds === null || action !== undefined ? '' : ` for ${formatDuration(durationSeconds)}`
  return `${code(request.subject)} asks for ${what}${length}`
}

/** The lines of the summary. */
export function summaryOf({ request, contract, clause, amendedBy }: Asked, zone: string): string[] {
  const lines = [item('Why', code(request.reason, 500))]
  if (request.ticket !== undefined) lines.push(item('Ticket', code(request.ticket)))
  for (const [name, value] of Object.entries(request.inputs)) {
    lines.push(item('Input', `${code(name)} ${code(String(value), 500)}`))
  }
  if (request.startAt !== undefined) lines.push(item('Starts', `not before ${instant(request.startAt, zone)}`))
  if (request.emergency) lines.push(item('Emergency', 'asked for as break-glass'))
  if (contract === null || clause === null) return lines
  const until = instant(contract.effective.untilAt, zone)
  const whence = `of ${code(contract.id)} version ${contract.version}, in effect until ${until}`
  lines.push(item('Clause', `${code(request.clause)} ${prose(clause.title)}, ${whence}`))
  if (amendedBy !== null) {
    const end = amendedBy.untilAt === null ? 'for good' : `until ${instant(amendedBy.untilAt, zone)}`
    lines.push(item('Amended', `${code(request.clause)} as amended by ${code(amendedBy.id)} ${end}`))
  }
  if (clause.text !== undefined) lines.push(`  > ${prose(clause.text)}`)
  if (clause.duration !== undefined) lines.push(item('At most', formatDuration(clause.duration.maxSeconds)))
  if (clause.controls.length > 0) lines.push(item('Controls', clause.controls.map(control => code(control)).join(', ')))
  return lines
}

/** An instant for people: in UTC, and in the repository's zone where that is another. */
export function instant(when: Date, zone: string): string {
  const utc = `${shown(when, 'UTC')} UTC`
  return zone === 'UTC' ? utc : `${shown(when, zone)} ${zone} (${utc})`
}

const formats = new Map<string, Intl.DateTimeFormat>()

function shown(when: Date, zone: string): string {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
    formats.set(zone, format)
  }
  return format.format(when)
}
