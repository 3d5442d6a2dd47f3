// Finds the operation that a method and path mean, as GitHub's router would: the most literal template first.
import { description, resolved } from './load.ts'
import type { CutOperation } from './schema.ts'

interface Route {
  id: string
  names: string[]
  pattern: RegExp
  rank: string
}

/** What a request's path means: the operation's id, and its path parameters, percent-decoded. */
export interface Routed {
  id: string
  params: Record<string, string>
}

/** Operations that GitHub also answers with their last parameter left empty: the root folder, all references. */
const mayEndEmpty = new Set(['repos/get-content', 'git/list-matching-refs'])

let byMethod: Map<string, Route[]> | undefined

/**
 * The operation for a method and a path without `/api/v3` and without query, still percent-encoded.
 * Undefined where GitHub would answer 404: no such route, a number that is none, an encoding that is broken.
 */
export function route(method: string, path: string): Routed | undefined {
  byMethod ??= routes()
  for (const { id, names, pattern } of byMethod.get(method.toUpperCase()) ?? []) {
    const found = pattern.exec(path)
    if (!found) continue
    const values = names.map((_, index) => decoded(found[index + 1] ?? ''))
    if (values.includes(undefined)) return undefined
    return { id, params: Object.fromEntries(names.map((name, index) => [name, values[index] ?? ''])) }
  }
  return undefined
}

function routes(): Map<string, Route[]> {
  const table = new Map<string, Route[]>()
  for (const [id, operation] of Object.entries(description().operations)) {
    table.set(operation.method, [...(table.get(operation.method) ?? []), compile(id, operation)])
  }
  for (const list of table.values()) list.sort((a, b) => (a.rank < b.rank ? -1 : 1))
  return table
}

/** `rank` sorts segment by segment, literal before parameter before many segments, longer before shorter. */
function compile(id: string, operation: CutOperation): Route {
  const names: string[] = []
  let rank = ''
  const segments = operation.template
    .split('/')
    .slice(1)
    .map((segment, index, all) => {
      const name = /^\{(\w+)\}$/.exec(segment)?.[1]
      if (name === undefined) {
        rank += '0'
        return `/${segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`
      }
      names.push(name)
      const multi = operation.multi.includes(name)
      rank += multi ? '2' : '1'
      if (multi) return index === all.length - 1 && mayEndEmpty.has(id) ? '(?:/(.*))?' : '/(.+)'
      const schema = operation.path[name]
      return schema && resolved(schema).type === 'integer' ? '/(\\d{1,15})' : '/([^/]+)'
    })
  return { id, names, pattern: new RegExp(`^${segments.join('')}$`), rank: `${rank}3` }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}
