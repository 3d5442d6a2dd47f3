// How description.json was made: each repair, the sharing of repeated schemas, and the bounds of the result.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  checkRequest,
  checkResponse,
  checkWebhook,
  complete,
  completeWebhook,
  operations
} from '../../../../src/sandbox/github/description/description.ts'
import type { Operation } from '../../../../src/sandbox/github/description/description.ts'
import { cut, print } from '../../../../src/sandbox/github/description/cut.ts'
import { description } from '../../../../src/sandbox/github/description/load.ts'
import { operationRepairs, schemaRepairs, webhookRepairs } from '../../../../src/sandbox/github/description/repairs.ts'
import type {
  Source,
  SourceContent,
  SourceOperation,
  SourceSchema
} from '../../../../src/sandbox/github/description/repairs.ts'
import type { Cut, Schema } from '../../../../src/sandbox/github/description/schema.ts'
import { selectedEvents, selectedOperations } from '../../../../src/sandbox/github/description/selection.ts'
import { share } from '../../../../src/sandbox/github/description/share.ts'
import { errorsOf } from '../../../../src/sandbox/github/description/validate.ts'

const file = new URL('../../../../src/sandbox/github/description/description.json', import.meta.url)
const text = readFileSync(file, 'utf8')

function operation(id: string): Operation {
  const found = operations().find(candidate => candidate.id === id)
  if (!found) throw new Error(`no operation ${id}`)
  return found
}

function mended(name: string, schema: SourceSchema): SourceSchema | undefined {
  const repair = schemaRepairs.find(candidate => candidate.name === name)
  if (!repair) throw new Error(`no repair ${name}`)
  return repair.mend(schema)
}

function requestBody(schema: SourceSchema): SourceOperation {
  return { operationId: 'checks/create', requestBody: { content: { 'application/json': { schema } } }, responses: {} }
}

/** Every schema of the cut, at any depth. */
function* schemas(schema: Schema): Generator<Schema> {
  yield schema
  const inside = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.anyOf ?? []),
    ...(schema.allOf ?? []),
    ...(schema.items ? [schema.items] : []),
    ...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [])
  ]
  for (const child of inside) yield* schemas(child)
}

function everySchema(): Schema[] {
  const { operations: cutOperations, webhooks, schemas: named } = description()
  const roots = [
    ...Object.values(cutOperations).flatMap(({ path, query, body, responses }) => [
      ...Object.values(path),
      ...Object.values(query),
      ...(body ? [body] : []),
      ...Object.values(responses)
    ]),
    ...Object.values(webhooks),
    ...Object.values(named)
  ]
  return roots.filter(root => root !== null).flatMap(root => [...schemas(root)])
}

const keywords = (): string[] => [...new Set(everySchema().flatMap(schema => Object.keys(schema)))]

const checkRun = (body: unknown): string[] =>
  checkRequest(operation('checks/create'), {
    params: { owner: 'acme', repo: 'access' },
    query: new URLSearchParams(),
    body: { name: 'n', head_sha: 's', ...(body as object) }
  }).map(({ field, code }) => `${field} ${code}`)

