// Fills `${NAME}` in the operator's file from the environment that it is given, once the file has been judged.
import type { Json } from '../model/ports.ts'
import type { Finding } from '../model/schema-words.ts'

/** Names to values; the caller decides which environment this is. */
export type Environment = Record<string, string | undefined>

const reference = /\$\{([^{}]*)\}/g
const example = 'password: ${PAYMENTS_DB_PASSWORD}'
const variable = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * `value` with every reference in its texts filled in, and what could not be. A reference is a whole text or a part of
 * one; it does not nest, has no default, and what it brings is taken as it is: never read as YAML, never filled in
 * again. A variable that is empty is missing. White space around a variable's value goes, since files that hold secrets
 * end in a line feed.
 */
export function resolveReferences(value: Json, environment: Environment): { value: Json; unresolved: Finding[] } {
  const unresolved: Finding[] = []
  return { value: walk(value, '', environment, unresolved), unresolved }
}

function walk(value: Json, pointer: string, environment: Environment, unresolved: Finding[]): Json {
  if (typeof value === 'string') return fill(value, pointer, environment, unresolved)
  if (Array.isArray(value)) return value.map((each, i) => walk(each, `${pointer}/${i}`, environment, unresolved))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      walk(each, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, environment, unresolved)
    ])
  )
}

function fill(text: string, pointer: string, environment: Environment, unresolved: Finding[]): string {
  const report = (message: string, expected: string) =>
    void unresolved.push({ code: 'value.reference', pointer, on: 'value', message, expected, example })
  const wellFormed = 'a reference such as ${NAME}'
  if (text.replaceAll(reference, '').includes('${')) report('A reference is not closed, or holds another.', wellFormed)
  return text.replaceAll(reference, (_, name: string) => {
    const found = Object.hasOwn(environment, name) ? environment[name]?.trim() : undefined
    if (!variable.test(name)) report('A reference is not the name of a variable.', wellFormed)
    else if (!found) report(`The environment has no ${name}.`, `${name} in the environment of the server`)
    return found ?? ''
  })
}
