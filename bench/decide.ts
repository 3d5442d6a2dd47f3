// The policy/terms decision: contracts of five clauses, a policy of twelve CEL rules, beside Cedar and plain JavaScript
// (reference: perf.md A and its bars). CPU time, median of interleaved rounds; all three must agree on every decision.
import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs'
import { readyPolicies } from '../src/decide/policy/compile.ts'
import { conditionHolds } from '../src/decide/policy/condition.ts'
import { evaluatePolicies } from '../src/decide/policy/evaluate.ts'
import { requestVariables } from '../src/decide/policy/variables.ts'
import type { Clause, Contract } from '../src/model/contract.ts'
import type { Person } from '../src/model/directory.ts'
import type { Holding } from '../src/model/facts.ts'
import { parsePolicy } from '../src/model/policy.ts'
import type { AccessRequest } from '../src/model/request.ts'

const requestCount = 2_000
const hourMs = 3_600_000
const zone = 'Europe/Berlin'

// A fixed sequence, so that every run measures the same decisions.
let state = 42
function random(below: number): number {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
  return Math.floor((state / 2_147_483_648) * below)
}

const policyText = `apiVersion: addendum/v1
kind: Policy
id: bench
title: Twelve rules
rules:
  - id: emergency-ticket
    on: [request]
    because: No ticket.
    deny: request.emergency && request.ticket == ''
  - id: long-ticket
    on: [request]
    because: Long.
    when: request.duration > duration('4h')
    require: request.ticket != ''
  - id: ticket-form
    on: [request]
    because: No.
    require: "request.ticket == '' || request.ticket.matches('^PAY-[0-9]+$')"
  - id: contractor-day
    on: [request]
    because: No.
    when: subject.class == 'contractor'
    require: request.duration <= duration('24h')
  - id: contractor-hours
    on: [request]
    because: No.
    when: subject.class == 'contractor'
    require: request.start.getHours(zone) >= 8 && request.start.getHours(zone) < 18
  - id: contractor-days
    on: [request]
    because: No.
    when: subject.class == 'contractor'
    require: "request.start.getDayOfWeek(zone) in [1, 2, 3, 4, 5]"
  - id: service-writes
    on: [request]
    because: No.
    deny: "subject.class == 'service' && clause.access.exists(a, a.role in ['writer', 'admin'])"
  - id: admin-two
    on: [request]
    because: No.
    when: "clause.access.exists(a, a.role == 'admin')"
    require: clause.approvals >= 2
  - id: not-twice
    on: [request]
    because: No.
    deny: "subject.holdings.exists(h, h.contract == request.contract && h.clause == request.clause)"
  - id: few
    on: [request]
    because: No.
    require: size(subject.holdings) < 5
  - id: three-days
    on: [request]
    because: No.
    deny: request.duration > duration('72h')
  - id: within-contract
    on: [request]
    because: No.
    require: request.end <= contract.until
`

// One condition a rule; the last two are the clause's own.
const forbidden: Record<string, string> = {
  'emergency-ticket': 'context.emergency && context.ticket == ""',
  'long-ticket': 'context.durationMs > 14400000 && context.ticket == ""',
  'ticket-form': 'context.ticket != "" && !(context.ticket like "PAY-*")',
  'contractor-day': 'context.class == "contractor" && context.durationMs > 86400000',
  'contractor-hours': 'context.class == "contractor" && (context.hour < 8 || context.hour >= 18)',
  'contractor-days': 'context.class == "contractor" && !([1,2,3,4,5].contains(context.weekday))',
  'service-writes': 'context.class == "service" && context.roles.containsAny(["writer","admin"])',
  'admin-two': 'context.roles.contains("admin") && context.approvals < 2',
  'not-twice': 'context.holdings.contains(context.key)',
  few: 'context.holdingCount >= 5',
  'three-days': 'context.durationMs > 259200000',
  'within-contract': 'context.endMs > context.untilMs',
  'clause-max': 'context.durationMs > context.maxMs',
  'clause-require': 'context.role == "writer" && context.reasonLength < 12'
}

const when = "clause.access.exists(a, a.role == 'writer')"
const require = [{ when, rule: 'size(request.reason) >= 12', because: 'No.' }]