describe('repairs', () => {
  test('every repair found its fault in the source', () => {
    const names = [...schemaRepairs, ...operationRepairs, ...webhookRepairs].map(({ name }) => name)
    expect(Object.keys(description().repairs).toSorted()).toEqual(names.toSorted())
  })

  test('discriminator-dropped: a hint for code generators is no rule', () => {
    expect(mended('discriminator-dropped', { discriminator: { propertyName: 'type' }, type: 'object' })).toEqual({
      type: 'object'
    })
    expect(mended('discriminator-dropped', { type: 'object' })).toBeUndefined()
    expect(keywords()).not.toContain('discriminator')
  })

  test('one-of-is-any-of: what fits two forms is not refused', () => {
    expect(mended('one-of-is-any-of', { oneOf: [{ type: 'string' }] })).toEqual({ anyOf: [{ type: 'string' }] })
    expect(mended('one-of-is-any-of', { anyOf: [{ minLength: 1 }], oneOf: [{ type: 'string' }] })).toEqual({
      anyOf: [{ minLength: 1 }],
      allOf: [{ anyOf: [{ type: 'string' }] }]
    })
    expect(mended('one-of-is-any-of', { type: 'string' })).toBeUndefined()
    expect(keywords()).not.toContain('oneOf')
    const place = operation('repos/create-or-update-file-contents')
    expect(checkResponse(place, 409, { message: 'a.yml does not match' })).toEqual([])
  })

  test('homepage-may-be-empty: a repository without a homepage conforms', () => {
    const homepage = { type: 'string', format: 'uri', nullable: true }
    const found = mended('homepage-may-be-empty', { properties: { homepage } })
    expect(found?.properties?.['homepage']).toEqual({ type: 'string', nullable: true })
    expect(mended('homepage-may-be-empty', { properties: { url: homepage } })).toBeUndefined()
    const payload = completeWebhook('push', undefined, { repository: { homepage: '' } })
    expect(checkWebhook('push', undefined, payload)).toEqual([])
  })

  test('nullable-enum-admits-null: null is one of the choices', () => {
    expect(mended('nullable-enum-admits-null', { type: 'string', nullable: true, enum: ['a'] })).toEqual({
      type: 'string',
      nullable: true,
      enum: ['a', null]
    })
    expect(mended('nullable-enum-admits-null', { type: 'string', nullable: true, enum: ['a', null] })).toBeUndefined()
    expect(mended('nullable-enum-admits-null', { type: 'string', enum: ['a'] })).toBeUndefined()
    const place = operation('checks/get')
    const run = complete(place, 200, { conclusion: null, status: 'queued' })
    expect(checkResponse(place, 200, run)).toEqual([])
  })

  test('nullable-without-type: null stands beside any form', () => {
    const user = { $ref: '#/components/schemas/simple-user' }
    const mend = (schema: SourceSchema): SourceSchema | undefined => mended('nullable-without-type', schema)
    expect(mend({ nullable: true, allOf: [user] })).toEqual({ anyOf: [{ allOf: [user] }, { type: 'null' }] })
    expect(mend({ nullable: true, anyOf: [user] })).toEqual({ anyOf: [user, { type: 'null' }] })
    expect(mend({ nullable: true, enum: ['a', null] })).toEqual({ enum: ['a', null] })
    expect(mend({ nullable: true })).toEqual({})
    expect(mend({ nullable: true, type: 'string' })).toBeUndefined()
    expect(mend({ anyOf: [user] })).toBeUndefined()
    const place = operation('apps/get-installation')
    expect(checkResponse(place, 200, complete(place, 200, { account: null }))).toEqual([])
  })

  test('nullable-as-type-null: the type says it', () => {
    expect(mended('nullable-as-type-null', { type: 'string', nullable: true })).toEqual({ type: ['string', 'null'] })
    expect(mended('nullable-as-type-null', { type: 'string', nullable: false })).toEqual({ type: 'string' })
    expect(mended('nullable-as-type-null', { type: 'string' })).toBeUndefined()
    expect(keywords()).not.toContain('nullable')
  })

  test('installation-account-is-one-of: an installation of an organisation conforms in the list', () => {
    const place = operation('apps/list-installations')
    const account = { login: 'acme', id: 1, type: 'Organization' }
    const list = complete(place, 200, [{ id: 1, account }])
    expect(checkResponse(place, 200, list)).toEqual([])
    expect(list).not.toHaveProperty([0, 'account', 'slug'])
    const repair = operationRepairs.find(({ name }) => name === 'installation-account-is-one-of')
    expect(repair?.mend({ operationId: 'apps/list-installations', responses: {} })).toBe(false)
  })

  test('completed-check-needs-conclusion: a check is not completed without one', () => {
    expect(checkRun({ status: 'completed' })[0]).toBe('conclusion missing_field')
    expect(checkRun({ completed_at: '2026-11-22T15:00:00Z' })).toEqual(['conclusion missing_field'])
    expect(checkRun({ status: 'completed', conclusion: 'success' })).toEqual([])
    expect(checkRun({ status: 'in_progress' })).toEqual([])
    expect(checkRun({})).toEqual([])
    const repair = operationRepairs.find(({ name }) => name === 'completed-check-needs-conclusion')
    expect(repair?.mend(requestBody({ type: 'object', anyOf: [] }))).toBe(false)
    expect(repair?.mend(requestBody({ type: 'object' }))).toBe(true)
  })

  test('checks/update keeps the rule by itself', () => {
    const found = checkRequest(operation('checks/update'), {
      params: { owner: 'acme', repo: 'access', check_run_id: '7' },
      query: new URLSearchParams(),
      body: { status: 'completed' }
    })
    expect(found[0]).toMatchObject({ field: 'conclusion', code: 'missing_field' })
  })

  test('webhook-names-its-action: a payload without its action is told', () => {
    const repair = webhookRepairs.find(({ name }) => name === 'webhook-names-its-action')
    const payload: SourceSchema = { properties: { action: { type: 'string' } }, required: ['sender'] }
    expect(repair?.mend(payload)).toBe(true)
    expect(payload.required).toEqual(['action', 'sender'])
    expect(repair?.mend(payload)).toBe(false)
    expect(repair?.mend({ properties: {} })).toBe(false)
    const run = completeWebhook('check_run', 'created', undefined) as Record<string, unknown>
    expect(checkWebhook('check_run', 'created', { ...run, action: undefined }).length).toBeGreaterThan(0)
  })
})

