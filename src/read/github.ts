// GitHub as every room sees it: an Octokit per installation, within its limits, that remembers and fails with Faults.
import type { ProbotOctokit } from 'probot'
import { LRUCache } from 'lru-cache'
import { Fault } from '../model/fault.ts'
import type { Clock, Log } from '../model/ports.ts'
import { createBudget } from './budget.ts'
import type { Budget, BudgetNumbers, Limits } from './budget.ts'
import { noteServer } from './offers.ts'
import { writeOf } from './priority.ts'
import { installationToken } from './token.ts'

/** Octokit as Probot builds it, authenticated as one installation. */
export type GitHub = InstanceType<typeof ProbotOctokit>

/** What GitHub is reached by. `limits` null: it has none, such as the local one. */
export interface GitHubPorts {
  clock: Clock
  log: Log
  limits: Limits | null
  /** Of remembered answers; 64 MiB unless said. */
  maxBytes?: number
}

/**
 * Octokit for one installation, from the app's own. Probot's throttling and retries are off: ours keep the limits by
 * the clock, and the queue tries again (docs/decisions.md).
 */
export function openInstallation(app: GitHub, installation: number, ports: GitHubPorts): GitHub {
  const mint = async (): Promise<string> => {
    try {
      const { data } = await app.request('POST /app/installations/{installation_id}/access_tokens', {
        installation_id: installation
      })
      return data.token
    } catch (error) {
      // Never a bare 404: whoever asked for a file would take it for an answer about the file (reliability fault 32).
      if (statusOf(error) !== 404) throw faultOf(error, ports.clock.now())
      throw new Fault('github.forbidden', 'The app is not installed there any more', { cause: error })
    }
  }
  const Octokit = app.constructor as typeof ProbotOctokit
  const github = new Octokit({
    authStrategy: () => installationToken({ mint, clock: ports.clock }),
    // Only so that Octokit asks the strategy; Probot adds its own options to these.
    auth: { installationId: installation },
    throttle: { enabled: false },
    retry: { enabled: false }
  })
  return remembering(github, { ...ports, log: ports.log.child({ installation }) })
}

interface Kept {
  etag: string
  response: { status: number; url: string; headers: object; data: unknown }
  bytes: number
}

/** What git names by its content never changes: such an answer is kept and not asked for again. */
const immutable = /\/git\/(blobs|trees|commits)\/[0-9a-f]{40}(\?|$)/

const budgets = new WeakMap<GitHub, Budget>()

/** Where an installation stands with GitHub's limits; undefined for an Octokit that `remembering` never saw. */
export function budgetOf(github: GitHub): BudgetNumbers | undefined {
  return budgets.get(github)?.numbers()
}

/**
 * Teaches an Octokit to remember and to keep within GitHub's limits: no request goes another way. Answers named by a
 * SHA are served from memory; every other GET is asked with its ETag, and a 304 (free of the rate limit) gives the
 * remembered answer. What fails becomes a `Fault`, except 404, 405, 409, 410 and 422, whose meaning only the caller knows.
 */
export function remembering(github: GitHub, ports: GitHubPorts): GitHub {
  const maxSize = ports.maxBytes ?? 64 * 1024 * 1024
  const kept = new LRUCache<string, Kept>({ maxSize, sizeCalculation: value => value.bytes })
  const budget = createBudget(ports)
  budgets.set(github, budget)

  const heard = (headers: Record<string, unknown>): void => {
    budget.told(headers)
    noteServer(github, headers)
  }

  async function named<T extends { headers: object }>(call: () => T | Promise<T>): Promise<T> {
    try {
      const response = await call()
      heard(response.headers as Record<string, unknown>)
      return response
    } catch (error) {
      heard(headersOf(error))
      if (error instanceof Fault || meaningful.has(statusOf(error))) throw error
      const fault = faultOf(error, ports.clock.now())
      if (fault.code === 'github.limited' && fault.retryAt !== undefined) budget.pause(fault.retryAt)
      throw fault
    }
  }

  github.hook.wrap('request', async (request, asked) => {
    const { method, url, headers } = github.request.endpoint(asked)
    if (method !== 'GET') {
      return await budget.write(writeOf(method, new URL(url).pathname), () => named(() => request(asked)))
    }
    const key = `${headers.accept ?? ''} ${url}`
    const known = kept.get(key)
    if (known !== undefined && immutable.test(url)) return copied(known) as never
    if (known !== undefined) asked.headers = { ...asked.headers, 'if-none-match': known.etag }
    await budget.read()
    try {
      const response = await named(() => request(asked))
      const etag = response.headers.etag
      if (etag !== undefined) {
        const bytes = JSON.stringify(response.data ?? null).length + 256
        kept.set(key, { etag, bytes, response: { ...response, data: structuredClone(response.data) } })
      }
      return response
    } catch (error) {
      if (known !== undefined && statusOf(error) === 304) return copied(known) as never
      throw error
    }
  })
  return github
}

function copied(known: Kept): Kept['response'] {
  return { ...known.response, data: structuredClone(known.response.data) }
}

/** The HTTP status of what Octokit threw; 0 where there was no answer. */
export function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : 0
  return typeof status === 'number' ? status : 0
}

/** Whether GitHub has an object of git no more: rewritten history takes what was decided by with it. */
export function isLost(error: unknown): boolean {
  return [404, 409, 410, 422].includes(statusOf(error))
}

const meaningful = new Set([304, 404, 405, 409, 410, 422])

function faultOf(error: unknown, now: Date): Fault {
  const status = statusOf(error)
  const headers = headersOf(error)
  const after = Number(headers['retry-after'])
  const reset = Number(headers['x-ratelimit-reset'])
  const spent = headers['x-ratelimit-remaining'] === '0'
  // A secondary limit may come with neither header; then its sentence is all that tells it from a missing permission.
  const secondary = error instanceof Error && /secondary rate limit/i.test(error.message)
  if (status === 429 || (status === 403 && (after > 0 || spent || secondary))) {
    // GitHub's order: retry-after, then the reset of a spent limit, else a minute (docs: rate limits for the REST API).
    const waitMs = after > 0 ? after * 1000 : spent && reset > 0 ? reset * 1000 - now.getTime() : 60_000
    const retryAt = new Date(now.getTime() + Math.max(waitMs, 1000))
    return new Fault('github.limited', 'GitHub asks to wait: its rate limit is reached', { retryAt, cause: error })
  }
  if (status === 401 || status === 403) {
    const because = `GitHub refused with ${status}: the app may lack a permission, or is suspended`
    return new Fault('github.forbidden', because, { cause: error })
  }
  const told = status === 0 ? 'no answer' : status
  return new Fault('github.unavailable', `GitHub did not answer as it should (${told})`, { cause: error })
}

function headersOf(error: unknown): Record<string, string> {
  if (typeof error !== 'object' || error === null || !('response' in error)) return {}
  const response = error.response
  if (typeof response !== 'object' || response === null || !('headers' in response)) return {}
  return response.headers as Record<string, string>
}
