// Local GitHub, REST: one request, from its bytes to its answer: known, allowed, performed, held to the description.
import { ApiRefusal, forbidden, notFound, ok, unprocessable } from './answer.ts'
import type { Answer } from './answer.ts'
import { authenticate } from './auth.ts'
import type { Actor } from './auth.ts'
import { coreOperations } from './core.ts'
import { checkRequest, checkResponse, complete, match } from './description/description.ts'
import type { Operation } from './description/description.ts'
import type { RequestFaults } from './faults.ts'
import type { Limit, Limits } from './limits.ts'
import { tendQueue } from './merge-queue.ts'
import { operations } from './operations/index.ts'
import type { Outbox } from './outbox.ts'
import { pageOf } from './paging.ts'
import { authorize } from './permissions.ts'
import type { Responder } from './respond.ts'
import { repositoryByName } from './world.ts'
import type { World } from './world.ts'

/** How often one operation was answered, and how much of it counts against GitHub's limits. */
export interface OperationCount {
  total: number
  notModified: number
  writes: number
}

/** The REST API of one world. */
export interface Rest {
  /** Answers one request. A simulated time-out rejects. */
  fetch(request: Request, url: URL): Promise<Response>
  /** By operation, since the map was last cleared. */
  counts: Map<string, OperationCount>
}

type Params = Record<string, string>

const MAX_BODY_BYTES = 30_000_000

/**
 * Opens the REST API of one world. `coreOnly`: apps get a 404 for all but the core (core.ts). `pushes`: ends when no push
 * is under way. `report`: throws on what GitHub's description forbids in an answer; undefined: nobody looks.
 */
export function createRest(parts: {
  world: World
  outbox: Outbox
  faults: RequestFaults
  limits: Limits
  respond: Responder
  coreOnly: boolean
  pushes: () => Promise<unknown>
  report: ((violation: string) => void) | undefined
}): Rest {
  const { world, outbox, faults, limits, respond, coreOnly, pushes, report } = parts
  const counts = new Map<string, OperationCount>()
  const earlierAnswers = new Map<string, unknown>()

  async function rest(request: Request, url: URL): Promise<Response> {
    const found = match(request.method, url.pathname.replace(/^\/api\/v3(?=\/|$)/, '') || '/')
    if (found === undefined) return respond.refuse(notFound())
    const { operation, params } = found
    let body: unknown
    try {
      body = await readBody(request)
    } catch (error) {
      return respond.refuse(error)
    }
    const occasion = { operation: operation.id, params, body }
    await faults.run('before', occasion)
    await pushes() // one change of a repository at a time: git's own pushes included
    const failure = faults.next(operation.id)
    if (failure === undefined || failure.kind === 'stale') {
      const response = answer(request, url, operation, params, body, failure !== undefined)
      await faults.run('after', occasion)
      return response
    }
    if (failure.when === 'after') {
      answer(request, url, operation, params, body, false)
      await faults.run('after', occasion)
    }
    return respond.fail(failure)
  }

  /** Everything about one request that happens at one instant: no other request comes in between. */
  function answer(
    request: Request,
    url: URL,
    operation: Operation,
    params: Params,
    body: unknown,
    stale: boolean
  ): Response {
    const writes = request.method !== 'GET'
    let limit: Limit | undefined
    try {
      const actor = authenticate(world, request.headers.get('authorization'))
      if (coreOnly && isApp(actor) && !coreOperations.has(operation.id)) throw notFound()
      const asking = operation.id === 'rate-limit/get'
      limit = limits.check(payer(actor), writes && actor.kind !== 'app') // making a token is no content
      if (limit.refused !== undefined && !asking) throw limit.refused
      const accept = request.headers.get('accept') ?? ''
      const result = asking ? rateLimit(actor) : perform(operation, params, url.searchParams, body, actor, accept)
      const shown = complied(operation, result.page === undefined ? result : pageOf(result, url))
      const key = `${actor.key} ${url.pathname}${url.search}`
      if (stale) shown.body = earlierAnswers.get(key) ?? emptied(shown.body)
      else if (!writes) remember(earlierAnswers, key, shown.body)
      if (writes) world.save()
      const { spend } = limit
      const response = respond.send(request, shown, free => spend(free || asking))
      tally(counts, operation.id, response.status, writes)
      return response
    } catch (error) {
      tally(counts, operation.id, error instanceof ApiRefusal ? error.status : 500, writes)
      limit?.spend(false)
      return respond.refuse(error, limit?.headers())
    }
  }

  /** The answer with the fields that the handler did not model, held to GitHub's description. */
  function complied(operation: Operation, result: Answer): Answer {
    if (result.body === undefined) return result
    const body = complete(operation, result.status, plain(result.body))
    const wrong = report === undefined ? [] : checkResponse(operation, result.status, body)
    for (const violation of wrong) report?.(`${operation.id} ${result.status}: ${violation}`)
    return { ...result, body }
  }

  function perform(
    operation: Operation,
    params: Params,
    query: URLSearchParams,
    body: unknown,
    actor: Actor,
    accept: string
  ): Answer {
    const { owner, repo } = params
    const repository = owner !== undefined && repo !== undefined ? repositoryByName(world, owner, repo) : undefined
    if (owner !== undefined && repo !== undefined && repository === undefined) throw notFound()
    authorize(world, operation.id, actor, repository)
    if (repository?.archived === true && operation.method !== 'GET') {
      throw forbidden('Repository was archived so is read-only.')
    }
    const wrong = checkRequest(operation, { params, query, body })
    if (wrong.length > 0) throw unprocessable('Validation Failed', wrong)
    const handler = operations[operation.id]
    if (handler === undefined) throw new ApiRefusal(501, `${operation.id} is not part of the local GitHub`)
    const answered = handler({ world, params, query, body: body ?? {}, actor, accept, repository, outbox })
    if (operation.method !== 'GET' && repository !== undefined) tendQueue(world, repository)
    return answered
  }

  function rateLimit(actor: Actor): Answer {
    const core = limits.state(payer(actor))
    const search = { limit: 30, remaining: 30, reset: core.reset, used: 0 }
    return ok({ resources: { core, search }, rate: core })
  }

  return { fetch: rest, counts }
}

const isApp = ({ kind }: Actor): boolean => kind === 'installation' || kind === 'app'

/** Whose allowance a request uses: all tokens of an installation share one, as on GitHub. */
const payer = (actor: Actor): string =>
  actor.kind === 'installation' ? `installation ${actor.installation.id}` : actor.key

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
  return Object.fromEntries(
    Object.entries(body).map(([k, v]) => [k, Array.isArray(v) ? [] : k === 'total_count' ? 0 : v])
  )
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
    total: count.total + 1,
    notModified: count.notModified + (status === 304 ? 1 : 0),
    writes: count.writes + (writes ? 1 : 0)
  })
}