describe('the cut', () => {
  test('it is small, is structure only, and names its source', () => {
    expect(text.length).toBeLessThan(900_000)
    const prose = ['title', 'description', 'summary', 'example', 'examples', 'default', 'deprecated', 'readOnly']
    expect(keywords().filter(keyword => prose.includes(keyword) || keyword.startsWith('x-'))).toEqual([])
    expect(description()).toMatchObject({
      source: '@octokit/openapi generated/api.github.com.json',
      version: '23.0.2',
      licence: 'MIT'
    })
  })

  test('printing it again gives the same bytes', () => {
    expect(print(description()) === text).toBe(true)
  })

  test('it holds what it refers to, and nothing that nobody refers to', () => {
    const referred = new Set(
      everySchema()
        .map(({ $ref }) => $ref)
        .filter(name => name !== undefined)
    )
    expect([...referred].toSorted()).toEqual(Object.keys(description().schemas).toSorted())
  })

  test('every format that it names is checked', () => {
    const wrong: Record<string, string | number> = {
      'date-time': 'today',
      uri: 'not a URI',
      'uri-template': '{',
      email: 'octocat',
      'repo.nwo': 'octocat',
      int64: 1.5
    }
    const formats = new Set(
      everySchema()
        .map(({ format }) => format)
        .filter(format => format !== undefined)
    )
    expect([...formats].toSorted()).toEqual(Object.keys(wrong).toSorted())
    for (const [format, value] of Object.entries(wrong)) {
      expect(errorsOf(`format ${format}`, { format }, value).map(({ keyword }) => keyword)).toEqual(['format'])
    }
  })

  test('an address of a bot is an address', () => {
    const address = '41898282+github-actions[bot]@users.noreply.github.com'
    expect(errorsOf('format email', { format: 'email' }, address)).toEqual([])
  })

  test('it takes what is selected, with all that it reaches, mended', () => {
    const made = cut(JSON.stringify(source()))
    expect(Object.keys(made.operations)).toEqual([...selectedOperations])
    expect(Object.keys(made.webhooks)).toEqual(selectedEvents.map(event => `${event}.created`))
    expect(made.operations['pulls/get']).toEqual({
      method: 'GET',
      template: '/pulls/get/{ref}',
      path: { ref: { type: 'string' } },
      multi: ['ref'],
      query: { state: { type: 'string', enum: ['open', null] } },
      requiredQuery: ['state'],
      bodyRequired: false,
      responses: { 200: { $ref: 'repository' }, 404: { $ref: 'basic-error' }, 204: null }
    })
    expect(made.schemas['repository']).toEqual({
      type: ['object', 'null'],
      properties: {
        homepage: { type: 'string' },
        parent: { $ref: 'repository' },
        owner: { anyOf: [{ type: 'null' }] }
      }
    })
    expect(made.operations['checks/create']?.body).toMatchObject({
      dependentRequired: { completed_at: ['conclusion'] }
    })
    expect(made.operations['apps/list-installations']?.responses['200']).toEqual({
      type: 'array',
      items: { $ref: 'installation' }
    })
    expect(made.webhooks['push.created']).toMatchObject({ required: ['action'] })
    expect(made.schemas).not.toHaveProperty('unreached')
    expect(JSON.parse(print(made))).toEqual(made)
  })

  test('a source that lacks what is selected is refused', () => {
    const { paths, 'x-webhooks': webhooks, ...rest } = source()
    const { '/git/get-ref/{ref}': lost, ...others } = paths
    expect(lost).toBeDefined()
    expect(() => cut(JSON.stringify({ ...rest, paths: others, 'x-webhooks': webhooks }))).toThrow('git/get-ref')
    expect(() => cut(JSON.stringify({ ...rest, paths, 'x-webhooks': {} }))).toThrow('pull_request')
  })

  test('a source with a dangling reference is refused', () => {
    for (const kind of ['schemas', 'parameters', 'responses'] as const) {
      const given = source()
      given.components = { ...given.components, [kind]: {} }
      expect(() => cut(JSON.stringify(given))).toThrow(`#/components/${kind}/`)
    }
  })

  test('a repair that finds nothing to mend stops the cut', () => {
    const given = source()
    delete given.components.schemas['repository']?.properties?.['homepage']
    expect(() => cut(JSON.stringify(given))).toThrow('homepage-may-be-empty')
  })
})

