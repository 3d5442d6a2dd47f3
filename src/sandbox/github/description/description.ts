// The local GitHub's conscience: holds each request, response and webhook to GitHub's own REST description.
import { fill } from './complete.ts'
import { cutOperation, description } from './load.ts'
import { requestViolations } from './request.ts'
import type { RequestParts, Violation } from './request.ts'
import { route } from './route.ts'
import type { Schema } from './schema.ts'
import { errorsOf } from './validate.ts'

export { inventedFields } from './complete.ts'
export type { RequestParts, Violation } from './request.ts'

/** One operation of GitHub's REST API: `pulls/merge`, PUT, its path template and its documented statuses. */
export interface Operation {
  id: string
  method: string
  template: string
  statuses: number[]
}

/** Every operation that the local GitHub may answer, in the order of the cut. */
export function operations(): Operation[] {
  return Object.keys(description().operations).map(operationOf)
}

/**
 * The operation that a method and path mean, and its path parameters, percent-decoded; the most literal route wins.
 * The path comes without `/api/v3` and query, percent-encoded as received. Undefined where GitHub answers 404.
 */
export function match(
  method: string,
  path: string
): { operation: Operation; params: Record<string, string> } | undefined {
  const found = route(method, path)
  return found && { operation: operationOf(found.id), params: found.params }
}

/**
 * What GitHub would refuse in a request, as the `errors` of its 422 answer; empty when it conforms.
 * Stricter than GitHub in one thing: an unknown top-level field of the body is refused, so that a misspelt one is
 * found.
 * Unknown query parameters are ignored, as GitHub does.
 */
export function checkRequest(operation: Operation, request: RequestParts): Violation[] {
  return requestViolations(operation.id, request)
}

/**
 * How a response departs from the description, one sentence each with its JSON pointer; empty when it conforms.
 * Statuses that GitHub documents nowhere but sends everywhere (401, 403, 404, 422, 429, 5xx, 304 …) are held to the
 * shape of its errors.
 */
export function checkResponse(operation: Operation, status: number, body: unknown): string[] {
  const place = `${operation.id} ${status}`
  const schema = responseSchema(operation, status)
  if (schema === undefined) return [`${place}: the status is not documented`]
  if (schema === null) return isEmpty(body) ? [] : [`${place}: the body is not empty`]
  return sentences(place, schema, body)
}

/**
 * How a webhook's payload departs from the description, as `checkResponse`. `push`, `create` and the like have no
 * action.
 */
export function checkWebhook(event: string, action: string | undefined, payload: unknown): string[] {
  const place = webhookPlace(event, action)
  const schema = webhookSchema(place)
  return schema ? sentences(place, schema, payload) : [`${place}: the webhook is not documented`]
}

/**
 * The response with every required field that a handler left out, as a neutral value that conforms: null where null
 * may stand, else false, 0, '', [], the first of an enum. What is given is never changed; what is invented is listed
 * by `inventedFields`.
 */
export function complete(operation: Operation, status: number, partial: unknown): unknown {
  const schema = responseSchema(operation, status)
  return schema ? fill(`${operation.id} ${status}`, schema, partial) : partial
}

/**
 * The payload with every required field that was left out, as `complete`. An undocumented webhook is answered as
 * given.
 */
export function completeWebhook(event: string, action: string | undefined, partial: unknown): unknown {
  const place = webhookPlace(event, action)
  const schema = webhookSchema(place)
  return schema ? fill(place, schema, partial) : partial
}

/**
 * Statuses that any operation may answer beside its documented ones:
 * https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
 */
const everywhere = new Set([400, 401, 403, 404, 415, 422, 429, 500, 502, 503, 504])

const error: Schema = {
  type: 'object',
  required: ['message'],
  properties: { message: { type: 'string' }, documentation_url: { type: 'string' } }
}

/**
 * Null where the response has no body, undefined where the status is not documented. An error is held to both its own
 * schema and the one of every error: GitHub's `basic-error` requires nothing, and every error says why.
 */
function responseSchema(operation: Operation, status: number): Schema | null | undefined {
  const documented = cutOperation(operation.id).responses[status]
  if (status < 400) return documented === undefined && status === 304 ? null : documented
  if (documented) return { allOf: [documented, error] }
  return documented === null || everywhere.has(status) ? error : undefined
}

function operationOf(id: string): Operation {
  const { method, template, responses } = cutOperation(id)
  return { id, method, template, statuses: Object.keys(responses).map(Number) }
}

function webhookPlace(event: string, action: string | undefined): string {
  return action === undefined ? event : `${event}.${action}`
}

function webhookSchema(place: string): Schema | undefined {
  const { webhooks } = description()
  return Object.hasOwn(webhooks, place) ? webhooks[place] : undefined
}

function sentences(place: string, schema: Schema, value: unknown): string[] {
  return errorsOf(place, schema, value).map(
    ({ instancePath, message }) => `${place} ${instancePath === '' ? '/' : instancePath}: ${message}`
  )
}

function isEmpty(body: unknown): boolean {
  return body === undefined || body === null || body === ''
}
