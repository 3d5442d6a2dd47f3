import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { parseDocument } from '../../src/model/document.ts'
import { formats } from '../../src/model/formats.ts'
import { formatProblem, quoted } from '../../src/model/problem.ts'
import type { Problem } from '../../src/model/problem.ts'
import { amendmentYaml, contractYaml, requestYaml } from './documents.ts'

function told(path: string, text: string): string[] {
  const parsed = parseDocument(path, text)
  return parsed.ok ? [] : parsed.problems.map(p => `${p.code} ${p.line}:${p.column}`)
}

test.each([
  ['requests/payments-production/2026-11-22-octocat-read.yml', requestYaml(), 'AccessRequest'],
  ['contracts/payments-production.yml', contractYaml(), 'Contract'],
  ['amendments/payments-production/2026-12-migration-week.yml', amendmentYaml(['{strike: C-read}']), 'Amendment'],
  ['policies/baseline.yml', 'apiVersion: addendum/v1\nkind: Policy\nid: baseline\ntitle: Baseline\n', 'Policy'],
  ['directory.yml', 'apiVersion: addendum/v1\nkind: Directory\npeople: []\n', 'Directory'],
  ['.github/addendum.yml', 'apiVersion: addendum/v1\nkind: Settings\n', 'Settings']
])('%s is read as what its path says', (path, text, kind) => {
  expect(parseDocument(path, text)).toMatchObject({ ok: true, value: { kind } })
})

test('a file name that is not the id is told at the id', () => {
  expect(told('requests/payments-production/other.yml', requestYaml())).toEqual(['path.id 3:5'])
  expect(told('contracts/other.yml', contractYaml())).toEqual(['path.id 3:5'])
})

test('a directory that is not the contract is told at the contract', () => {
  expect(told('requests/other/2026-11-22-octocat-read.yml', requestYaml())).toEqual(['path.contract 4:11'])
  expect(told('amendments/x/y.yml', amendmentYaml(['{strike: C-a}']))).toEqual(['path.id 3:5', 'path.contract 4:11'])
})

test('a document of another kind than its path is one problem', () => {
  expect(told('contracts/2026-11-22-octocat-read.yml', requestYaml())).toEqual(['document.kind 2:7'])
})

test('what is wrong within the file is told before its place', () => {
  expect(told('requests/other/x.yml', requestYaml({ subject: 'a b' }))).toEqual(['schema.value 6:10'])
})

test('no document lives at another path, nor at CODEOWNERS', () => {
  expect(told('requests/a/b.yaml', requestYaml())).toEqual(['path.extension 1:1'])
  expect(told('README.md', requestYaml())).toEqual(['path.name 1:1'])
  expect(told('CODEOWNERS', '* @octocat')).toEqual(['path.name 1:1'])
})

test('a problem is told with place, expectation, finding, nearest word and example', () => {
  const parsed = parseDocument('.github/addendum.yml', 'apiVersion: addendum/v1\nkind: Settings\nmrege: auto\n')
  expect(parsed.ok || parsed.problems.map(formatProblem)).toEqual([
    [
      '.github/addendum.yml:3:1  "mrege" is not a key that is known here.',
      '  expected  one of apiVersion, kind, merge, revert, notice, zone, approvals',
      '  found     "mrege"',
      '  did you mean "merge"?',
      '  example',
      '    merge: auto'
    ].join('\n')
  ])
})

test('hostile text in a problem is clipped and made visible', () => {
  const problem: Problem = {
    code: 'schema.value',
    file: 'a\u001b.yml',
    line: 1,
    column: 1,
    pointer: '',
    expected: 'x',
    message: 'm\u202e',
    example: 'a: 1',
    found: `"\u202e${'y'.repeat(100)}`
  }
  const text = formatProblem(problem)
  expect(text).not.toContain('\u001b')
  expect(text).not.toContain('\u202e')
  expect(text).toContain(`found     "\\"\\u{202e}${'y'.repeat(78)}…"`)
  expect(quoted('\n')).toBe('"\\u{a}"')
  expect(formatProblem({ ...problem, found: '' })).toContain('found     nothing')
})

const folder = new URL('../../policies/schemas/', import.meta.url)
const paths: Record<string, string> = {
  request: 'requests/payments-production/2026-11-22-octocat-read.yml',
  contract: 'contracts/payments-production.yml',
  amendment: 'amendments/payments-production/2026-12-migration-week.yml',
  policy: 'policies/baseline.yml',
  directory: 'directory.yml',
  settings: '.github/addendum.yml'
}

test.each(Object.entries(paths))('the example of the schema %s is a valid document', (name, path) => {
  const schema = JSON.parse(readFileSync(new URL(`${name}.schema.json`, folder), 'utf8')) as { examples: unknown[] }
  for (const example of schema.examples) expect(told(path, stringify(example))).toEqual([])
})

test('every format that a schema names is one of ours, and every one of ours is named', () => {
  const texts = readdirSync(folder).map(name => readFileSync(new URL(name, folder), 'utf8'))
  const named = texts.flatMap(text => [...text.matchAll(/"format": "([^"]+)"/g)].map(match => match[1]))
  expect([...new Set(named)].sort()).toEqual(Object.keys(formats).sort())
})

test('every schema is relative, closed, and described where people write', () => {
  for (const name of readdirSync(folder)) {
    const schema = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Record<string, unknown>
    expect(schema['$id']).toBe(name)
    expect(schema['title']).toBeTypeOf('string')
    if (name === 'terms.schema.json') continue
    expect(schema['additionalProperties']).toBe(false)
    for (const property of Object.values(schema['properties'] as Record<string, { description?: string }>)) {
      expect(property.description).toBeTypeOf('string')
    }
  }
})
