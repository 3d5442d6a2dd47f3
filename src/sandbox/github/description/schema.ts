// The vocabulary of the cut: the JSON Schema keywords that GitHub's description uses, and the shape of
// description.json.

/** A JSON Schema (2020-12) of the cut. `$ref` holds the bare name of a schema in `Cut.schemas`. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  enum?: unknown[]
  properties?: Record<string, Schema>
  required?: string[]
  dependentRequired?: Record<string, string[]>
  additionalProperties?: boolean | Schema
  items?: Schema
  anyOf?: Schema[]
  allOf?: Schema[]
  pattern?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  uniqueItems?: boolean
  minProperties?: number
  maxProperties?: number
}

/** One operation of the cut. A response without a JSON body is null. */
export interface CutOperation {
  method: string
  template: string
  path: Record<string, Schema>
  multi: string[]
  query: Record<string, Schema>
  requiredQuery: string[]
  body?: Schema
  bodyRequired: boolean
  responses: Record<string, Schema | null>
}

/** description.json: GitHub's own description, structure only, and where it comes from. */
export interface Cut {
  source: string
  version: string
  /** `sha256:` of the file that the cut was made from. */
  digest: string
  licence: string
  repairs: Record<string, number>
  operations: Record<string, CutOperation>
  webhooks: Record<string, Schema>
  schemas: Record<string, Schema>
}
