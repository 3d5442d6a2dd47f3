// Validation by plain Ajv: each schema of the cut is compiled when it is first needed, and kept.
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import { fullFormats } from 'ajv-formats/dist/formats.js'
import { description } from './load.ts'
import type { Schema } from './schema.ts'

let shared: Ajv2020 | undefined
const added = new Set<string>()
const compiled = new Map<string, ValidateFunction>()

/** At most this many errors are told of one value, however many a hostile body provokes. */
export const mostErrors = 20

/**
 * What is wrong with a value under a schema of the cut, at most 20 errors; empty when it conforms.
 * `key` names the schema's place, so that it is compiled once.
 */
export function errorsOf(key: string, schema: Schema, value: unknown): ErrorObject[] {
  let validate = compiled.get(key)
  if (!validate) {
    shared ??= validator()
    addReached(shared, schema)
    validate = shared.compile(schema)
    compiled.set(key, validate)
  }
  return validate(value) ? [] : (validate.errors ?? []).slice(0, mostErrors)
}

function validator(): Ajv2020 {
  const ajv = new Ajv2020({
    // The cut is GitHub's text, not ours: its mends are in repairs.ts, and a test compiles every schema.
    strict: false,
    validateSchema: false,
    allErrors: true,
    // A shared schema stays one function; inlined, the same user would be compiled into every payload.
    inlineRefs: false,
    // Optimising the code it writes costs Ajv more time and memory than the code then saves: 0.9 s against 0.65 s for
    // everything.
    code: { optimize: false },
    formats: {
      'date-time': fullFormats['date-time'],
      timestamp: fullFormats['date-time'],
      uri: fullFormats.uri,
      'uri-template': fullFormats['uri-template'],
      int64: fullFormats.int64,
      // Looser than RFC 5321: a bot's address holds brackets, `41898282+github-actions[bot]@users.noreply.github.com`.
      email: /^[^\s@]+@[^\s@]+$/,
      'repo.nwo': /^[^\s/]+\/[^\s/]+$/
    }
  })
  return ajv
}

/** Gives Ajv the schemas that this one reaches, and no others: the whole cut costs 10 MB more. */
function addReached(ajv: Ajv2020, schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return
  for (const [key, value] of Object.entries(schema)) {
    if (key !== '$ref' || typeof value !== 'string') {
      addReached(ajv, value)
    } else if (!added.has(value)) {
      added.add(value)
      const found = description().schemas[value]
      if (!found) throw new Error(`the description has no schema ${value}`)
      ajv.addSchema(found, value)
      addReached(ajv, found)
    }
  }
}
