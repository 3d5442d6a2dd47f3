// GitHub as every room sees it: one Octokit per installation, with conditional requests and failures named as Faults.
import type { ProbotOctokit } from 'probot'
import { LRUCache } from 'lru-cache'
import { Fault } from '../model/fault.ts'

/** Octokit as Probot builds it: throttled and authenticated per installation. */
export type GitHub = InstanceType<typeof ProbotOctokit>

interface Kept {
  etag: string
  response: { status: number; url: string; headers: object; data: unknown }
  bytes: number
}

/** What git names by its content never changes: such an answer is kept and not asked for again. */
const immutable = /\/git\/(blobs|trees|commits)\/[0-9a-f]{40}(\?|$)/

/**
 * Teaches an Octokit to remember. Answers named by a SHA are served from memory; every other GET is asked with its ETag, and
 * a 304 (free of the rate limit) gives the remembered answer. What fails becomes a `Fault`, except 404, 405, 409 and 422,
 * whose meaning only the caller knows.
 */
export function remembering(github: GitHub, options: { maxBytes?: number; now: () => Date }): GitHub {
  const kept = new LRUCache<string, Kept>({ maxSize: options.maxBytes ?? 64 * 1024 * 1024, sizeCalculation: value => value.bytes })
  github.hook.wrap('request', async (request, asked) => {
    const { method, url, headers } = github.request.endpoint(asked)
    if (method !== 'GET') return await named(() => request(asked), options.now)
    const key = `${headers.accept ?? ''} ${url}`
    const known = kept.get(key)
    if (known !== undefined && immutable.test(url)) return copied(known) as never
    if (known !== undefined) asked.headers = { ...asked.headers, 'if-none-match': known.etag }
    try {
      const response = await named(() => request(asked), options.now)
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

const meaningful = new Set([304, 404, 405, 409, 422])

async function named<T>(call: () => T | Promise<T>, now: () => Date): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof Fault || meaningful.has(statusOf(error))) throw error
    throw faultOf(error, now())
  }
}

function faultOf(error: unknown, now: Date): Fault {
  const status = statusOf(error)
  const headers = headersOf(error)
  const after = Number(headers['retry-after'])
  const reset = Number(headers['x-ratelimit-reset'])
  if (status === 429 || (status === 403 && (after > 0 || headers['x-ratelimit-remaining'] === '0'))) {
    // GitHub's order: retry-after, then the reset header, else a minute (docs: rate limits for the REST API).
    const retryAt = after > 0 ? new Date(now.getTime() + after * 1000) : reset > 0 ? new Date(reset * 1000) : new Date(now.getTime() + 60_000)
    return new Fault('github.limited', 'GitHub asks to wait: its rate limit is reached', { retryAt, cause: error })
  }
  if (status === 401 || status === 403) {
    return new Fault('github.forbidden', `GitHub refused with ${status}: the app may lack a permission, or is suspended`, { cause: error })
  }
  return new Fault('github.unavailable', `GitHub did not answer as it should (${status === 0 ? 'no answer' : status})`, { cause: error })
}

function headersOf(error: unknown): Record<string, string> {
  if (typeof error !== 'object' || error === null || !('response' in error)) return {}
  const response = error.response
  if (typeof response !== 'object' || response === null || !('headers' in response)) return {}
  return response.headers as Record<string, string>
}
