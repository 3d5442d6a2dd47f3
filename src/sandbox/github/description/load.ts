// The cut in memory: description.json, read once and only when first asked for.
import { readFileSync } from 'node:fs'
import type { Cut, CutOperation, Schema } from './schema.ts'

let loaded: Cut | undefined

/** GitHub's description as cut. The first call reads the file (about 10 ms); later calls answer the same object. */
export function description(): Cut {
  loaded ??= JSON.parse(readFileSync(new URL('description.json', import.meta.url), 'utf8')) as Cut
  return loaded
}

/** The cut of one operation. Throws for an id that the cut does not hold: only `match` and `operations` make ids. */
export function cutOperation(id: string): CutOperation {
  const found = description().operations[id]
  if (!found) throw new Error(`the description has no operation ${id}`)
  return found
}

/** The schema itself, where a `$ref` stands for it. */
export function resolved(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema
  const found = description().schemas[schema.$ref]
  if (!found) throw new Error(`the description has no schema ${schema.$ref}`)
  return resolved(found)
}
