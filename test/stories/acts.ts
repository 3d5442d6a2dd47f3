// What people do in the stories, and what can be seen on GitHub afterwards: one line each, so that a story reads as it is told.
import type { Entitlement } from '../../src/model/entitlement.ts'
import { at } from '../house.ts'
import type { House, PersonName } from '../house.ts'

export const minute = 60_000
export const hour = 60 * minute

/** The fields of a request; what is left out is as in most stories. */
export interface Ask {
  id?: string
  subject?: string
  clause?: string
  duration?: string | null
  ticket?: string | null
  start?: string
  more?: string[]
}

/** `octocat-refunds` in payments-production, unless it is said otherwise. */
export function requestPath(id = 'octocat-refunds'): string {
  return `requests/payments-production/${id}.yml`
}

/** The text of a request. */
export function requestText({
  id = 'octocat-refunds',
  subject = 'octocat',
  clause = 'C-read',
  duration = '2h',
  ticket = 'PAY-1234',
  start,
  more = []
}: Ask): string {
  return [
    'apiVersion: addendum/v1',
    'kind: AccessRequest',
    `id: ${id}`,
    'contract: payments-production',
    `clause: ${clause}`,
    `subject: ${subject}`,
    ...(duration === null ? [] : [`duration: ${duration}`]),
    ...(start === undefined ? [] : [`start: ${start}`]),
    'reason: Investigate duplicate refunds',
    ...(ticket === null ? [] : [`ticket: ${ticket}`]),
    ...more,
    ''
  ].join('\n')
}

let branches = 0

/** Pushes a branch and opens a pull request; nothing is settled yet. */
export async function propose(
  house: House,
  by: PersonName,
  files: Record<string, string | null>,
  options: { draft?: boolean } = {}
): Promise<number> {
  branches += 1
  const head = `change-${branches}`
  house.clock.forward(1000)
  house.github.seed.commit('acme/access', head, files, { by })
  const { data } = await house.as[by].rest.pulls.create({
    ...at,
    title: `Change ${branches}`,
    head,
    base: 'main',
    ...options
  })
  return data.number
}

/** Asks for access, and lets the app look. */
export async function ask(house: House, request: Ask = {}, by: PersonName = 'octocat'): Promise<number> {
  const pull = await propose(house, by, { [requestPath(request.id)]: requestText(request) })
  await house.settle()
  return pull
}

/** Approves what is the head now, and lets the app look. */
export async function approve(house: House, pull: number, by: PersonName = 'mona'): Promise<void> {
  house.clock.forward(1000)
  await house.as[by].rest.pulls.createReview({ ...at, pull_number: pull, event: 'APPROVE' })
  await house.settle()
}

/** Asks, and mona approves. */
export async function granted(house: House, request: Ask = {}, by: PersonName = 'octocat'): Promise<number> {
  const pull = await ask(house, request, by)
  await approve(house, pull)
  return pull
}

/** Opens a pull request that deletes a request's file, and lets the app look. */
export async function remove(house: House, id: string, by: PersonName): Promise<number> {
  const pull = await propose(house, by, { [requestPath(id)]: null })
  await house.settle()
  return pull
}

/** What the payments database shows: whether the access works now, whoever asks. */
export function works(house: House, identity: PersonName = 'octocat', role = 'reader'): boolean {
  return house.payments.works(entitlement(identity, role))
}

/** An entitlement of the payments database. */
export function entitlement(identity: PersonName, role = 'reader'): Entitlement {
  return { provider: 'payments-db', identity, resource: 'ledger', role }
}

/** The conclusions of both checks on a pull request's head, as GitHub shows them; a status where there is none yet. */
export async function checks(house: House, pull: number): Promise<{ terms: string; approvals: string }> {
  const { data } = await house.as.lisa.rest.pulls.get({ ...at, pull_number: pull })
  const { data: list } = await house.as.lisa.rest.checks.listForRef({ ...at, ref: data.head.sha, filter: 'latest' })
  const shown = (name: string): string => {
    const run = list.check_runs.find(one => one.name === name)
    return run === undefined ? 'missing' : (run.conclusion ?? run.status)
  }
  return { terms: shown('Addendum: terms'), approvals: shown('Addendum: approvals') }
}

/** The lines that the terms check marks, with level. */
export async function marks(house: House, pull: number): Promise<string[]> {
  const { data } = await house.as.lisa.rest.pulls.get({ ...at, pull_number: pull })
  const { data: list } = await house.as.lisa.rest.checks.listForRef({
    ...at,
    ref: data.head.sha,
    check_name: 'Addendum: terms',
    filter: 'latest'
  })
  const run = list.check_runs[0]
  if (run === undefined) return []
  const { data: remarks } = await house.as.lisa.rest.checks.listAnnotations({ ...at, check_run_id: run.id })
  return remarks.map(remark => `${remark.path.split('/').at(-1)}:${remark.start_line} ${remark.annotation_level}`)
}

/** `open`, `closed`, or `merged by LOGIN`. */
export async function fate(house: House, pull: number): Promise<string> {
  const { data } = await house.as.lisa.rest.pulls.get({ ...at, pull_number: pull })
  return data.merged ? `merged by ${data.merged_by?.login ?? 'nobody'}` : data.state
}

/** Open pull requests, oldest first. */
export async function openPulls(house: House): Promise<number[]> {
  const { data } = await house.as.lisa.rest.pulls.list({ ...at, state: 'open', per_page: 100 })
  return data.map(pull => pull.number).sort((a, b) => a - b)
}

/** How many comments of ours are on a pull request: never more than one. */
export async function comments(house: House, pull: number): Promise<string[]> {
  const { data } = await house.as.lisa.rest.issues.listComments({ ...at, issue_number: pull })
  return data.filter(one => one.user?.login === 'addendum[bot]').map(one => one.body ?? '')
}

/** Merges with an administrator's right to bypass the rules. */
export async function mergePast(house: House, pull: number): Promise<void> {
  house.clock.forward(1000)
  await house.as.lisa.rest.pulls.merge({ ...at, pull_number: pull })
  await house.settle()
}

/** The types of the ledger's records about one request, in order. */
export function told(house: House, pull: number): string[] {
  return house.records().flatMap(record => ('request' in record && record.request === `R-${pull}` ? [record.type] : []))
}

/** Codes of the exceptions on the ledger, in order. */
export function exceptions(house: House): string[] {
  return house.records().flatMap(record => (record.type === 'exception.recorded' ? [record.code] : []))
}
