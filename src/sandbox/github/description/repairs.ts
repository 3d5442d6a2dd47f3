// What the cut mends in GitHub's description: each fault of the source that would make a validator wrong, by name.
import type { Schema } from './schema.ts'

type Nested = 'properties' | 'items' | 'anyOf' | 'allOf' | 'additionalProperties'

/** A schema as the source writes it (OpenAPI 3.0.3): JSON Schema and `nullable`. */
export interface SourceSchema extends Omit<Schema, Nested> {
  nullable?: boolean
  discriminator?: unknown
  properties?: Record<string, SourceSchema>
  additionalProperties?: boolean | SourceSchema
  items?: SourceSchema
  oneOf?: SourceSchema[]
  anyOf?: SourceSchema[]
  allOf?: SourceSchema[]
}

/** A JSON body of the source, by media type. */
export type SourceContent = Record<string, { schema?: SourceSchema }>

/** An operation or webhook as the source writes it. */
export interface SourceOperation {
  operationId: string
  parameters?: SourceParameter[]
  requestBody?: { required?: boolean; content?: SourceContent }
  responses: Record<string, { $ref?: string; content?: SourceContent }>
  'x-github'?: { subcategory?: string }
}

/** A parameter as the source writes it, or a reference to a shared one. */
export interface SourceParameter {
  $ref?: string
  name: string
  in: string
  required?: boolean
  schema: SourceSchema
  'x-multi-segment'?: boolean
}

/** The parts of the source that the cut reads. */
export interface Source {
  info: { version: string; license: { name: string } }
  paths: Record<string, Record<string, SourceOperation>>
  'x-webhooks': Record<string, { post: SourceOperation }>
  components: {
    schemas: Record<string, SourceSchema>
    parameters: Record<string, SourceParameter>
    responses: Record<string, { content?: SourceContent }>
  }
}

/** A mend of one schema node. It answers undefined where there is nothing to mend. */
export interface SchemaRepair {
  name: string
  mend(schema: SourceSchema): SourceSchema | undefined
}

/** A mend of the payload of webhooks that have an action. It answers false where there is nothing to mend. */
export interface WebhookRepair {
  name: string
  mend(payload: SourceSchema): boolean
}

/** A mend of one named operation. It answers false when the fault is no longer there. */
export interface OperationRepair {
  name: string
  operation: string
  mend(operation: SourceOperation): boolean
}

const isNull: SourceSchema = { type: 'null' }

/**
 * Mends applied to every schema node of the cut, in this order; what they answer is JSON Schema for that node.
 * Each must find something, or the cut stops: a repair that mends nothing has had its day.
 */
export const schemaRepairs: readonly SchemaRepair[] = [
  {
    // A discriminator is a hint for code generators. JSON Schema has none, and Ajv's own wants a stricter form than
    // GitHub writes.
    name: 'discriminator-dropped',
    mend({ discriminator, ...schema }) {
      return discriminator === undefined ? undefined : schema
    }
  },
  {
    // The forms of GitHub's oneOf overlap (two shapes of error, say), and what fits two of them fails oneOf: a union
    // is meant.
    name: 'one-of-is-any-of',
    mend({ oneOf, ...schema }) {
      if (!oneOf) return undefined
      const { allOf = [], anyOf } = schema
      return anyOf ? { ...schema, allOf: [...allOf, { anyOf: oneOf }] } : { ...schema, anyOf: oneOf }
    }
  },
  {
    // A repository without a homepage has '' there (see @octokit/webhooks-examples), which is no URI.
    name: 'homepage-may-be-empty',
    mend(schema) {
      const homepage = schema.properties?.['homepage']
      if (homepage?.format !== 'uri') return undefined
      return { ...schema, properties: { ...schema.properties, homepage: { ...homepage, format: undefined } } }
    }
  },
  {
    // `nullable` with an enum that lacks null: the enum alone refuses the null that GitHub does send.
    name: 'nullable-enum-admits-null',
    mend(schema) {
      if (!schema.nullable || !schema.enum || schema.enum.includes(null)) return undefined
      return { ...schema, enum: [...schema.enum, null] }
    }
  },
  {
    // `nullable` beside allOf, anyOf, enum or nothing, without `type`: OpenAPI 3.0.3 says it then means nothing,
    // GitHub means null.
    name: 'nullable-without-type',
    mend({ nullable, ...schema }) {
      if (!nullable || schema.type !== undefined) return undefined
      if (schema.enum || Object.keys(schema).length === 0) return schema
      if (schema.anyOf) return { ...schema, anyOf: [...schema.anyOf, isNull] }
      return { anyOf: [schema, isNull] }
    }
  },
  {
    // OpenAPI 3.0.3's `nullable: true` beside a type is JSON Schema's type union.
    name: 'nullable-as-type-null',
    mend({ nullable, ...schema }) {
      if (nullable === undefined) return undefined
      return nullable && typeof schema.type === 'string' ? { ...schema, type: [schema.type, 'null'] } : schema
    }
  }
]

/** Mends of single operations, where Octokit's edition of the description lost or broke a rule of GitHub's. */
export const operationRepairs: readonly OperationRepair[] = [
  {
    // Octokit's edition asks an installation's account to be a user and an enterprise at once (allOf); GitHub's says
    // either.
    name: 'installation-account-is-one-of',
    operation: 'apps/list-installations',
    mend(operation) {
      const list = operation.responses['200']?.content?.['application/json']?.schema
      if (!list?.items?.properties?.account?.allOf) return false
      list.items = { $ref: '#/components/schemas/installation' }
      return true
    }
  },
  {
    // "conclusion: required if you provide completed_at or a status of completed" survives in Octokit's edition as
    // prose only (`checks/update` has kept it, as anyOf).
    name: 'completed-check-needs-conclusion',
    operation: 'checks/create',
    mend({ requestBody }) {
      const body = requestBody?.content?.['application/json']?.schema
      if (!body || body.oneOf || body.anyOf || body.allOf) return false
      body.anyOf = [
        { required: ['conclusion'] },
        { properties: { status: { type: 'string', enum: ['queued', 'in_progress'] } } }
      ]
      body.dependentRequired = { completed_at: ['conclusion'] }
      return true
    }
  }
]

/** Mends of webhooks' payloads. */
export const webhookRepairs: readonly WebhookRepair[] = [
  {
    // `check_run.completed` and its kin describe their action and forget to require it, though receivers route by it.
    name: 'webhook-names-its-action',
    mend(payload) {
      if (!payload.properties?.['action'] || payload.required?.includes('action')) return false
      payload.required = ['action', ...(payload.required ?? [])]
      return true
    }
  }
]
