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

function mend(trail: string, schema: Schema, value: unknown): unknown {
  const parts = partsOf(schema, value)
  if (Array.isArray(value)) {
    const items = all(parts.map(part => part.items))
    return items ? value.map(item => mend(`${trail}/*`, items, item)) : value
  }
  return isObject(value) ? mendObject(trail, parts, value) : value
}

function mendObject(trail: string, parts: Schema[], value: Record<string, unknown>): Record<string, unknown> {
  // A Map, because a field may be named `__proto__`: label names and custom properties are the world's.
  const result = new Map<string, unknown>()
  for (const [name, field] of Object.entries(value)) {
    if (field === undefined) continue
    const schema = fieldOf(parts, name)
    result.set(name, schema ? mend(`${trail}/${name}`, schema, field) : field)
  }
  for (const name of parts.flatMap(part => part.required ?? [])) {
    if (result.has(name)) continue
    invented.add(`${trail}/${name}`)
    result.set(name, invent(`${trail}/${name}`, fieldOf(parts, name) ?? {}))
  }
  return Object.fromEntries(result)
}

/**
 * The schemas that a value must meet together: the schema, its allOf, and of its anyOf the form that the value was
 * meant as.
 */
function partsOf(given: Schema, value: unknown): Schema[] {
  const schema = resolved(given)
  const form = schema.anyOf && bestForm(schema.anyOf, value)
  return [schema, ...[...(schema.allOf ?? []), ...(form ? [form] : [])].flatMap(part => partsOf(part, value))]
}

function fieldOf(parts: Schema[], name: string): Schema | undefined {
  return all(
    parts.map(({ properties, additionalProperties }) => {
      if (properties && Object.hasOwn(properties, name)) return properties[name]
      return typeof additionalProperties === 'object' ? additionalProperties : undefined
    })
  )
}

function all(schemas: (Schema | undefined)[]): Schema | undefined {
  const found = schemas.filter(schema => schema !== undefined)
  return found.length > 1 ? { allOf: found } : found[0]
}

function invent(trail: string, schema: Schema): unknown {
  if (!contradicts(schema, null)) return null
  const parts = partsOf(schema, undefined)
  const fixed = parts.flatMap(part => part.enum ?? [])
  if (fixed.length > 0) return fixed.find(value => !contradicts(schema, value))
  const type = parts.map(typeOf).find(found => found !== undefined)
  switch (type) {
    case 'array': {
      const least = Math.max(0, ...parts.map(part => part.minItems ?? 0))
      const items = all(parts.map(part => part.items)) ?? {}
      return Array.from({ length: least }, () => invent(`${trail}/*`, items))
    }
    case 'boolean':
      return false
    case 'integer':
    case 'number':
      return Math.max(0, ...parts.map(part => part.minimum ?? 0))
    case 'string':
      return text(parts)
    default:
      return mend(trail, schema, {})
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

function text(parts: Schema[]): string {
  const format = parts.map(part => part.format).find(found => found !== undefined) ?? ''
  return formats[format] ?? '-'.repeat(Math.max(0, ...parts.map(part => part.minLength ?? 0)))
}

function typeOf(schema: Schema): string | undefined {
  return Array.isArray(schema.type) ? schema.type.find(type => type !== 'null') : schema.type
}

/** The form that a given value was meant as: of those it does not contradict, the one that knows most of its fields. */
function bestForm(forms: Schema[], value: unknown): Schema | undefined {
  if (value === undefined) return forms[0]
  const fitting = forms.filter(form => !contradicts(form, value))
  if (fitting.length < 2 || !isObject(value)) return fitting[0]
  const scored = fitting.map(form => {
    const known = knownFields(form)
    return { form, score: Object.keys(value).filter(name => known.has(name)).length }
  })
  return scored.reduce((best, next) => (next.score > best.score ? next : best)).form
}

/** Whether a value cannot be meant as a schema, judged by its type and enum, and the enums of its fields. */
function contradicts(given: Schema, value: unknown): boolean {
  const schema = resolved(given)
  const types = schema.type === undefined ? undefined : [schema.type].flat()
  if (types && !types.some(type => isOfType(type, value))) return true
  if (schema.enum && !schema.enum.includes(value)) return true
  if (schema.allOf?.some(part => contradicts(part, value))) return true
  if (schema.anyOf?.every(form => contradicts(form, value))) return true
  if (!isObject(value)) return false
  return Object.entries(schema.properties ?? {}).some(([name, field]) => {
    const among = resolved(field).enum
    return among !== undefined && value[name] !== undefined && !among.includes(value[name])
  })
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isObject(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === type
  }
}

function knownFields(given: Schema): Set<string> {
  const schema = resolved(given)
  const parts = [...(schema.allOf ?? []), ...(schema.anyOf ?? [])]
  return new Set([...Object.keys(schema.properties ?? {}), ...parts.flatMap(part => [...knownFields(part)])])
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
