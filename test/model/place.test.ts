import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isGuarded, isId, noDocument, pathOf, placeOf } from '../../src/model/place.ts'
import type { Place } from '../../src/model/place.ts'

const places: [string, Place][] = [
  [
    'requests/payments-production/2026-11-22-octocat-read.yml',
    { kind: 'request', contract: 'payments-production', id: '2026-11-22-octocat-read' }
  ],
  ['amendments/payments-production/2026-12.yml', { kind: 'amendment', contract: 'payments-production', id: '2026-12' }],
  ['contracts/payments-production.yml', { kind: 'contract', id: 'payments-production' }],
  ['policies/baseline.yml', { kind: 'policy', id: 'baseline' }],
  ['directory.yml', { kind: 'directory' }],
  ['.github/addendum.yml', { kind: 'settings' }],
  ['.github/CODEOWNERS', { kind: 'codeowners' }]
]

test.each(places)('%s is a place, and the only path of it', (path, place) => {
  expect(placeOf(path)).toEqual(place)
  expect(pathOf(place)).toBe(path)
  expect(isGuarded(path)).toBe(true)
})

test('all three CODEOWNERS are one kind of place (attack #37)', () => {
  expect(placeOf('CODEOWNERS')).toEqual({ kind: 'codeowners' })
  expect(placeOf('docs/CODEOWNERS')).toEqual({ kind: 'codeowners' })
})

test.each([
  'requests/a/B.yml',
  'requests/A/b.yml',
  'Requests/a/b.yml',
  'requests/a/b.yaml',
  'requests/a/b.YML',
  'requests/a/b',
  'requests/b.yml',
  'requests/a/b/c.yml',
  'requests/a/../b.yml',
  'requests//b.yml',
  'requests/a/.yml',
  'requests/a/-b.yml',
  'requests/a/b-.yml',
  'requests/a/b.yml\n',
  'requests/a/ b.yml',
  'requests/а/b.yml',
  'requests/a/b\u202e.yml',
  '/requests/a/b.yml',
  'contracts/a/b.yml',
  `contracts/${'a'.repeat(81)}.yml`,
  'contracts/a.yml/',
  'codeowners',
  '.github/codeowners'
])('%j is no place, yet guarded or refused (attack #39)', path => {
  expect(placeOf(path)).toBeUndefined()
  expect(['path.name', 'path.extension']).toContain(noDocument(path).code)
})

test.each(['README.md', 'toString', '__proto__', 'src/requests/a/b.yml', 'constructor', ''])('%j is not ours', path => {
  expect(placeOf(path)).toBeUndefined()
  expect(isGuarded(path)).toBe(false)
})

test.each([
  'requests/a/evil.sh',
  'Requests/x',
  'ｒequests/x',
  'contracts',
  '.github/codeowners',
  'directory.yaml',
  '.github/addendum.yaml'
])('%j is guarded although nothing lives there (attack #39)', path => expect(isGuarded(path)).toBe(true))

test('the right name is said where there is one near', () => {
  expect(noDocument('contracts/Payments.YAML')).toMatchObject({
    code: 'path.extension',
    suggestion: 'contracts/payments.yml'
  })
  expect(noDocument('contracts/.yml')).toMatchObject({ code: 'path.name', line: 1, column: 1 })
})

test('an id is 1–80 lower case letters, digits and inner hyphens', () => {
  expect(['a', '0', 'a-b', 'a'.repeat(80)].every(isId)).toBe(true)
  expect(['', '-', 'a-', 'A', 'a_b', 'a'.repeat(81), 'a\n'].some(isId)).toBe(false)
})

test('every place comes back from its path', () => {
  const id = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$/)
  fc.assert(
    fc.property(id, id, (contract, name) => {
      expect(placeOf(pathOf({ kind: 'request', contract, id: name }))).toEqual({ kind: 'request', contract, id: name })
    })
  )
})
