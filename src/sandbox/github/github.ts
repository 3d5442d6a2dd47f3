// Local GitHub, wiring: one `fetch` in front of a small, real GitHub; operations/ answer, webhooks leave through the outbox.
import { createHash, randomBytes } from 'node:crypto'
import { ApiRefusal } from './answer.ts'
import type { Answer } from './answer.ts'
import { authenticate } from './auth.ts'
import type { Actor } from './auth.ts'
import { checkRequest, checkResponse, complete, match } from './description/description.ts'
import type { Operation } from './description/description.ts'
import { readDeliveries, writeDelivery } from './delivery-log.ts'
import { createFaults } from './faults.ts'
import type { Failure, Faults } from './faults.ts'
import { serveGit } from './git/http-backend.ts'
import { createLimits } from './limits.ts'
import { operations } from './operations/index.ts'
import { createOutbox } from './outbox.ts'
import type { Outbox } from './outbox.ts'
import { pageOf } from './paging.ts'
import { authorize } from './permissions.ts'
import { createSeed } from './seed.ts'
import type { Seed } from './seed.ts'
import { dispatch } from './webhooks.ts'
import { createWorld, repositoryByName } from './world.ts'
import type { AppOptions, World } from './world.ts'

/** What a local GitHub is made with. Only `clock` and `app` are needed. */
export interface GitHubOptions {
  clock: { now(): Date }
  /** Bare repositories and state.json live here, so that `git clone` and restarts work; without it all is in memory. */
  directory?: string
  app: AppOptions
  /** How webhooks leave; default: HTTP to the app's webhook URL. */
  deliver?: (request: Request) => Promise<Response>
  webhookUrl?: string
  /** GitHub's secondary limit: writes by one token closer than this answer 403 with retry-after. 0 is off. */
  writeSpacingMs?: number
  /** Requests per token and hour of the clock (304 are free). Default 5000, as GitHub's. */
  requestsPerHour?: number
  /** Default true: each answer and payload is checked against GitHub's description; a violation answers 500 and is recorded. */
  strict?: boolean
  /** Source of tokens and GUIDs; default node:crypto. A simulation gives its own. */
  random?: (bytes: number) => Buffer
}

/** How often one operation was answered, and how much of it counts against GitHub's limits. */
export interface OperationCount { total: number; notModified: number; writes: number }

/** A GitHub on this machine. */
export interface LocalGitHub {
  /** REST under `/api/v3`; git over HTTP under `/OWNER/REPO.git` (with a directory). A simulated time-out rejects. */
  fetch(request: Request): Promise<Response>
  /** Builds the world without the API's ceremony, and raises no webhooks but those of `install`. */
  seed: Seed
  outbox: Outbox
  faults: Faults
  counts(): Map<string, OperationCount>
  resetCounts(): void
  /** What GitHub's description forbids and this GitHub nevertheless said; empty in a good run. */
  violations: string[]
  /** The permanent store, for tests that look behind the API. */
  world: World
}

const MAX_BODY_BYTES = 30_000_000

