// Run by hand: cuts description.json out of @octokit/openapi's `generated/api.github.com.json`, structure only, mended.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { argv, stdout } from 'node:process'
import { operationRepairs, schemaRepairs, webhookRepairs } from './repairs.ts'
import type { Source, SourceContent, SourceOperation, SourceParameter, SourceSchema } from './repairs.ts'
import type { Cut, CutOperation, Schema } from './schema.ts'
import { share } from './share.ts'
import { selectedEvents, selectedOperations } from './selection.ts'

const kept = [
  'type',
  'format',
  'enum',
  'required',
  'dependentRequired',
  'pattern',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties'
] as const

/**
 * Cuts the selected operations and webhooks, and every schema they reach, out of GitHub's description.
 * Refuses a source that lacks a selected one, and a repair that finds nothing to mend.
 */
export function cut(text: string): Cut {
  const source = JSON.parse(text) as Source
  const repairs = new Map<string, number>()
  const reached = new Map<string, Schema>()
  const count = (name: string): void => void repairs.set(name, (repairs.get(name) ?? 0) + 1)

  const convert = (given: SourceSchema): Schema => {
    if (given.$ref !== undefined) return { $ref: reach(given.$ref) }
    const mended = schemaRepairs.reduce((schema, repair) => {
      const result = repair.mend(schema)
      if (result) count(repair.name)
      return result ?? schema
    }, given)
    const schema: Schema = {}
    for (const key of kept) if (mended[key] !== undefined) Object.assign(schema, { [key]: mended[key] })
    if (mended.properties) schema.properties = each(mended.properties, convert)
    if (mended.items) schema.items = convert(mended.items)
    if (mended.anyOf) schema.anyOf = mended.anyOf.map(convert)
    if (mended.allOf) schema.allOf = mended.allOf.map(convert)
    const additional = mended.additionalProperties
    if (additional !== undefined) {
      schema.additionalProperties = typeof additional === 'boolean' ? additional : convert(additional)
    }
    return schema
  }

  const reach = (pointer: string): string => {
    const name = nameOf(pointer)
    const found = source.components.schemas[name]
    if (!found) throw new Error(`the source has no ${pointer}`)
    if (!reached.has(name)) {
      reached.set(name, {})
      reached.set(name, convert(found))
    }
    return name
  }

  const body = (content: SourceContent | undefined): Schema | undefined => {
    const schema = content?.['application/json']?.schema
    return schema && convert(schema)
  }

  const operation = (method: string, template: string, given: SourceOperation): CutOperation => {
    const parameters = (given.parameters ?? []).map(parameter => shared(parameter, source))
    const inPath = parameters.filter(parameter => parameter.in === 'path')
    const inQuery = parameters.filter(parameter => parameter.in === 'query')
    const request = body(given.requestBody?.content)
    return {
      method: method.toUpperCase(),
      template,
      path: Object.fromEntries(inPath.map(parameter => [parameter.name, convert(parameter.schema)])),
      multi: inPath.filter(parameter => parameter['x-multi-segment']).map(parameter => parameter.name),
      query: Object.fromEntries(inQuery.map(parameter => [parameter.name, convert(parameter.schema)])),
      requiredQuery: inQuery.filter(parameter => parameter.required).map(parameter => parameter.name),
      ...(request && { body: request }),
      bodyRequired: given.requestBody?.required ?? false,
      responses: each(given.responses, response => {
        const found = response.$ref === undefined ? response : source.components.responses[nameOf(response.$ref)]
        if (!found) throw new Error(`the source has no ${response.$ref}`)
        return body(found.content) ?? null
      })
    }
  }

  mendSource(source, count)
  const operations: Record<string, CutOperation> = {}
  const byId = operationsOf(source)
  for (const id of selectedOperations) {
    const found = byId.get(id)
    if (!found) throw new Error(`the source has no operation ${id}`)
    operations[id] = operation(found.method, found.template, found.given)
  }
  const webhooks = webhooksOf(source, content => body(content) ?? {})
  for (const { name } of [...schemaRepairs, ...operationRepairs, ...webhookRepairs]) {
    if (!repairs.has(name)) throw new Error(`the repair ${name} found nothing to mend: take it out`)
  }
  return share({
    source: '@octokit/openapi generated/api.github.com.json',
    version: source.info.version,
    digest: `sha256:${createHash('sha256').update(text).digest('hex')}`,
    licence: source.info.license.name,
    repairs: Object.fromEntries(repairs),
    operations,
    webhooks,
    schemas: Object.fromEntries(reached)
  })
}

