// What GitHub would refuse in a request: its parameters, query and body against the description, as 422 errors.
import type { ErrorObject } from 'ajv/dist/2020.js'
import { cutOperation, resolved } from './load.ts'
import type { CutOperation, Schema } from './schema.ts'
import { errorsOf, mostErrors } from './validate.ts'

/** A request as routed: decoded path parameters, query and parsed JSON body (undefined where none was sent). */
export interface RequestParts {
  params: Record<string, string>
  query: URLSearchParams
  body: unknown
}

/**
 * One entry of the `errors` of GitHub's 422 answer:
 * https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed
 */
export interface Violation {
  resource: string
  field: string
  code: 'missing' | 'missing_field' | 'invalid' | 'unprocessable' | 'custom'
  message: string
}

/** The violations of a request of one operation, in the order path, query, body; empty when it conforms. */
export function requestViolations(id: string, { params, query, body }: RequestParts): Violation[] {
  const operation = cutOperation(id)
  const resource = resourceOf(id)
  const inPath: Schema = { type: 'object', properties: operation.path, required: Object.keys(operation.path) }
  const inQuery: Schema = { type: 'object', properties: operation.query, required: operation.requiredQuery }
  const errors = [
    ...errorsOf(
      `${id} path`,
      inPath,
      coerced(operation.path, name => params[name])
    ),
    ...errorsOf(
      `${id} query`,
      inQuery,
      coerced(operation.query, name => query.get(name) ?? undefined)
    ),
    ...bodyErrors(id, operation, body)
  ]
  return [
    ...errors.filter(error => !combined.has(error.keyword)).map(error => violation(resource, error)),
    ...unknownFields(operation, body).map((field): Violation => ({
      resource,
      field,
      code: 'custom',
      message: `"${field}" is not a permitted key.`
    }))
  ]
}

/** Keywords whose failure only sums up the failures of their parts, which are told as well. */
const combined = new Set(['allOf', 'anyOf'])

function bodyErrors(id: string, { body: schema, bodyRequired }: CutOperation, body: unknown): ErrorObject[] {
  if (!schema || (body === undefined && !bodyRequired)) return []
  return errorsOf(`${id} body`, schema, body ?? {})
}

/** Text from a URL as the number or boolean its schema asks for; what cannot be one stays text, and fails. */
function coerced(schemas: Record<string, Schema>, read: (name: string) => string | undefined): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(schemas)) {
    const text = read(name)
    if (text === undefined) continue
    const { type } = resolved(schema)
    if (type === 'integer' && /^-?\d{1,15}$/.test(text)) values[name] = Number(text)
    else if (type === 'boolean' && /^(true|false)$/.test(text)) values[name] = text === 'true'
    else values[name] = text
  }
  return values
}

function unknownFields({ body: schema }: CutOperation, body: unknown): string[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return []
  const known = schema ? properties(schema) : new Set<string>()
  return known === undefined
    ? []
    : Object.keys(body)
        .filter(field => !known.has(field))
        .slice(0, mostErrors)
}

/** The top-level fields that a body may have, in any of its forms; undefined where it is an open map. */
function properties(given: Schema): Set<string> | undefined {
  const schema = resolved(given)
  const known = new Set(Object.keys(schema.properties ?? {}))
  const forms = [...(schema.allOf ?? []), ...(schema.anyOf ?? [])]
  for (const form of forms) for (const field of properties(form) ?? []) known.add(field)
  const open = schema.additionalProperties === true || typeof schema.additionalProperties === 'object'
  return open && known.size === 0 ? undefined : known
}

function violation(resource: string, { instancePath, keyword, params, message }: ErrorObject): Violation {
  const path = instancePath
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const isMissing = keyword === 'required' || keyword === 'dependentRequired'
  const missing = isMissing ? String(params['missingProperty']) : undefined
  const field = [...path, ...(missing === undefined ? [] : [missing])].join('.')
  if (missing !== undefined) return { resource, field, code: 'missing_field', message: `${field} is required` }
  return { resource, field, code: 'invalid', message: `${field || 'The body'} ${message}` }
}

/** GitHub's name for what an operation is about; the first that the id holds. */
const resources: [part: string, resource: string][] = [
  ['review-comment', 'PullRequestReviewComment'],
  ['reviewers', 'PullRequest'],
  ['review', 'PullRequestReview'],
  ['pulls/', 'PullRequest'],
  ['-ref', 'Reference'],
  ['-tree', 'Tree'],
  ['-blob', 'Blob'],
  ['git/create-tag', 'Tag'],
  ['-commit', 'Commit'],
  ['label', 'Label'],
  ['comment', 'IssueComment'],
  ['issues/', 'Issue'],
  ['suite', 'CheckSuite'],
  ['checks/', 'CheckRun'],
  ['ruleset', 'RepositoryRuleset'],
  ['protection', 'ProtectedBranch'],
  ['teams/', 'Team'],
  ['orgs/', 'Organization'],
  ['installation', 'IntegrationInstallation'],
  ['webhook', 'Hook'],
  ['apps/', 'Integration'],
  ['users/', 'User'],
  ['repos/', 'Repository']
]

function resourceOf(id: string): string {
  return resources.find(([part]) => id.includes(part))?.[1] ?? 'Resource'
}