function clauseOf(index: number): Clause {
  const role = ['reader', 'writer', 'admin', 'reader', 'writer'][index] as string
  return {
    title: 'A clause',
    access: [{ provider: 'payments-db', resource: 'ledger', role }],
    duration: { defaultSeconds: 3_600, maxSeconds: ([8, 2, 1, 80, 24][index] as number) * 3_600 },
    approvals: { kind: 'stages', stages: [{ count: 1 + (index % 2), from: ['codeowners'] }] },
    conditions: { require },
    controls: ['soc2:CC6.3']
  }
}

function contractOf(index: number): Contract {
  return {
    kind: 'Contract',
    id: `contract-${index}`,
    title: 'A contract',
    version: 1,
    parties: { owner: '@acme/leads', eligible: ['@acme/all'] },
    effective: { fromAt: new Date(Date.UTC(2026, 0, 1)), untilAt: new Date(Date.UTC(2026, 5, 1)) },
    clauses: Object.fromEntries([0, 1, 2, 3, 4].map(clause => [`C-${clause}`, clauseOf(clause)])),
    floors: []
  }
}

interface Asked {
  request: AccessRequest
  person: Person
  holdings: Holding[]
  now: Date
}

// Around the clock change of March 2026 in Europe.
function askedOf(contracts: number): Asked {
  const now = new Date(Date.UTC(2026, 2, 20) + random(14 * 24 * 60) * 60_000)
  const account = { id: 1 + random(50), login: `user-${random(50)}` }
  const ticket = [undefined, 'PAY-1234', 'PAY-9', 'OPS-7'][random(4)]
  const holdings = Array.from({ length: random(7) }, () => ({
    contract: `contract-${random(contracts)}`,
    clause: `C-${random(5)}`,
    notBefore: now,
    notAfter: new Date(now.getTime() + hourMs)
  }))
  const request: AccessRequest = {
    kind: 'AccessRequest',
    id: `r-${random(1e9)}`,
    contract: `contract-${random(contracts)}`,
    clause: `C-${random(5)}`,
    subject: account.login,
    durationSeconds: ([1, 2, 5, 30, 75][random(5)] as number) * 3_600,
    reason: ['To look at it', 'Look at it'][random(2)] as string,
    ...(ticket === undefined ? {} : { ticket }),
    emergency: random(5) === 0,
    inputs: {}
  }
  const kind = (['employee', 'employee', 'contractor', 'service'] as const)[random(4)] as Person['class']
  return { request, person: { id: 'p-1', github: [account], class: kind, identities: {} }, holdings, now }
}

const parsed = parsePolicy('policies/bench.yml', policyText)
const reads = [{ path: 'policies/bench.yml', blob: null, parsed }]

type Contracts = ReadonlyMap<string, Contract>

/**
 * The ids of all rules that are broken: people are told everything at once, so all three find everything. Ours and the
 * one by hand also give each rule's verdict with its sentence, as a decision shows them; Cedar gives the ids alone.
 */
type Broken = string[]

function ours(contracts: Contracts, { request, person, holdings, now }: Asked): Broken {
  const contract = contracts.get(request.contract) as Contract
  const clause = contract.clauses[request.clause] as Clause
  const durationSeconds = request.durationSeconds as number
  const account = { ...(person.github[0] as { id: number; login: string }), type: 'User' }
  const judged = { now, at: now, zone, request, author: account, contract, clause, durationSeconds, holdings }
  const variables = requestVariables({ ...judged, subject: { person, account } })
  const broken: Broken = []
  const on = { on: 'request' as const, variables, openRequests: { known: true as const, value: 1 }, recentGrants: [] }
  for (const { verdict, rule } of evaluatePolicies(readyPolicies(reads), on)) {
    if (verdict === 'denies') broken.push(rule)
  }
  if (durationSeconds > (clause.duration?.maxSeconds as number)) broken.push('clause-max')
  for (const { when, rule } of clause.conditions.require) {
    const applies = conditionHolds(when as string, variables)
    if (applies.holds && !conditionHolds(rule, variables).holds) broken.push('clause-require')
  }
  return broken
}

const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, weekday: 'short', hour: '2-digit', hourCycle: 'h23' })
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const locals = new Map<number, { hour: number; weekday: number }>()