interface Located {
  method: string
  template: string
  given: SourceOperation
}

function operationsOf(source: Source): Map<string, Located> {
  const byId = new Map<string, Located>()
  for (const [template, methods] of Object.entries(source.paths)) {
    for (const [method, given] of Object.entries(methods)) byId.set(given.operationId, { method, template, given })
  }
  return byId
}

/** Applies in place the repairs of single operations and of payloads; those of any schema come with `convert`. */
function mendSource(source: Source, count: (repair: string) => void): void {
  const byId = operationsOf(source)
  for (const repair of operationRepairs) {
    const found = byId.get(repair.operation)
    if (found && repair.mend(found.given)) count(repair.name)
  }
  for (const { post } of Object.values(source['x-webhooks'])) {
    if (!selectedEvents.includes(post['x-github']?.subcategory ?? '')) continue
    const schema = post.requestBody?.content?.['application/json']?.schema
    const payload = schema?.$ref === undefined ? schema : source.components.schemas[nameOf(schema.$ref)]
    for (const repair of webhookRepairs) if (payload && repair.mend(payload)) count(repair.name)
  }
}

function webhooksOf(source: Source, body: (content: SourceContent | undefined) => Schema): Record<string, Schema> {
  const webhooks: Record<string, Schema> = {}
  for (const { post } of Object.values(source['x-webhooks'])) {
    const event = post['x-github']?.subcategory ?? ''
    if (!selectedEvents.includes(event)) continue
    const action = post.operationId.split('/')[1]?.replaceAll('-', '_')
    webhooks[action === undefined ? event : `${event}.${action}`] = body(post.requestBody?.content)
  }
  const missing = selectedEvents.filter(event => !Object.keys(webhooks).some(key => key.split('.')[0] === event))
  if (missing.length > 0) throw new Error(`the source has no webhook ${missing.join(', ')}`)
  return webhooks
}

function nameOf(pointer: string): string {
  return pointer.slice(pointer.lastIndexOf('/') + 1)
}

function shared(parameter: SourceParameter, source: Source): SourceParameter {
  const found = parameter.$ref === undefined ? parameter : source.components.parameters[nameOf(parameter.$ref)]
  if (!found) throw new Error(`the source has no ${parameter.$ref}`)
  return found
}

function each<A, B>(record: Record<string, A>, convert: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, convert(value)]))
}

/** One line per operation, webhook and schema, so that a new cut is a readable difference. */
export function print(description: Cut): string {
  const sections = Object.entries(description).map(([key, value]) => {
    if (typeof value === 'string') return `${JSON.stringify(key)}:${JSON.stringify(value)}`
    const lines = Object.entries(value).map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`)
    return `${JSON.stringify(key)}:{\n${lines.join(',\n')}\n}`
  })
  return `{\n${sections.join(',\n')}\n}\n`
}

if (import.meta.main) {
  const [, , path] = argv
  if (path === undefined) throw new Error('usage: node cut.ts PATH_TO/api.github.com.json')
  const text = print(cut(readFileSync(path, 'utf8')))
  writeFileSync(new URL('description.json', import.meta.url), text)
  stdout.write(`description.json: ${Math.round(text.length / 1000)} kB\n`)
}
