// What the expressions of policies and clauses may name, by what is judged. What is not here cannot be asked.
import type { PolicySubject } from '../../model/policy.ts'
import type { CelType, Environment, RecordType } from '../cel/types.ts'

const list = (of: CelType, most: number): CelType => ({ list: of, most })

const access: RecordType = {
  name: 'access',
  fields: { provider: 'string', resource: 'string', role: 'string' }
}

/** `approvals`: how many in all, 0 for a clause that approves by itself. `duration`: at most; nothing for an action. */
const clause: RecordType = {
  name: 'clause',
  fields: {
    id: 'string',
    title: 'string',
    access: list(access, 20),
    action: 'bool',
    automatic: 'bool',
    approvals: 'int',
    duration: 'duration',
    needsTicket: 'bool',
    hasHours: 'bool',
    controls: list('string', 50)
  }
}

const contract: RecordType = {
  name: 'contract',
  fields: { id: 'string', title: 'string', version: 'int', owner: 'string', from: 'timestamp', until: 'timestamp' }
}

const holding: RecordType = {
  name: 'holding',
  fields: { contract: 'string', clause: 'string', from: 'timestamp', until: 'timestamp' }
}

const subject: RecordType = {
  name: 'subject',
  fields: { login: 'string', class: 'string', company: 'string', until: 'timestamp', holdings: list(holding, 200) },
  optional: ['until']
}

const request: RecordType = {
  name: 'request',
  fields: {
    id: 'string',
    contract: 'string',
    clause: 'string',
    subject: 'string',
    author: 'string',
    reason: 'string',
    ticket: 'string',
    emergency: 'bool',
    duration: 'duration',
    start: 'timestamp',
    end: 'timestamp',
    scheduled: 'bool'
  }
}

const amendment: RecordType = {
  name: 'amendment',
  fields: {
    id: 'string',
    reason: 'string',
    permanent: 'bool',
    from: 'timestamp',
    until: 'timestamp',
    transition: 'string',
    adds: list('string', 50),
    amends: list('string', 50),
    strikes: list('string', 50),
    supersedes: list('string', 20)
  },
  optional: ['until']
}

// `clauses`: of a request its clause; of an amendment those that it touches, as they would be; of a contract all.
const shared = { now: 'timestamp', zone: 'string', contract } as const

/** By what is judged. `zone` is the repository's own (.github/addendum.yml), for hours that hold everywhere. */
export const environments: Readonly<Record<PolicySubject, Environment>> = {
  request: { name: 'request', fields: { ...shared, request, subject, clause, clauses: list(clause, 1) } },
  amendment: {
    name: 'amendment',
    fields: { ...shared, amendment, clauses: list(clause, 50), before: list(clause, 50) }
  },
  contract: { name: 'contract', fields: { ...shared, clauses: list(clause, 200) } }
}

// What changes while nothing but time passes. A request's start is now until it is scheduled.
const clocks = ['now', 'request.start', 'request.end']

/** Whether an expression that reads these may answer otherwise later on the same facts. */
export function readsClock(reads: ReadonlySet<string>): boolean {
  return clocks.some(name => reads.has(name))
}
