// The starter access repository is sound by the very parsers that will judge what is made from it.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { ownersOf, parseCodeowners, codeownersPaths } from '../../src/model/codeowners.ts'
import { parseContract } from '../../src/model/contract.ts'
import { parseDirectory } from '../../src/model/directory.ts'
import { parseDocument } from '../../src/model/document.ts'
import { isGuarded, pathOf, placeOf } from '../../src/model/place.ts'
import { formatProblem } from '../../src/model/problem.ts'
import { parseSettings, defaultSettings } from '../../src/model/settings.ts'

const root = join(import.meta.dirname, '../../policies/starter')
const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile())
  .map(entry => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const documents = files.filter(path => !['codeowners', undefined].includes(placeOf(path)?.kind))
const contracts = documents.filter(path => placeOf(path)?.kind === 'contract')

test('has the settings, the directory, two contracts, and nothing guarded that is no document', () => {
  expect(documents.toSorted()).toEqual([
    '.github/addendum.yml',
    'contracts/payments-production.yml',
    'contracts/platform-tools.yml',
    'directory.yml'
  ])
  expect(files.filter(path => isGuarded(path) && placeOf(path) === undefined)).toEqual([])
})

test.each(documents)('%s is sound', path => {
  const parsed = parseDocument(path, read(path))
  expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toEqual([])
})

test('the settings are the defaults, written out', () => {
  const parsed = parseSettings('.github/addendum.yml', read('.github/addendum.yml'))
  expect(parsed.ok && parsed.value).toEqual(defaultSettings)
})

test('CODEOWNERS has no line that GitHub would skip, and an owner for everything that is guarded', () => {
  const codeowners = parseCodeowners(read('.github/CODEOWNERS'))
  expect(codeowners.problems).toEqual([])
  const ids = contracts.map(path => placeOf(path)).flatMap(place => (place?.kind === 'contract' ? [place.id] : []))
  const requests = ids.map(contract => pathOf({ kind: 'request', contract, id: 'a' }))
  const amendments = ids.map(contract => pathOf({ kind: 'amendment', contract, id: 'a' }))
  for (const path of [...requests, ...amendments, ...documents, ...codeownersPaths, 'policies/baseline.yml']) {
    const { rule, owners } = ownersOf(codeowners, path)
    expect([path, owners.length, rule?.pattern === '*']).toEqual([path, 1, false])
  }
})

test('clauses cite controls of the catalogue, and their providers know people of the directory', () => {
  const catalogue = parse(readFileSync(join(root, '../controls.yml'), 'utf8')) as { controls: { control: string }[] }
  const known = catalogue.controls.map(({ control }) => control)
  expect(new Set(known).size).toBe(known.length)
  const directory = parseDirectory('directory.yml', read('directory.yml'))
  const identities = directory.ok ? directory.value.people.map(person => Object.keys(person.identities)) : []
  for (const path of contracts) {
    const parsed = parseContract(path, read(path))
    const clauses = parsed.ok ? Object.values(parsed.value.clauses) : []
    expect(clauses.length).toBeGreaterThan(0)
    expect(clauses.flatMap(clause => clause.controls).filter(control => !known.includes(control))).toEqual([])
    for (const provider of clauses.flatMap(clause => clause.access ?? []).map(access => access.provider)) {
      expect(identities.filter(names => names.includes(provider)).length).toBeGreaterThan(2)
    }
  }
})