/** Opens the GitHub of a directory, or makes an empty one. */
export function createGitHub(options: GitHubOptions): LocalGitHub {
  const strict = options.strict ?? true
  const violations: string[] = []
  const counts = new Map<string, OperationCount>()
  const report = strict
    ? (violation: string): void => {
        violations.push(violation)
        throw new Error(violation)
      }
    : undefined
  const random = options.random ?? randomBytes
  const world: World = createWorld({ ...options, random, raise: happening => dispatch(world, outbox, happening, report) })
  const faults = createFaults(() => {
    for (const token of Object.values(world.state.tokens)) token.expiresAt = world.stamp()
  })
  const earlier = readDeliveries(options.directory)
  world.state.nextId = Math.max(world.state.nextId, ...earlier.map(d => d.id + 1)) // a kill may have come before the state was saved
  const outbox = createOutbox({
    world, faults, earlier, deliver: options.deliver ?? (request => fetch(request, { signal: AbortSignal.timeout(10_000) })), // GitHub waits 10 s
    keep: delivery => writeDelivery(options.directory, delivery)
  })
  const limits = createLimits({ clock: options.clock, writeSpacingMs: options.writeSpacingMs ?? 0, requestsPerHour: options.requestsPerHour ?? 5000 })
  const earlierAnswers = new Map<string, unknown>()
  let pushing: Promise<unknown> = Promise.resolve()

  async function rest(request: Request, url: URL): Promise<Response> {
    const path = url.pathname.replace(/^\/api\/v3(?=\/|$)/, '') || '/'
    const found = match(request.method, path)
    if (found === undefined) return refusal(new ApiRefusal(404, 'Not Found'))
    const { operation, params } = found
    let body: unknown
    let actor: Actor
    try {
      body = await readBody(request)
      actor = authenticate(world, request.headers.get('authorization'))
    } catch (error) {
      return refusal(error)
    }
    const occasion = { operation: operation.id, params, body }
    await faults.run('before', occasion)
    await pushing // one change of a repository at a time: git's own pushes included
    const failure = faults.next(operation.id)
    const effect = failure === undefined || failure.kind === 'stale' || failure.when === 'after'
    const response = effect
      ? answer(request, url, operation, params, body, actor, failure?.kind === 'stale')
      : failed(failure)
    await faults.run('after', occasion)
    return effect && failure !== undefined && failure.kind !== 'stale' ? failed(failure) : response
  }

  function answer(
    request: Request, url: URL, operation: Operation, params: Record<string, string>, body: unknown, actor: Actor, stale: boolean
  ): Response {
    const writes = request.method !== 'GET'
    const free = operation.id === 'rate-limit/get'
    const limit = limits.check(actor.key, writes)
    const key = `${actor.key} ${url.pathname}${url.search}`
    try {
      if (limit.refused !== undefined && !free) throw limit.refused
      let result = perform(operation, params, url.searchParams, body, actor)
      if (result.page !== undefined) result = pageOf(result, url)
      if (result.body !== undefined) result.body = complete(operation, result.status, plain(result.body))
      if (report !== undefined) for (const v of checkResponse(operation, result.status, result.body)) report(`${operation.id} ${result.status}: ${v}`)
      if (stale) result.body = earlierAnswers.get(key) ?? emptied(result.body)
      else if (!writes) remember(earlierAnswers, key, result.body)
      if (writes) world.save()
      const response = write(request, result, notModified => limit.spend(notModified || free))
      tally(counts, operation.id, response.status, writes)
      return response
    } catch (error) {
      tally(counts, operation.id, error instanceof ApiRefusal ? error.status : 500, writes)
      limit.spend(false)
      return refusal(error, limit.headers())
    }
  }

  function perform(operation: Operation, params: Record<string, string>, query: URLSearchParams, body: unknown, actor: Actor): Answer {
    const { owner, repo } = params
    const repository = owner !== undefined && repo !== undefined ? repositoryByName(world, owner, repo) : undefined
    if (actor.kind !== 'anonymous' && repo !== undefined && owner !== undefined && repository === undefined) throw new ApiRefusal(404, 'Not Found')
    authorize(world, operation.id, actor, repository)
    if (repository?.archived === true && operation.method !== 'GET') throw new ApiRefusal(403, 'Repository was archived so is read-only.')
    const wrong = checkRequest(operation, { params, query, body })
    if (wrong.length > 0) throw new ApiRefusal(422, 'Validation Failed', wrong)
    if (operation.id === 'rate-limit/get') {
      const core = limits.state(actor.key)
      return { status: 200, body: { resources: { core, search: { limit: 30, remaining: 30, reset: core.reset, used: 0 } }, rate: core } }
    }
    const handler = operations[operation.id]
    if (handler === undefined) throw new ApiRefusal(501, `${operation.id} is not part of the local GitHub`)
    return handler({ world, params, query, body, actor, repository, outbox })
  }

  function write(request: Request, result: Answer, spend: (free: boolean) => Record<string, string>): Response {
    const text = result.body === undefined ? null : JSON.stringify(result.body)
    const headers: Record<string, string> = { ...standardHeaders(), ...result.headers }
    if (text !== null) headers['content-type'] = 'application/json; charset=utf-8'
    if (request.method === 'GET' && text !== null && result.status === 200) {
      headers['etag'] = `"${createHash('sha256').update(text).digest('hex')}"`
      headers['cache-control'] = 'private, max-age=60, s-maxage=60'
      const known = (request.headers.get('if-none-match') ?? '').split(',').map(tag => tag.trim().replace(/^W\//, ''))
      if (known.includes(headers['etag'])) return new Response(null, { status: 304, headers: { ...headers, ...spend(true) } })
    }
    return new Response(text, { status: result.status, headers: { ...headers, ...spend(false) } })
  }

  const standardHeaders = (): Record<string, string> => ({
    date: world.now().toUTCString(), server: 'github.local', 'x-github-media-type': 'github.v3; format=json',
    'x-github-request-id': random(16).toString('hex').toUpperCase(), 'x-github-api-version-selected': '2022-11-28'
  })

  function refusal(error: unknown, headers: Record<string, string> = {}): Response {
    const known = error instanceof ApiRefusal ? error : new ApiRefusal(500, 'Server Error')
    if (!(error instanceof ApiRefusal)) violations.push(error instanceof Error ? error.stack ?? error.message : String(error))
    const body = { message: known.message, ...(known.errors === undefined ? {} : { errors: known.errors }), documentation_url: 'https://docs.github.com/rest', status: String(known.status) }
    return Response.json(body, { status: known.status, headers: { ...standardHeaders(), ...headers, ...known.headers } })
  }

  function failed(failure: Exclude<Failure, { kind: 'stale' }>): Response {
    if (failure.kind === 'timeout') throw new TypeError('fetch failed', { cause: Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' }) })
    const message = failure.status === 403 || failure.status === 429 ? 'You have exceeded a secondary rate limit.' : failure.status === 404 ? 'Not Found' : 'Server Error'
    const after: Record<string, string> = failure.retryAfterSeconds === undefined ? {} : { 'retry-after': String(failure.retryAfterSeconds) }
    return refusal(new ApiRefusal(failure.status, message, undefined, after))
  }

  return {
    async fetch(request) {
      const url = new URL(request.url)
      world.origin = url.origin
      if (!/^\/[^/]+\/[^/]+\.git\//.test(url.pathname)) return rest(request, url)
      const turn = pushing.then(() => serveGit(world, request, url).catch(error => refusal(error)))
      pushing = turn.then(() => world.save())
      return turn
    },
    seed: createSeed(world),
    outbox,
    faults,
    counts: () => new Map(counts),
    resetCounts: () => counts.clear(),
    violations,
    world
  }
}

async function readBody(request: Request): Promise<unknown> {
  if (request.method === 'GET') return undefined
  const bytes = await request.arrayBuffer()
  if (bytes.byteLength > MAX_BODY_BYTES) throw new ApiRefusal(413, 'Payload too large')
  const text = Buffer.from(bytes).toString('utf8')
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiRefusal(400, 'Problems parsing JSON')
  }
}

/** The value as it will travel: without undefined, so that what is checked is what is sent. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

function emptied(body: unknown): unknown {
  if (Array.isArray(body)) return []
  if (typeof body !== 'object' || body === null || !('total_count' in body)) return body
  return Object.fromEntries(Object.entries(body).map(([k, v]) => [k, Array.isArray(v) ? [] : k === 'total_count' ? 0 : v]))
}

function remember(answers: Map<string, unknown>, key: string, body: unknown): void {
  answers.delete(key)
  answers.set(key, body)
  const oldest = answers.keys().next()
  if (answers.size > 500 && oldest.done !== true) answers.delete(oldest.value)
}

function tally(counts: Map<string, OperationCount>, id: string, status: number, writes: boolean): void {
  const count = counts.get(id) ?? { total: 0, notModified: 0, writes: 0 }
  counts.set(id, {
    total: count.total + 1, notModified: count.notModified + (status === 304 ? 1 : 0), writes: count.writes + (writes ? 1 : 0)
  })
}