/** A small source that has every selected operation and event, and every fault that a repair mends. */
function source(): Source {
  const json = (schema: SourceSchema): SourceContent => ({ 'application/json': { schema } })
  const answer = (schema: SourceSchema): SourceOperation['responses'] => ({
    200: { content: json(schema) },
    204: {},
    404: { $ref: '#/components/responses/not_found' }
  })
  const repository = { $ref: '#/components/schemas/repository' }
  const installations = { type: 'array', items: { properties: { account: { allOf: [{ type: 'object' }] } } } }
  const paths = selectedOperations.map((id): [string, Record<string, SourceOperation>] => [
    `/${id}/{ref}`,
    {
      get: {
        operationId: id,
        parameters: [
          { $ref: '#/components/parameters/ref', name: '', in: '', schema: {} },
          { name: 'state', in: 'query', required: true, schema: { type: 'string', enum: ['open', null] } },
          { name: 'accept', in: 'header', schema: { type: 'string' } }
        ],
        ...(id === 'checks/create' && { requestBody: { required: true, content: json({ type: 'object' }) } }),
        responses: answer(id === 'apps/list-installations' ? installations : repository)
      }
    }
  ])
  const webhooks = [...selectedEvents, 'star'].map((event): [string, { post: SourceOperation }] => [
    event,
    {
      post: {
        operationId: `${event.replaceAll('_', '-')}/created`,
        'x-github': { subcategory: event },
        requestBody: { content: json({ type: 'object', properties: { action: { type: 'string' } } }) },
        responses: {}
      }
    }
  ])
  return {
    info: { version: '0.0.0', license: { name: 'MIT' } },
    paths: Object.fromEntries(paths),
    'x-webhooks': Object.fromEntries(webhooks),
    components: {
      schemas: {
        repository: {
          type: 'object',
          nullable: true,
          properties: {
            homepage: { type: 'string', format: 'uri' },
            parent: repository,
            owner: { nullable: true, discriminator: {}, oneOf: [] }
          }
        },
        installation: { type: 'string', nullable: true, enum: ['one'] },
        'basic-error': { type: 'object' },
        unreached: { type: 'object' }
      },
      parameters: { ref: { name: 'ref', in: 'path', schema: { type: 'string' }, 'x-multi-segment': true } },
      responses: { not_found: { content: json({ $ref: '#/components/schemas/basic-error' }) } }
    }
  }
}

describe('sharing', () => {
  const name: Schema = { type: 'object', required: ['login'], properties: { login: { type: 'string', maxLength: 39 } } }
  const user: Schema = { type: 'object', required: ['owner'], properties: { owner: name, title: { type: 'string' } } }
  const whole = (webhooks: Record<string, Schema>, named: Record<string, Schema> = {}): Cut => ({
    source: 's',
    version: '0',
    digest: 'd',
    licence: 'MIT',
    repairs: {},
    operations: {},
    webhooks,
    schemas: named
  })

  test('a schema that occurs twice is written once', () => {
    const { webhooks, schemas: named } = share(whole({ a: { items: user }, b: { anyOf: [user] } }))
    const [reference] = Object.keys(named)
    expect(named).toEqual({ [reference ?? '']: user })
    expect(webhooks).toEqual({ a: { items: { $ref: reference } }, b: { anyOf: [{ $ref: reference }] } })
  })

  test('what equals a named schema goes by its name', () => {
    const { webhooks, schemas: named } = share(whole({ a: { items: user } }, { user }))
    expect(webhooks).toEqual({ a: { items: { $ref: 'user' } } })
    expect(named).toEqual({ user })
  })

  test('what occurs once, or is short, stays where it is', () => {
    const given = whole({ a: { items: user }, b: { items: { type: 'string' } }, c: { items: { type: 'string' } } })
    expect(share(given)).toEqual(given)
  })
})
