// Every document that the guides show is read by the parsers that will judge it.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { documentProblems } from '../../src/decide/policy/document-problems.ts'
import { controlProblems } from '../../src/model/controls.ts'
import { parseDocument } from '../../src/model/document.ts'
import { pathOf } from '../../src/model/place.ts'
import type { Place } from '../../src/model/place.ts'
import { formatProblem } from '../../src/model/problem.ts'
import { readInstances } from '../../src/providers/instances.ts'

const root = join(import.meta.dirname, '../..')
const pages = ['README.md', 'docs', 'policies'].flatMap(name =>
  name.endsWith('.md')
    ? [name]
    : readdirSync(join(root, name), { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile() && entry.name.endsWith('.md'))
        .map(entry => relative(root, join(entry.parentPath, entry.name)))
)
const blocks = pages.flatMap(page => {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(
    ([, block = ''], index) => [`${page} ${index + 1}`, block] as const
  )
})

function placeOfBlock(block: string): Place | undefined {
  const { kind, id = '', contract = '' } = parse(block) as Record<string, string | undefined>
  switch (kind) {
    case 'AccessRequest':
      return { kind: 'request', contract, id }
    case 'Amendment':
      return { kind: 'amendment', contract, id }
    case 'Contract':
      return { kind: 'contract', id }
    case 'Policy':
      return { kind: 'policy', id }
    case 'Directory':
      return { kind: 'directory' }
    case 'Settings':
      return { kind: 'settings' }
    default:
      return undefined
  }
}

test('the guides show documents', () => expect(blocks.length).toBeGreaterThan(3))

test.each(blocks)('%s', (_, block) => {
  if (parse(block).kind === 'Providers') {
    const read = readInstances('providers.yml', block, { PAYMENTS_DB_PASSWORD: 'x', GITHUB_ACCESS_TOKEN: 'x' })
    expect(read).toMatchObject({ ok: true })
    return
  }
  const place = placeOfBlock(block)
  if (place === undefined) throw new Error('a yaml block in the docs is a whole document, so that it can be tried')
  const path = pathOf(place)
  const parsed = parseDocument(path, block)
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  const { value, lines } = parsed
  const cites = value.kind === 'Contract' || value.kind === 'Amendment' || value.kind === 'Policy'
  const found = [
    ...documentProblems(path, value, lines),
    ...(cites ? controlProblems(path, { ok: true, value, lines }) : [])
  ]
  expect(found.map(formatProblem)).toEqual([])
})
