// What a path of the access repository is, before anything in the file is believed (DESIGN §3, attack #39).
import type { Problem } from './problem.ts'

/** What lives at a path. */
export type Place =
  | { kind: 'request'; contract: string; id: string }
  | { kind: 'contract'; id: string }
  | { kind: 'amendment'; contract: string; id: string }
  | { kind: 'policy'; id: string }
  | { kind: 'directory' }
  | { kind: 'settings' }
  | { kind: 'codeowners' }

const id = /^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$/
const single: Record<string, 'directory' | 'settings' | 'codeowners'> = {
  'directory.yml': 'directory',
  '.github/addendum.yml': 'settings',
  '.github/CODEOWNERS': 'codeowners',
  CODEOWNERS: 'codeowners',
  'docs/CODEOWNERS': 'codeowners'
}

/** Whether `text` can be the id of a document: lower case ASCII, digits and inner hyphens, 80 at most. */
export function isId(text: string): boolean {
  return id.test(text)
}

/** What lives at `path`, byte for byte; undefined for everything that Addendum does not know. */
export function placeOf(path: string): Place | undefined {
  const kind = Object.hasOwn(single, path) ? single[path] : undefined
  if (kind !== undefined) return { kind }
  if (!path.endsWith('.yml')) return undefined
  const parts = path.slice(0, -4).split('/')
  const [room, first, second] = parts
  if (first === undefined || !isId(first)) return undefined
  if (parts.length === 2 && room === 'contracts') return { kind: 'contract', id: first }
  if (parts.length === 2 && room === 'policies') return { kind: 'policy', id: first }
  if (parts.length !== 3 || second === undefined || !isId(second)) return undefined
  if (room === 'requests') return { kind: 'request', contract: first, id: second }
  if (room === 'amendments') return { kind: 'amendment', contract: first, id: second }
  return undefined
}

/** The one path of a place; `codeowners` is `.github/CODEOWNERS`. `placeOf(pathOf(p))` is `p`. */
export function pathOf(place: Place): string {
  switch (place.kind) {
    case 'request':
      return `requests/${place.contract}/${place.id}.yml`
    case 'amendment':
      return `amendments/${place.contract}/${place.id}.yml`
    case 'contract':
      return `contracts/${place.id}.yml`
    case 'policy':
      return `policies/${place.id}.yml`
    case 'directory':
      return 'directory.yml'
    case 'settings':
      return '.github/addendum.yml'
    case 'codeowners':
      return '.github/CODEOWNERS'
  }
}

/**
 * Whether a change of `path` is ours to judge. Wider than `placeOf` and blind to case, so that a path that only looks
 * like one of ours is judged (and refused) and never waved through (attack #37, #39).
 */
export function isGuarded(path: string): boolean {
  const folded = path.normalize('NFKC').toLowerCase()
  if (/^(requests|contracts|amendments|policies)(\/|$)/.test(folded)) return true
  return /^(directory\.ya?ml|(\.github\/|docs\/)?codeowners|\.github\/addendum\.ya?ml)$/.test(folded)
}

/** The problem of a path at which no document lives; says the right name where there is one near. */
export function noDocument(path: string): Problem {
  const at = { file: path, line: 1, column: 1, pointer: '', found: path }
  const renamed = path.replace(/\.yaml$/i, '.yml').toLowerCase()
  if (placeOf(renamed) !== undefined) {
    const message = 'The file has the wrong name: rename it, in lower case and ending in .yml.'
    return { code: 'path.extension', ...at, expected: renamed, message, suggestion: renamed, example: renamed }
  }
  const expected = 'requests/<contract>/<id>.yml, amendments/<contract>/<id>.yml, contracts/<id>.yml, policies/<id>.yml'
  const message = 'No document lives at this path: ids are lower case letters, digits and inner hyphens, 80 at most.'
  const example = 'requests/payments-production/2026-11-22-octocat-read.yml'
  return { code: 'path.name', ...at, expected, message, example }
}