// By the quarter of an hour, as anybody would who has measured Intl.
function localOf(now: Date): { hour: number; weekday: number } {
  const quarter = Math.floor(now.getTime() / 900_000)
  let local = locals.get(quarter)
  if (local === undefined) {
    const parts = Object.fromEntries(format.formatToParts(now).map(part => [part.type, part.value]))
    local = { hour: Number(parts['hour']), weekday: weekdays.indexOf(parts['weekday'] as string) }
    locals.set(quarter, local)
  }
  return local
}

const ticketForm = /^PAY-[0-9]+$/

function byHand(contracts: Contracts, { request, person, holdings, now }: Asked): Broken {
  const contract = contracts.get(request.contract) as Contract
  const clause = contract.clauses[request.clause] as Clause
  const seconds = request.durationSeconds as number
  const ticket = request.ticket ?? ''
  const roles = (clause.access ?? []).map(line => line.role)
  const said: { rule: string; verdict: 'passes' | 'denies'; because: string }[] = []
  const say = (rule: string, because: string, denies: boolean): void => {
    said.push({ rule, verdict: denies ? 'denies' : 'passes', because })
  }
  say('emergency-ticket', 'No ticket.', request.emergency && ticket === '')
  say('long-ticket', 'Long.', seconds > 4 * 3_600 && ticket === '')
  say('ticket-form', 'No.', ticket !== '' && !ticketForm.test(ticket))
  const contractor = person.class === 'contractor'
  const { hour, weekday } = contractor ? localOf(now) : { hour: 12, weekday: 1 }
  say('contractor-day', 'No.', contractor && seconds > 86_400)
  say('contractor-hours', 'No.', hour < 8 || hour >= 18)
  say('contractor-days', 'No.', weekday < 1 || weekday > 5)
  const writes = roles.some(role => role === 'writer' || role === 'admin')
  say('service-writes', 'No.', person.class === 'service' && writes)
  const stages = clause.approvals.kind === 'stages' ? clause.approvals.stages : []
  say('admin-two', 'No.', roles.includes('admin') && stages.reduce((sum, stage) => sum + stage.count, 0) < 2)
  const twice = holdings.some(one => one.contract === request.contract && one.clause === request.clause)
  say('not-twice', 'No.', twice)
  say('few', 'No.', holdings.length >= 5)
  say('three-days', 'No.', seconds > 72 * 3_600)
  say('within-contract', 'No.', now.getTime() + seconds * 1_000 > contract.effective.untilAt.getTime())
  say('clause-max', 'No.', seconds > (clause.duration?.maxSeconds as number))
  say('clause-require', 'No.', roles.includes('writer') && request.reason.length < 12)
  return said.flatMap(({ rule, verdict }) => (verdict === 'denies' ? [rule] : []))
}

function cedar(contracts: Contracts, { request, person, holdings, now }: Asked): Broken {
  const contract = contracts.get(request.contract) as Contract
  const clause = contract.clauses[request.clause] as Clause
  const durationMs = (request.durationSeconds as number) * 1_000
  const roles = (clause.access ?? []).map(line => line.role)
  const stages = clause.approvals.kind === 'stages' ? clause.approvals.stages : []
  const answer = statefulIsAuthorized({
    principal: { type: 'User', id: request.subject },
    action: { type: 'Action', id: 'grant' },
    resource: { type: 'Clause', id: `${request.contract}/${request.clause}` },
    context: {
      emergency: request.emergency,
      ticket: request.ticket ?? '',
      durationMs,
      class: person.class,
      ...localOf(now),
      roles,
      role: roles[0] as string,
      approvals: stages.reduce((sum, stage) => sum + stage.count, 0),
      key: `${request.contract}/${request.clause}`,
      holdings: holdings.map(one => `${one.contract}/${one.clause}`),
      holdingCount: holdings.length,
      endMs: now.getTime() + durationMs,
      untilMs: contract.effective.untilAt.getTime(),
      maxMs: (clause.duration?.maxSeconds as number) * 1_000,
      reasonLength: request.reason.length
    },
    preparsedPolicySetId: 'bench',
    entities: []
  })
  const failed = answer.type === 'failure' || answer.response.diagnostics.errors.length > 0
  if (failed) throw new Error(JSON.stringify(answer))
  return answer.response.decision === 'allow' ? [] : answer.response.diagnostics.reason
}

