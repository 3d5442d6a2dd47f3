// Local GitHub, HTTP: writes answers, refusals and armed failures as responses, with the headers that GitHub sends.
import { createHash } from 'node:crypto'
import { ApiRefusal } from './answer.ts'
import type { Answer } from './answer.ts'
import type { Failure } from './faults.ts'
import type { World } from './world.ts'

/** Makes responses. `spend` is told whether the answer was free, and gives the rate-limit headers. */
export interface Responder {
  send(request: Request, answer: Answer, spend: (free: boolean) => Record<string, string>): Response
  /** A refusal as GitHub words it; anything else is a bug of the stand-in: 500, and handed to `onBug`. */
  refuse(error: unknown, headers?: Record<string, string>): Response
  /** What an armed failure answers; a time-out throws, as `fetch` does. */
  fail(failure: Exclude<Failure, { kind: 'stale' }>): Response
}

/** Builds the responder of one world. `version`: of the GitHub Enterprise Server that it is; null: not named. */
export function createResponder(world: World, version: string | null, onBug: (bug: unknown) => void): Responder {
  const standard = (): Record<string, string> => ({
    date: world.now().toUTCString(),
    server: 'github.local',
    'x-github-media-type': 'github.v3; format=json',
    'x-github-request-id': world.random(16).toUpperCase(),
    'x-github-api-version-selected': '2022-11-28',
    ...(version === null ? {} : { 'x-github-enterprise-version': version })
  })

  function refuse(error: unknown, headers: Record<string, string> = {}): Response {
    const known = error instanceof ApiRefusal ? error : new ApiRefusal(500, 'Server Error')
    if (known !== error) onBug(error)
    const body = {
      message: known.message,
      ...(known.errors === undefined ? {} : { errors: known.errors }),
      documentation_url: 'https://docs.github.com/rest',
      status: String(known.status)
    }
    return Response.json(body, { status: known.status, headers: { ...standard(), ...headers, ...known.headers } })
  }

  return {
    refuse,
    send(request, answer, spend) {
      const text = answer.body === undefined ? null : JSON.stringify(answer.body)
      const headers: Record<string, string> = { ...standard(), ...answer.headers }
      if (text !== null) headers['content-type'] = 'application/json; charset=utf-8'
      if (request.method === 'GET' && text !== null && answer.status === 200) {
        const tag = `"${createHash('sha256').update(text).digest('hex')}"`
        Object.assign(headers, { etag: tag, 'cache-control': 'private, max-age=60, s-maxage=60' })
        const known = (request.headers.get('if-none-match') ?? '').split(',').map(t => t.trim().replace(/^W\//, ''))
        if (known.includes(tag)) return new Response(null, { status: 304, headers: { ...headers, ...spend(true) } })
      }
      return new Response(text, { status: answer.status, headers: { ...headers, ...spend(false) } })
    },
    fail(failure) {
      if (failure.kind === 'timeout') {
        throw new TypeError('fetch failed', { cause: Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' }) })
      }
      const { status, retryAfterSeconds } = failure
      const message = MESSAGES[status] ?? 'Server Error'
      return refuse(
        new ApiRefusal(status, message),
        retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
      )
    }
  }
}

const SECONDARY = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
const MESSAGES: Record<number, string> = { 401: 'Bad credentials', 403: SECONDARY, 404: 'Not Found', 429: SECONDARY }
