// From an error of the schema validator to words that a tired person can act on.
import type { ErrorObject } from 'ajv/dist/2020.js'
import { stringify } from 'yaml'
import terms from '../../policies/schemas/terms.schema.json' with { type: 'json' }
import contract from '../../policies/schemas/contract.schema.json' with { type: 'json' }
import amendment from '../../policies/schemas/amendment.schema.json' with { type: 'json' }
import { formats } from './formats.ts'
import type { ProblemCode } from './problem.ts'
import { suggest } from './suggest.ts'
import { pointerStep } from './yaml-places.ts'

/** A problem without its place. `on` says what the place is: the value, its key, or where something is missing. */
export interface Finding {
  code: ProblemCode
  pointer: string
  on: 'value' | 'key' | 'missing'
  message: string
  expected: string
  example: string
  suggestion?: string | undefined
  /** The key that is missing. */
  missing?: string
}

interface Schema {
  $ref?: string
  title?: string
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  required?: string[]
  examples?: unknown[]
  properties?: Record<string, Schema>
  propertyNames?: Schema
  patternProperties?: Record<string, Schema>
}

const named = new Map(
  [terms, contract, amendment].flatMap(schema => Object.entries(schema.$defs as Record<string, Schema>))
)

const typeNames: Record<string, string> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'a map',
  array: 'a list',
  null: 'nothing'
}

/** `key: value` as YAML; of a list's item `- value`; of the whole document the value itself. */
export function fragment(key: string, value: unknown): string {
  const wrapped = key === '' ? value : /^\d+$/.test(key) ? [value] : { [key]: value }
  return stringify(wrapped, { lineWidth: 0 }).trimEnd()
}

/** What one validator error says; nothing where another error of the same value says it better. */
export function explain(error: ErrorObject): Finding[] {
  // `if` only repeats its branch; a branch of `oneOf` is told by the `oneOf`; a name's error by `propertyNames`.
  if (error.keyword === 'if' || error.propertyName !== undefined || error.schemaPath.includes('/oneOf/')) return []
  const schema = resolved(error.parentSchema as Schema)
  const pointer = error.instancePath
  const label = labelOf(pointer)
  const own = { pointer, expected: phraseOf(schema), example: exampleAt(pointer, schema) }
  const params = error.params as Record<string, unknown>
  switch (error.keyword) {
    case 'additionalProperties':
      return [unknownKey(pointer, String(params['additionalProperty']), schema, own.example)]
    case 'propertyNames':
      return [badName(pointer, String(params['propertyName']), resolved(schema.propertyNames as Schema), own.example)]
    case 'required':
    case 'dependentRequired':
      return [missing(pointer, String(params['missingProperty']), schema)]
    case 'oneOf': {
      const message = `${label} needs exactly one of what it offers.`
      return [{ ...own, code: 'schema.choice', on: 'key', message, expected: choicesOf(error.schema as Schema[]) }]
    }
    case 'type':
      return [wrongType(error, own, label)]
    case 'enum':
    case 'const': {
      const known = error.keyword === 'const' ? [schema.const] : (schema.enum as unknown[])
      const expected = known.map(String).join(', ')
      const suggestion = suggest(String(error.data), known.map(String))
      const message = `${label} must be ${oneOf(expected)}.`
      return [{ ...own, code: 'schema.value', on: 'value', message, expected, suggestion }]
    }
    case 'format': {
      const code = formats[String(params['format'])]?.code as ProblemCode
      return [{ ...own, code, on: 'value', message: `${label} is not ${own.expected}.` }]
    }
    case 'pattern':
      return [{ ...own, code: 'schema.value', on: 'value', message: `${label} is not ${own.expected}.` }]
    case 'uniqueItems': {
      const item = pointer + pointerStep(Math.max(Number(params['i']), Number(params['j'])))
      const message = `${label} lists this twice.`
      return [{ ...own, code: 'value.duplicate', pointer: item, on: 'value', message, expected: 'each once' }]
    }
    default:
      return [bound(error, own, label)]
  }
}

type Own = Pick<Finding, 'pointer' | 'expected' | 'example'>

