// Whatever a file holds: an answer within 100 ms that can be shown, and no secret in it (attacks 39, 49–54).
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ownersOf, parseCodeowners } from '../../src/model/codeowners.ts'
import { parseDocument } from '../../src/model/document.ts'
import { formatProblem } from '../../src/model/problem.ts'
import { findSecrets } from '../../src/model/secrets.ts'
import { fenced } from '../../src/act/markdown.ts'
import { amendmentYaml, contractYaml, requestYaml } from '../model/documents.ts'
import { bounded, cases, hostile, patience } from './cases.ts'
import { alive, liveText } from './live-text.ts'

const paths = [
  'requests/payments-production/2026-11-22-octocat-read.yml',
  'contracts/payments-production.yml',
  'policies/baseline.yml',
  'directory.yml',
  'amendments/payments-production/2026-12-migration-week.yml',
  '.github/addendum.yml'
]
const valid = [requestYaml(), contractYaml(), amendmentYaml(['{strike: C-read}'])]
const marks = [
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '&a ',
  '*a',
  '!!js/function ',
  '!x ',
  '<<: ',
  '? ',
  ': ',
  '- ',
  '[',
  ']',
  '{',
  '}',
  ',',
  '|',
  '>',
  '|2-\n',
  '\t',
  '"',
  "'",
  '\\x41',
  '\\u202e',
  '#',
  '__proto__: 1\n',
  'constructor: 1\n',
  'no',
  '1:30',
  '0x1f',
  '.inf',
  '1e999',
  '~',
  '\n',
  '\n  ',
  '  ',
  '[[[[[[[[',
  'id: x\n',
  'kind: Contract\n',
  'duration: P1Y\n',
  'ghp_abcdefghijABCDEFGHIJ0123456789abcdef\n',
  'password: hunter2Hunter2Hunter2\n'
]
/** A valid document that was cut and had things put into it, or nothing but marks. */
const yaml: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.oneof(fc.constantFrom(...marks), hostile), { maxLength: 40 }).map(parts => parts.join('')),
  fc
    .tuple(
      fc.constantFrom(...valid),
      fc.array(fc.tuple(fc.nat(2000), fc.nat(20), fc.oneof(fc.constantFrom(...marks), hostile)), { maxLength: 4 })
    )
    .map(([text, edits]) =>
      edits.reduce(
        (all, [at, cut, put]) =>
          `${all.slice(0, at % (all.length + 1))}${put}${all.slice((at % (all.length + 1)) + cut)}`,
        text
      )
    )
)

test('any file is a document, or problems on places that are in it', patience, () => {
  fc.assert(
    fc.property(fc.constantFrom(...paths), yaml, (path, text) => {
      const parsed = bounded(() => parseDocument(path, text))
      const rows = text.split('\n').length
      if (parsed.ok) {
        expect(findSecrets(text)).toEqual([])
        return
      }
      expect(parsed.problems.length).toBeGreaterThan(0)
      expect(parsed.problems.length).toBeLessThanOrEqual(50)
      for (const problem of parsed.problems) {
        expect(problem.line >= 1 && problem.line <= rows && problem.column >= 1).toBe(true)
        expect(liveText(fenced(formatProblem(problem)).join('\n'))).toBe('')
      }
      const secrets = findSecrets(text)
      if (secrets.length === 0) return
      const shown = JSON.stringify(parsed.problems)
      expect(new Set(parsed.problems.map(({ code }) => code))).toEqual(new Set(['document.secret']))
      expect(secrets.filter(({ start, end }) => shown.includes(text.slice(start, end)))).toEqual([])
    }),
    { numRuns: cases }
  )
})

test('any bytes are', patience, () => {
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.uint8Array({ maxLength: 400 }), (path, bytes) => {
      const parsed = bounded(() => parseDocument(path, bytes))
      expect(parsed.ok).toBe(false)
    }),
    { numRuns: cases }
  )
})

test('at any path', patience, () => {
  fc.assert(
    fc.property(hostile, hostile, (path, text) => {
      for (const at of [path, `requests/${path}/x.yml`, `contracts/${path}.yml`])
        expect(bounded(() => parseDocument(at, text)).ok).toBe(false)
    }),
    { numRuns: cases }
  )
})

const pattern = fc
  .array(
    fc.constantFrom(
      '/',
      '*',
      '**',
      '?',
      'requests',
      'a',
      '.',
      '\\ ',
      '\\#',
      '[ab]',
      '!',
      '#',
      ' ',
      '\t',
      'é',
      '\\',
      '**/',
      '/**'
    ),
    { maxLength: 12 }
  )
  .map(parts => parts.join(''))
const owner = fc.oneof(
  fc.constantFrom('@octocat', '@acme/payments-leads', 'octocat@example.com', '@', '@/', '@a/b/c', '# note'),
  hostile
)
const codeowners = fc
  .array(
    fc.tuple(pattern, fc.array(owner, { maxLength: 4 })).map(([path, owners]) => `${path} ${owners.join(' ')}`),
    { maxLength: 30 }
  )
  .map(rows => rows.join('\n'))

test('any CODEOWNERS is read, and names for any path the owners of one line of its own, or none', patience, () => {
  fc.assert(
    fc.property(codeowners, fc.oneof(pattern, hostile, fc.constantFrom(...paths)), (text, path) => {
      const read = bounded(() => parseCodeowners(text))
      const { rule, owners } = bounded(() => ownersOf(read, path))
      expect(owners).toEqual(rule?.owners ?? [])
      if (rule !== undefined) expect(rule.line >= 1 && rule.line <= text.split('\n').length).toBe(true)
      // Every line that says something is a rule or a problem: none is lost silently.
      const told = new Set([...read.rules, ...read.problems].map(({ line }) => line))
      const silent = text.split('\n').filter((row, index) => !told.has(index + 1) && !/^[ \t\r]*(#[^\n]*)?$/.test(row))
      expect(silent).toEqual([])
    }),
    { numRuns: cases }
  )
})

test('the checker of this file is not blind', () => {
  expect(alive('[x](https://evil.example)')).not.toEqual([])
})
