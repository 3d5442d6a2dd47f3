// The rules about the pull request and its one file.
import { describe, expect, test } from 'vitest'
import { decide } from '../../src/decide/decide.ts'
import type { Change } from '../../src/model/facts.ts'
import {
  blob,
  facts,
  failedOf,
  head,
  known,
  parsed,
  path,
  pull,
  reasonsOf,
  request,
  unknown,
  unreadable
} from './facts.ts'
import type { Bend } from './facts.ts'

const added: Change = { path, previousPath: null, status: 'added' }
const decided = (bend: Bend) => decide(facts(bend))
const file = (over: Partial<NonNullable<ReturnType<typeof facts>['file']>>) => ({
  ...(facts().file as NonNullable<ReturnType<typeof facts>['file']>),
  ...over
})

test('a request that has everything is allowed, and every rule but that of the merge says so', () => {
  const decision = decided({})
  expect(decision.outcome).toBe('allow')
  expect(decision.reasons).toHaveLength(23)
  expect(failedOf(decision)).toEqual([])
})

describe('same-repository', () => {
  test('refuses a fork (attack #61)', () => {
    const decision = decided({ pull: pull({ head: { sha: head, ref: 'x', sameRepository: false } }) })
    expect([decision.outcome, failedOf(decision)]).toEqual(['refuse', ['same-repository']])
  })
  test('refuses every base but the default branch (attack #59)', () => {
    const decision = decided({ pull: pull({ base: { ref: 'release', sha: head } }) })
    expect([decision.outcome, failedOf(decision)]).toEqual(['refuse', ['same-repository']])
  })
})

describe('one-document', () => {
  test.each<[string, Bend]>([
    ['an incomplete list of changes (attack #45)', { changes: unknown }],
    ['no change', { changes: known([]) }],
    [
      'a request beside a change of CODEOWNERS (attack #32)',
      {
        changes: known<Change[]>([added, { path: '.github/CODEOWNERS', previousPath: null, status: 'modified' }])
      }
    ],
    ['a modified file (attack #42)', { changes: known<Change[]>([{ ...added, status: 'modified' }]) }],
    ['a removed file', { changes: known<Change[]>([{ ...added, status: 'removed' }]) }],
    [
      'a file renamed into place (attack #41)',
      {
        changes: known<Change[]>([{ ...added, status: 'renamed', previousPath: 'x.yml' }])
      }
    ],
    [
      'a file that is said to be added and has a former name',
      {
        changes: known<Change[]>([{ ...added, previousPath: 'x.yml' }])
      }
    ],
    ['another file than the one that was read', { changes: known<Change[]>([{ ...added, path: 'requests/a/b.yml' }]) }]
  ])('refuses %s', (_, bend) => {
    const decision = decided(bend)
    expect(decision.outcome).toBe('refuse')
    expect(failedOf(decision)).toEqual(['one-document'])
  })
  test('without the file, nothing that depends on it holds, and each says what to mend first', () => {
    const decision = decided({ file: null })
    expect(decision.outcome).toBe('refuse')
    expect(decision.terms).toBeNull()
    expect(failedOf(decision)).toEqual([
      'one-document',
      'document-valid',
      'path-right',
      'id-unused',
      'clause-in-effect',
      'subject-known',
      'subject-eligible',
      'inputs-fit',
      'duration-within',
      'start-in-reach',
      'conditions-hold',
      'policy-holds',
      'provider-ready',
      'owners-readable',
      'duties-separated',
      'approved'
    ])
    expect(reasonsOf(decision, 'path-right')[0]?.todo).toContain('one-document')
    expect(decision.inputs).toMatchObject({ request: '', effective: '' })
  })
})

describe('document-valid', () => {
  test('gives one reason for each problem, each on its place', () => {
    const problems = unreadable({ line: 3 }, { line: 9, column: 2, endLine: 9, endColumn: 7, suggestion: 'clause' })
    const reasons = reasonsOf(decided({ file: file({ parsed: problems }) }), 'document-valid')
    expect(reasons.map(reason => reason.mark)).toEqual([
      { path, line: 3, column: 5, endLine: 3, endColumn: 5 },
      { path, line: 9, column: 2, endLine: 9, endColumn: 7 }
    ])
    expect(reasons[1]?.todo).toContain('"clause"')
  })
  test('refuses a file without value even where no problem is named', () => {
    const decision = decided({ file: file({ parsed: unreadable() }) })
    expect(decision.outcome).toBe('refuse')
    expect(reasonsOf(decision, 'document-valid')).toMatchObject([{ holds: false }])
  })
  test('the path and the mode are judged although the file does not parse', () => {
    const decision = decided({ file: file({ parsed: unreadable({}), mode: '120000' }) })
    expect(reasonsOf(decision, 'path-right')[0]?.todo).toContain('plain file')
    const valid = decided({ file: file({ parsed: unreadable({}) }) })
    expect(reasonsOf(valid, 'path-right')[0]?.todo).toContain('document-valid')
  })
})

describe('path-right', () => {
  test.each(['120000', '160000', '100755', '040000', ''])('refuses mode "%s" (attack #40)', mode => {
    expect(failedOf(decided({ file: file({ mode }) }))).toEqual(['path-right'])
  })
  test.each([
    'requests/payments-production/2026-11-22-octocat-read.yaml',
    'requests/Payments-Production/2026-11-22-octocat-read.yml',
    'requests/payments-production/2026-11-22-оctocat-read.yml',
    'contracts/payments-production.yml',
    'README.md'
  ])('refuses a request at %s (attack #39)', other => {
    const changes = known<Change[]>([{ ...added, path: other }])
    const decision = decided({ changes, file: file({ path: other }), codeowners: '* @acme/payments-leads' })
    expect(failedOf(decision)).toEqual(['path-right'])
  })
  test('refuses an id that is not the file name, on the line of the id', () => {
    const decision = decided({ request: request({ id: 'other' }) })
    expect(failedOf(decision)).toEqual(['path-right'])
    expect(reasonsOf(decision, 'path-right')[0]?.mark).toMatchObject({ path, line: '/id'.length + 1 })
  })
  test('refuses a contract that is not the folder, so that other owners cannot be chosen', () => {
    const other = 'requests/other/2026-11-22-octocat-read.yml'
    const changes = known<Change[]>([{ ...added, path: other }])
    const moved = { path: other, mode: '100644', sha: blob, text: '', parsed: parsed(request()) }
    const decision = decided({ changes, file: moved })
    expect(failedOf(decision)).toEqual(['path-right'])
    expect(reasonsOf(decision, 'path-right')[0]?.mark).toMatchObject({ path: other })
  })
})

test('id-unused: refuses an id that was used before (attack #44)', () => {
  const decision = decided({ idUsed: true })
  expect([decision.outcome, failedOf(decision)]).toEqual(['refuse', ['id-unused']])
})
