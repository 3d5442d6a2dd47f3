// Fills what a handler did not model with neutral values that conform, so that handlers say only what is meant.
import { resolved } from './load.ts'
import type { Schema } from './schema.ts'

const invented = new Set<string>()

/**
 * The fields invented so far in this process, as `pulls/get 200 /head/repo/size`, array positions as `*`.
 * A field that a rule of Addendum depends on must never be in it.
 */
export function inventedFields(): ReadonlySet<string> {
  return invented
}

/** The value with each required field that it lacks, at any depth; given values, null included, are never changed. */
export function fill(place: string, schema: Schema, value: unknown): unknown {
  return value === undefined ? invent(`${place} `, schema) : mend(`${place} `, schema, value)
}

function mend(trail: string, given: Schema, value: unknown): unknown {
  const schema = resolved(given)
  const forms = schema.anyOf ?? schema.oneOf
  let result = value
  if (Array.isArray(value)) {
    const items = schema.items
    if (items) result = value.map(item => mend(`${trail}/*`, items, item))
  } else if (isObject(value)) {
    result = mendObject(trail, schema, value)
  }
  if (forms) {
    const form = bestForm(forms, result)
    if (form) result = mend(trail, form, result)
  }
  return (schema.allOf ?? []).reduce((mended, part) => mend(trail, part, mended), result)
}

function mendObject(trail: string, schema: Schema, value: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(value)) {
    if (field === undefined) continue
    const child = schema.properties?.[name] ?? additional(schema)
    result[name] = child ? mend(`${trail}/${name}`, child, field) : field
  }
  for (const name of schema.required ?? []) {
    if (Object.hasOwn(result, name)) continue
    invented.add(`${trail}/${name}`)
    result[name] = invent(`${trail}/${name}`, schema.properties?.[name] ?? additional(schema) ?? {})
  }
  return result
}

function additional(schema: Schema): Schema | undefined {
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
}

function invent(trail: string, given: Schema): unknown {
  const schema = resolved(given)
  if (admitsNull(schema)) return null
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  const form = (schema.anyOf ?? schema.oneOf)?.[0]
  if (schema.properties || schema.allOf || typeOf(schema) === 'object') return mend(trail, schema, {})
  if (form) return invent(trail, form)
  switch (typeOf(schema)) {
    case 'array': return Array.from({ length: schema.minItems ?? 0 }, () => invent(`${trail}/*`, schema.items ?? {}))
    case 'boolean': return false
    case 'integer':
    case 'number': return Math.max(0, schema.minimum ?? 0)
    case 'string': return text(schema)
    default: return null
  }
}

/** RFC 2606: `.invalid` resolves nowhere, so an invented address leads no client out of the machine. */
const formats: Record<string, string> = {
  uri: 'https://github.invalid/',
  'uri-template': 'https://github.invalid/',
  'date-time': '1970-01-01T00:00:00Z',
  timestamp: '1970-01-01T00:00:00Z',
  email: 'octocat@github.invalid',
  'repo.nwo': 'octocat/hello-world'
}

function text(schema: Schema): string {
  return formats[schema.format ?? ''] ?? '-'.repeat(schema.minLength ?? 0)
}

function typeOf(schema: Schema): string | undefined {
  return Array.isArray(schema.type) ? schema.type.find(type => type !== 'null') : schema.type
}

function admitsNull(schema: Schema): boolean {
  if (schema.enum) return schema.enum.includes(null)
  if (schema.type === 'null' || (Array.isArray(schema.type) && schema.type.includes('null'))) return true
  if (schema.anyOf) return schema.anyOf.some(form => admitsNull(resolved(form)))
  return schema.oneOf?.filter(form => admitsNull(resolved(form))).length === 1
}

/** The form that a given value was meant as: of those it does not contradict, the one that knows most of its fields. */
function bestForm(forms: Schema[], value: unknown): Schema | undefined {
  const score = (form: Schema): number => {
    const known = knownFields(form)
    return isObject(value) ? Object.keys(value).filter(name => known.has(name)).length : 0
  }
  return forms.filter(form => !contradicts(form, value)).toSorted((a, b) => score(b) - score(a))[0]
}

function contradicts(given: Schema, value: unknown): boolean {
  const schema = resolved(given)
  const types = schema.type === undefined ? undefined : [schema.type].flat()
  if (types && !types.some(type => isOfType(type, value))) return true
  if (schema.const !== undefined && schema.const !== value) return true
  if (schema.enum && !schema.enum.includes(value)) return true
  if ((schema.allOf ?? []).some(part => contradicts(part, value))) return true
  if (!isObject(value)) return false
  return Object.entries(schema.properties ?? {}).some(([name, field]) => {
    const { const: only, enum: among } = resolved(field)
    const present = value[name] !== undefined
    return present && ((only !== undefined && value[name] !== only) || (among && !among.includes(value[name])))
  })
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'null': return value === null
    case 'array': return Array.isArray(value)
    case 'object': return isObject(value)
    case 'integer': return Number.isInteger(value)
    default: return typeof value === type
  }
}

function knownFields(given: Schema): Set<string> {
  const schema = resolved(given)
  const parts = [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]
  return new Set([...Object.keys(schema.properties ?? {}), ...parts.flatMap(part => [...knownFields(part)])])
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
