// Impact replay: 10,000 past requests decided again under an amendment, from parsed documents and from a clone's bytes.
// The bar (issue "agreement engine", perf.md): under 3 s. CPU time, one process.
import { fold } from '../src/ledger/fold.ts'
import { emptyState } from '../src/ledger/state.ts'
import { gitBlobSha } from '../src/model/digest.ts'
import { conform } from '../src/decide/agreement/conform.ts'
import { parseAmendment } from '../src/model/amendment.ts'
import { parseContract } from '../src/model/contract.ts'
import type { LedgerRecord } from '../src/model/record.ts'
import type { Problem } from '../src/model/problem.ts'
import { baseline } from '../src/read/baseline.ts'
import { readHistory } from '../src/report/history.ts'
import { mustRead, replay } from '../src/report/replay.ts'
import type { Impact } from '../src/report/replay.ts'

const requests = Number(process.argv[2] ?? 10_000)
const people = 500
const id = 'payments-production'
const names = ['read', 'write', 'deploy', 'export', 'restart']

const contractText = `apiVersion: addendum/v1
kind: Contract
id: ${id}
title: Production access to the payments platform
version: 1
parties: {owner: "@acme/payments-leads", eligible: ["@acme/payments"]}
effective: {from: 2026-01-01, until: 2027-01-01}
clauses:
${names
  .map(
    name => `  C-${name}:
    title: The clause to ${name}
    access: [{provider: payments-db, resource: ledger, role: ${name}}]
    duration: {default: 1h, max: 8h}
    approvals: {count: 1, from: [codeowners]}
    conditions:
      ticket: "^PAY-[0-9]+$"
      window: {days: [mon, tue, wed, thu, fri, sat, sun], hours: "00:00-24:00", zone: Europe/Berlin}
    controls: ["soc2:CC6.3"]`
  )
  .join('\n')}
`
const amendmentText = `apiVersion: addendum/v1
kind: Amendment
id: freeze
contract: ${id}
reason: Shorter grants in the week of the audit
effective: {from: 2026-12-01, until: 2026-12-08}
changes:
${names.map(name => `  - {amend: C-${name}, set: {duration: {default: 1h, max: 4h}}}`).join('\n')}
`
const directoryText = `apiVersion: addendum/v1
kind: Directory
people:
${Array.from(
  { length: people },
  (_, i) => `  - id: p-${String(i).padStart(6, '0')}
    github: [{id: ${1_000 + i}, login: user-${i}}]
    class: employee
    identities: {payments-db: user${i}}`
).join('\n')}
`
const requestText = (pr: number): string => `apiVersion: addendum/v1
kind: AccessRequest
id: 2026-request-${pr}
contract: ${id}
clause: C-${names[pr % names.length]}
subject: user-${pr % people}
duration: ${1 + (pr % 8)}h
reason: Investigate duplicate refunds of case ${pr}
ticket: PAY-${pr}
`

const blobs = new Map<string, string>()
const put = (text: string): string => {
  const name = gitBlobSha(text)
  blobs.set(name, text)
  return name
}
const [contractBlob, directoryBlob] = [put(contractText), put(directoryText)]
const begun = Date.parse('2026-02-01T00:00:00Z')

function decided(pr: number): LedgerRecord {
  const at = new Date(begun + pr * 60_000).toISOString()
  const hash = (text: string): string => gitBlobSha(`${text} ${pr}`)
  const blob = put(requestText(pr))
  return {
    v: 1,
    ledger: 'l',
    seq: pr,
    prev: '0'.repeat(64),
    occurredAt: at,
    recordedAt: at,
    app: '0',
    type: 'request.decided',
    request: `R-${pr}`,
    pr,
    outcome: 'allow',
    merge: hash('merge'),
    file: { blob, sha256: hash('file') },
    idSha256: hash('id'),
    author: `gh:${1_000 + (pr % people)}`,
    subject: `gh:${1_000 + (pr % people)}`,
    contract: id,
    clause: `C-${names[pr % names.length]}`,
    targets: [],
    window: { notBefore: at, notAfter: new Date(Date.parse(at) + 3_600_000).toISOString() },
    approvals: [
      { by: `gh:${1_000 + ((pr + 1) % people)}`, stage: 0, reviewId: pr, commit: hash('head'), submittedAt: at }
    ],
    sod: [],
    failed: [],
    decision: 'sha256:0',
    inputs: {
      base: hash('base'),
      head: hash('head'),
      request: blob,
      contract: contractBlob,
      effective: 'sha256:0',
      directory: directoryBlob,
      codeowners: hash('codeowners'),
      settings: null,
      policy: null,
      people: 'sha256:0'
    }
  }
}

function sound<T>(parsed: { ok: true; value: T } | { ok: false; problems: Problem[] }): T {
  if (parsed.ok) return parsed.value
  throw new Error(parsed.problems.map(problem => problem.message).join('\n'))
}

async function cpuMs<T>(run: () => T | Promise<T>): Promise<{ ms: number; value: T }> {
  const startedAt = process.cpuUsage()
  const value = await run()
  const { user, system } = process.cpuUsage(startedAt)
  return { ms: (user + system) / 1_000, value }
}

const state = fold(
  emptyState,
  Array.from({ length: requests }, (_, i) => decided(i + 1))
)
const contract = sound(parseContract(`contracts/${id}.yml`, contractText))
const amendment = sound(parseAmendment(`amendments/${id}/freeze.yml`, amendmentText))
const { fromAt } = amendment.effective
const merged = { amendment, mergedAt: new Date(fromAt.getTime() - 1), blob: gitBlobSha(amendmentText) }
const policies = [baseline()]
const before = { contract: conform(contract, [], fromAt).contract, policies }
const after = { contract: conform(contract, [merged], fromAt).contract, policies }
const reader = { read: (blob: string) => Promise.resolve(Buffer.from(blobs.get(blob) ?? '')) }

const needed = mustRead(before, after)
const read: number[] = []
const reread: number[] = []
const replayed: number[] = []
let impact: Impact | undefined
for (let round = 0; round < 3; round += 1) {
  const options = { contract: id, now: fromAt, needed, kept: new Map() }
  const history = await cpuMs(() => readHistory(state, reader, options))
  reread.push((await cpuMs(() => readHistory(state, reader, options))).ms)
  const again = await cpuMs(() => replay({ contract: id, before, after, past: history.value.past }))
  read.push(history.ms)
  replayed.push(again.ms)
  impact = again.value
}
if (impact?.allowedToRefused !== requests / 2) throw new Error(`half must turn: ${JSON.stringify(impact)}`)
const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[1] as number
const [reading, rereading, replaying] = [median(read), median(reread), median(replayed)]

console.log(`${requests} past requests, ${people} people, five clauses, all changed; median of 3 rounds\n`)
console.log('| step | ms | µs a request |\n|---|---|---|')
const row = (step: string, ms: number): void => {
  console.log(`| ${step} | ${ms.toFixed(0)} | ${((ms * 1_000) / requests).toFixed(0)} |`)
}
row('read and parse every file', reading)
row('decide each twice', replaying)
row('both', reading + replaying)
row('both again, from what the app keeps', rereading + replaying)
const both = reading + replaying
const verdict = both <= 3_000 ? 'held' : 'MISSED'
console.log(`\nbar: 10,000 read and replayed ≤ 3 s: ${verdict} (${(both / 1_000).toFixed(2)} s)`)