function unknownKey(parent: string, key: string, schema: Schema, whole: string): Finding {
  const properties = schema.properties as Record<string, Schema>
  const known = Object.keys(properties)
  const pointer = parent + pointerStep(key)
  const message = `${labelOf(pointer)} is not a key that is known here.`
  const suggestion = suggest(key, known)
  const example = suggestion === undefined ? whole : fragment(suggestion, exampleOf(properties[suggestion] as Schema))
  const expected = `one of ${known.join(', ')}`
  return { code: 'schema.unknown-key', pointer, on: 'key', message, expected, suggestion, example }
}

function badName(pointer: string, key: string, names: Schema, example: string): Finding {
  const expected = phraseOf(names)
  const message = `The name ${labelOf(pointer + pointerStep(key))} is not ${expected}.`
  return { code: 'schema.value', pointer: pointer + pointerStep(key), on: 'key', message, expected, example }
}

function missing(pointer: string, key: string, schema: Schema): Finding {
  const wanted = (schema.properties as Record<string, Schema>)[key] as Schema
  const message = `${labelOf(pointer)} has no "${key}".`
  const expected = `"${key}": ${phraseOf(resolved(wanted))}`
  const example = fragment(key, exampleOf(wanted))
  return { code: 'schema.missing', pointer, on: 'missing', message, expected, example, missing: key }
}

function wrongType(error: ErrorObject, own: Own, label: string): Finding {
  const wanted = [error.schema as string | string[]].flat()
  const found = typeNames[typeOf(error.data)] as string
  const expected = wanted.map(type => typeNames[type] as string).join(' or ')
  const quotes = wanted.includes('string') && /^(number|boolean)$/.test(typeof error.data) ? '; put it in quotes' : ''
  const message = `${label} must be ${expected}, not ${found}${quotes}.`
  const phrase = wanted.includes('string') ? own.expected : expected
  return { ...own, code: 'schema.type', on: 'value', message, expected: phrase }
}

const bounds: Record<string, [ProblemCode, string]> = {
  minLength: ['schema.length', 'at least # characters'],
  maxLength: ['schema.length', 'at most # characters'],
  minItems: ['schema.length', 'at least # in the list'],
  maxItems: ['schema.length', 'at most # in the list'],
  minProperties: ['schema.length', 'at least # in the map'],
  maxProperties: ['schema.length', 'at most # in the map'],
  minimum: ['schema.value', '# or more'],
  maximum: ['schema.value', '# or less']
}

function bound(error: ErrorObject, own: Own, label: string): Finding {
  const [code, phrase] = bounds[error.keyword] as [ProblemCode, string]
  const expected = phrase.replace('#', String(error.params['limit']))
  const verb = code === 'schema.length' ? 'have' : 'be'
  return { ...own, code, on: 'value', message: `${label} must ${verb} ${expected}.`, expected }
}

function oneOf(list: string): string {
  return list.includes(',') ? `one of ${list}` : list
}

function choicesOf(branches: Schema[]): string {
  return `exactly one of ${branches.flatMap(branch => branch.required as string[]).join(', ')}`
}

function typeOf(data: unknown): string {
  return data === null ? 'null' : Array.isArray(data) ? 'array' : typeof data
}

// A schema that only refers to another has that one's title and examples, unless it has its own.
function resolved(schema: Schema): Schema {
  const name = schema.$ref?.slice(schema.$ref.lastIndexOf('/') + 1)
  const target = name === undefined ? undefined : named.get(name)
  return target === undefined ? schema : { ...resolved(target), ...schema }
}

function phraseOf(schema: Schema): string {
  if (schema.title !== undefined) return schema.title
  const known = schema.enum ?? (schema.const === undefined ? undefined : [schema.const])
  if (known !== undefined) return oneOf(known.map(String).join(', '))
  return [schema.type as string | string[]]
    .flat()
    .map(type => typeNames[type] as string)
    .join(' or ')
}

function exampleOf(schema: Schema): unknown {
  const full = resolved(schema)
  return full.examples?.[0] ?? full.const ?? full.enum?.[0]
}

function exampleAt(pointer: string, schema: Schema): string {
  return fragment(stepOf(pointer), exampleOf(schema))
}

function stepOf(pointer: string): string {
  return pointer
    .slice(pointer.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~')
}

function labelOf(pointer: string): string {
  if (pointer === '') return 'The document'
  const step = stepOf(pointer).slice(0, 80)
  if (!/^\d+$/.test(step)) return `"${step}"`
  return `Item ${Number(step) + 1} of ${labelOf(pointer.slice(0, pointer.lastIndexOf('/')))}`
}