function cpuMicros(run: () => void, times: number): number {
  const startedAt = process.cpuUsage()
  for (let i = 0; i < times; i++) run()
  const { user, system } = process.cpuUsage(startedAt)
  return (user + system) / times
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number
}

const anybody = 'forbid(principal, action, resource)'
const forbids = Object.entries(forbidden).map(([id, where]) => [id, `${anybody} when { ${where} };`])
const staticPolicies = { permitted: 'permit(principal, action, resource);', ...Object.fromEntries(forbids) }
const preparsed = preparsePolicySet('bench', { staticPolicies })
if (preparsed.type === 'failure') throw new Error(JSON.stringify(preparsed.errors))
const engines = [
  ['hand-written JavaScript', byHand],
  ['ours', ours],
  ['Cedar (wasm, preparsed)', cedar]
] as const
const repeats = [200, 200, 3]
const rows: { contracts: number; micros: number[]; ratios: number[] }[] = []
for (const count of [10, 1_000, 10_000]) {
  const contracts: Contracts = new Map(Array.from({ length: count }, (_, i) => [`contract-${i}`, contractOf(i)]))
  const asked = Array.from({ length: requestCount }, () => askedOf(count))
  let allowed = 0
  for (const one of asked) {
    const answers = engines.map(([, decide]) => decide(contracts, one).toSorted().join())
    if (new Set(answers).size !== 1) throw new Error(`They disagree: ${JSON.stringify([answers, one])}`)
    allowed += Number(answers[0] === '')
  }
  const rounds = Array.from({ length: 5 }, () =>
    engines.map(([, decide], engine) => {
      const all = (): void => {
        for (const one of asked) decide(contracts, one)
      }
      return cpuMicros(all, repeats[engine] as number) / requestCount
    })
  )
  const of = (engine: number) => median(rounds.map(round => round[engine] as number))
  const ratio = (a: number, b: number) => median(rounds.map(round => (round[a] as number) / (round[b] as number)))
  rows.push({ contracts: count, micros: [of(0), of(1), of(2)], ratios: [ratio(1, 0), ratio(2, 1)] })
  console.log(`${count} contracts: ${allowed} of ${requestCount} allowed; in each all three find the same broken rules`)
}

console.log('\n| contracts | by hand µs | ours µs | ours a second | ours ÷ by hand | Cedar µs | Cedar ÷ ours |')
console.log('|---|---|---|---|---|---|---|')
for (const { contracts, micros, ratios } of rows) {
  const [hand, our, other] = micros as [number, number, number]
  const more = [ratios[0], other, ratios[1]].map(number => number?.toFixed(1))
  const cells = [contracts, hand.toFixed(2), our.toFixed(2), Math.round(1e6 / our), ...more]
  console.log(`| ${cells.join(' | ')} |`)
}
const [first, , last] = rows as [(typeof rows)[0], (typeof rows)[0], (typeof rows)[0]]
const flat = (last.micros[1] as number) / (first.micros[1] as number)
const every = (holds: (row: (typeof rows)[0]) => boolean): boolean => rows.every(holds)
const [lastMicros, lastHand, lastCedar] = [last.micros[1], last.ratios[0], last.ratios[1]] as [number, number, number]
const bars: [string, boolean, string][] = [
  ['≥ 50,000 a second on one core', every(row => (row.micros[1] as number) <= 20), (1e6 / lastMicros).toFixed()],
  ['≤ 5 × hand-written JavaScript', every(row => (row.ratios[0] as number) <= 5), lastHand.toFixed(1)],
  ['≥ 10 × Cedar', every(row => (row.ratios[1] as number) >= 10), lastCedar.toFixed(1)],
  ['flat from 10 to 10,000 contracts (≤ 2 ×)', flat <= 2, flat.toFixed(2)]
]
console.log('')
for (const [bar, held, value] of bars) console.log(`bar: ${bar}: ${held ? 'held' : 'MISSED'} (${value})`)
if (bars.some(([, held]) => !held)) process.exitCode = 1
