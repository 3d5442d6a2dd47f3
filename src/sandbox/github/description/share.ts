// Used by the cut: writes each repeated schema once. GitHub's webhooks spell the same user out hundreds of times.
import { createHash } from 'node:crypto'
import type { Cut, Schema } from './schema.ts'

/** Below this length, in characters of JSON, a reference saves nothing. */
const smallest = 120

/**
 * The same description with every schema that occurs twice moved to `schemas`, under the name of an equal component or
 * of its own digest. Validation is unchanged: a `$ref` means what it points to.
 */
export function share(description: Cut): Cut {
  const uses = new Map<string, number>()
  const count = (schema: Schema): void => {
    const text = JSON.stringify(schema)
    const before = uses.get(text) ?? 0
    uses.set(text, before + 1)
    // What stands inside a repeated schema is written once with it, and so counts once.
    if (before === 0) mapChildren(schema, child => (count(child), child))
  }
  const names = new Map<string, string>()
  for (const [name, schema] of Object.entries(description.schemas)) {
    const text = JSON.stringify(schema)
    if (text.length >= smallest && !names.has(text)) names.set(text, name)
  }
  mapRoots(description, schema => (count(schema), schema))

  const schemas: Record<string, Schema> = {}
  const rewrite = (schema: Schema): Schema => {
    const text = JSON.stringify(schema)
    if (schema.$ref !== undefined || text.length < smallest) return mapChildren(schema, rewrite)
    const component = names.get(text)
    if (component === undefined && uses.get(text) === 1) return mapChildren(schema, rewrite)
    const name = component ?? `shared-${createHash('sha256').update(text).digest('hex').slice(0, 10)}`
    if (component === undefined) schemas[name] ??= mapChildren(schema, rewrite)
    return { $ref: name }
  }
  const shared = mapRoots({ ...description, schemas: {} }, rewrite)
  for (const [name, schema] of Object.entries(description.schemas)) schemas[name] = mapChildren(schema, rewrite)
  return { ...shared, schemas: Object.fromEntries(Object.entries(schemas).toSorted(([a], [b]) => (a < b ? -1 : 1))) }
}

/** The description with `convert` applied to each schema that an operation, a webhook or the list of schemas names. */
function mapRoots(description: Cut, convert: (schema: Schema) => Schema): Cut {
  return {
    ...description,
    operations: mapValues(description.operations, operation => ({
      ...operation,
      ...(operation.body && { body: convert(operation.body) }),
      responses: mapValues(operation.responses, response => response && convert(response))
    })),
    webhooks: mapValues(description.webhooks, convert),
    schemas: mapValues(description.schemas, convert)
  }
}

/** The schema with `convert` applied to each schema directly inside it. */
function mapChildren(schema: Schema, convert: (schema: Schema) => Schema): Schema {
  return {
    ...schema,
    ...(schema.properties && { properties: mapValues(schema.properties, convert) }),
    ...(schema.items && { items: convert(schema.items) }),
    ...(schema.anyOf && { anyOf: schema.anyOf.map(convert) }),
    ...(schema.allOf && { allOf: schema.allOf.map(convert) }),
    ...(typeof schema.additionalProperties === 'object' && {
      additionalProperties: convert(schema.additionalProperties)
    })
  }
}

function mapValues<A, B>(record: Record<string, A>, convert: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, convert(value)]))
}
