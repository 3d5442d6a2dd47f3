// An example's variables: what it gives, over defaults that pass for a plain case, checked field by field.
import { parseDuration } from '../../model/duration.ts'
import { parseInstantOrDate } from '../../model/instant.ts'
import type { RecentGrant } from '../../model/facts.ts'
import type { PolicyExample } from '../../model/policy.ts'
import type { Json } from '../../model/ports.ts'
import { suggest } from '../../model/suggest.ts'
import { parseCelDuration } from '../cel/time.ts'
import { isList, isRecord, nameOf } from '../cel/types.ts'
import type { CelRecord, CelType, CelValue, ListType, RecordType } from '../cel/types.ts'
import { environments } from './environments.ts'

/** An example gives something that there is not. `step`: JSON pointer below `given`. */
export class BadExample extends Error {
  readonly step: string
  readonly suggestion: string | undefined

  constructor(step: string, message: string, suggestion?: string) {
    super(message)
    this.step = step
    this.suggestion = suggestion
  }
}

type JsonObject = { readonly [key: string]: Json }

const hourMs = 3_600_000
const dayMs = 24 * hourMs
// A Monday at noon, so that hours and weekdays of most companies hold.
const noon = Date.UTC(2026, 0, 5, 12)

const access = { provider: 'example', resource: 'example', role: 'reader' }
const clause = {
  id: 'C-example',
  title: 'An example',
  access: [access],
  action: false,
  automatic: false,
  approvals: 1,
  duration: 8 * hourMs,
  needsTicket: false,
  hasHours: false,
  controls: []
}
const contract = {
  id: 'example',
  title: 'An example',
  version: 1,
  owner: '@acme/leads',
  from: Date.UTC(2026, 0, 1),
  until: Date.UTC(2027, 0, 1)
}
const defaults: Readonly<Record<string, CelRecord>> = {
  access,
  clause,
  contract,
  subject: { login: 'octocat', class: 'employee', company: '', until: undefined, holdings: [] },
  holding: { contract: 'example', clause: 'C-example', from: noon - hourMs, until: noon + hourMs },
  request: {
    id: 'example',
    contract: 'example',
    clause: 'C-example',
    subject: 'octocat',
    author: 'octocat',
    reason: 'To show an example',
    ticket: '',
    emergency: false,
    duration: hourMs,
    start: noon,
    end: noon + hourMs,
    scheduled: false
  },
  amendment: {
    id: 'example',
    reason: 'To show an example',
    permanent: false,
    from: noon,
    until: noon + 7 * dayMs,
    transition: 'keep',
    adds: [],
    amends: ['C-example'],
    strikes: [],
    supersedes: []
  }
}

/**
 * The variables that an example judges. What it leaves out: a reader's hour for `octocat`, an employee, on Monday noon.
 * What follows from something else follows: a request's end from its start and duration, its start from `now`, and the
 * names of contract and clause are those of the request. Throws `BadExample`.
 */
export function exampleVariables({ on, given }: Pick<PolicyExample, 'on' | 'given'>): CelRecord {
  const environment = environments[on]
  const all = { now: noon, zone: 'UTC', ...defaults, clauses: [clause], before: [clause] }
  const known = Object.fromEntries(Object.keys(environment.fields).map(name => [name, (all as CelRecord)[name]]))
  const variables = { ...(read(environment, given, '', known) as CelRecord) }
  const gives = (name: string, field: string): boolean => Object.hasOwn(asObject(given[name]), field)
  const now = variables['now'] as number
  if (on === 'request') {
    const request = { ...(variables['request'] as Record<string, CelValue>) }
    if (!gives('request', 'start')) request['start'] = now
    if (!gives('request', 'end')) request['end'] = (request['start'] as number) + (request['duration'] as number)
    if (!gives('request', 'scheduled')) request['scheduled'] = (request['start'] as number) > now
    for (const name of ['contract', 'clause'] as const) {
      const of = variables[name] as Record<string, CelValue>
      if (gives(name, 'id') && !gives('request', name)) request[name] = of['id'] as string
      variables[name] = { ...of, id: request[name] as string }
    }
    variables['request'] = request
    if (!Object.hasOwn(given, 'clauses')) variables['clauses'] = [variables['clause'] as CelValue]
  }
  return variables
}

/** The grants that the example states, as facts; of the clause that its request asks for, unless it names another. */
export function recentGrantsOf(
  { recentGrants }: Pick<PolicyExample, 'recentGrants'>,
  variables: CelRecord
): RecentGrant[] {
  return recentGrants.map(({ agoSeconds, clause: named }) => {
    const asked = variables['request'] as unknown as { contract: string; clause: string }
    const { contract, clause } = named ?? asked
    return { contract, clause, decidedAt: new Date((variables['now'] as number) - agoSeconds * 1_000) }
  })
}

function asObject(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}

function read(type: CelType, value: Json, step: string, base: CelValue | undefined): CelValue {
  if (isRecord(type)) return readRecord(type, value, step, (base ?? defaults[type.name]) as CelRecord)
  if (isList(type)) return readList(type, value, step)
  const found = scalar(type, value)
  if (found !== undefined) return found
  throw new BadExample(step, `${JSON.stringify(value)} is no ${nameOf(type)}.`)
}

function readRecord(type: RecordType, value: Json, step: string, base: CelRecord): CelRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadExample(step, `${nameOf(type)} has fields; this is ${JSON.stringify(value)}.`)
  }
  const fields = Object.entries(value as JsonObject).map(([name, member]) => {
    const of = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined
    if (of === undefined) {
      const suggestion = suggest(name, Object.keys(type.fields))
      throw new BadExample(`${step}/${name}`, `${nameOf(type)} has no field "${name}".`, suggestion)
    }
    return [name, read(of, member, `${step}/${name}`, base[name])] as const
  })
  return { ...base, ...Object.fromEntries(fields) }
}

function readList(type: ListType, value: Json, step: string): CelValue[] {
  if (!Array.isArray(value)) throw new BadExample(step, `${JSON.stringify(value)} is no ${nameOf(type)}.`)
  // Each member over the defaults of its kind, whatever stood in the list before.
  return value.map((member, index) => read(type.list, member, `${step}/${index}`, undefined))
}

function scalar(type: CelType, value: Json): CelValue | undefined {
  if (type === 'bool') return typeof value === 'boolean' ? value : undefined
  if (type === 'int') return Number.isSafeInteger(value) ? (value as number) : undefined
  if (typeof value !== 'string') return undefined
  if (type === 'string') return value
  if (type === 'timestamp') return parseInstantOrDate(value)?.getTime()
  const seconds = parseDuration(value)
  return seconds === undefined ? parseCelDuration(value) : seconds * 1_000
}
