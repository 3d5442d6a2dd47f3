// One step of the demo's story, and how a request is asked for in it.
import type { PersonName } from './company.ts'
import { annotations, checks } from './stage.ts'
import type { Stage } from './stage.ts'

/** One step: what somebody does, and what must be seen after it. */
export interface Step {
  chapter?: string
  name: string
  expected: string
  /** What happens. Left out: nothing; only time passes. */
  act?: (stage: Stage) => Promise<void>
  /** What is so. Looked at until it is as expected. */
  observe: (stage: Stage) => Promise<string>
  /** What is worth reading once it is as expected. */
  show?: (stage: Stage) => Promise<string>
}

/** A request as the story writes it. */
export interface Ask {
  id: string
  subject: PersonName
  duration: string
  reason: string
  /** Left out: C-read of payments-production. */
  contract?: string
  clause?: string
}

/** Where a request's file lies. */
export function pathOf(id: string, contract = 'payments-production'): string {
  return `requests/${contract}/${id}.yml`
}

function requestFile(asked: Ask): string {
  const { id, subject, duration, reason, contract = 'payments-production', clause = 'C-read' } = asked
  return [
    'apiVersion: addendum/v1',
    'kind: AccessRequest',
    `id: ${id}`,
    `contract: ${contract}`,
    `clause: ${clause}`,
    `subject: ${subject}`,
    `duration: ${duration}`,
    `reason: ${reason}`,
    'ticket: PAY-1234',
    ''
  ].join('\n')
}

/** Somebody asks for access by pull request, which the story calls `name` from then on. */
export function ask(name: string, request: Ask, title: string): (stage: Stage) => Promise<void> {
  return async stage => {
    const path = pathOf(request.id, request.contract)
    const number = await stage.cast[request.subject].propose(path, requestFile(request), title)
    stage.pulls.set(name, number)
  }
}

/** The two checks, with the first line that the terms check marks where it fails. */
export async function termsAtLine(stage: Stage, name: string): Promise<string> {
  const line = (await annotations(stage, name)).map(remark => remark.split(':')[0])[0] ?? 'no line'
  return (await checks(stage, name)).replace('terms failure', `terms failure at ${line}`)
}
