// Beneath the budget: what goes first. By its path, unless a walk that ends access asks.
import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * Who goes first: the end of access and its pull request, then the ledger, then checks and merges, then what is only
 * told.
 */
export type Priority = 'end' | 'ledger' | 'check' | 'comment'

/** Lower goes first. */
export const order: Record<Priority, number> = { end: 0, ledger: 1, check: 2, comment: 3 }

const urgency = new AsyncLocalStorage<'end'>()

/**
 * Whatever `work` asks of GitHub, reads included, goes before everything else and may use the reserve. For ending
 * access alone: nothing that a pull request can make us do may run in here.
 */
export function urgently<T>(work: () => Promise<T>): Promise<T> {
  return urgency.run('end', work)
}

/** The priority of a walk that ends access, in which we are; undefined in every other. */
export function urgent(): 'end' | undefined {
  return urgency.getStore()
}

/** What a write is: how urgent, and whether GitHub counts it as content. */
export interface Write {
  priority: Priority
  content: boolean
}

/**
 * Paths whose documentation says that "creating content too quickly using this endpoint may result in secondary rate
 * limiting", as far as an app like this uses them. Which others count is not published; spacing and points hold for
 * all.
 */
const content = [
  /^POST .*\/(issues|issues\/\d+\/comments|releases)$/,
  /^POST .*\/(pulls|pulls\/\d+\/(comments|reviews|requested_reviewers))$/,
  /^PUT .*\/(pulls\/\d+\/merge|collaborators\/[^/]+)$/
]

/** What a request is, by its method and path; `urgently` overrules the path. */
export function writeOf(method: string, path: string): Write {
  const priority = /\/git\/(blobs|trees|commits|refs)(\/|$)/.test(path)
    ? 'ledger'
    : /\/check-runs(\/|$)|\/pulls\/\d+\/merge$/.test(path)
      ? 'check'
      : 'comment'
  return { priority: urgent() ?? priority, content: content.some(one => one.test(`${method} ${path}`)) }
}
