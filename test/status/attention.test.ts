import { expect, test } from 'vitest'
import { attentionTo } from '../../src/status/attention.ts'
import type { Status } from '../../src/status/status.ts'
import { ageOf } from '../../src/status/words.ts'
import { ago, budget, now, repository, wellStatus } from './samples.ts'

const codes = (change: Partial<Status>): string[] =>
  attentionTo(wellStatus(change)).map(({ severity, code }) => `${severity} ${code}`)

test('where all is well nothing needs attention', () => expect(codes({})).toEqual([]))

test('an end on its way is told quietly, one that is owed loudly', () => {
  expect(codes({ debt: { overdue: 1, failed: 0, oldestDueAt: ago(59) } })).toEqual(['warn revocation.late'])
  expect(codes({ debt: { overdue: 1, failed: 0, oldestDueAt: ago(60) } })).toEqual(['bad revocation.overdue'])
  expect(codes({ debt: { overdue: 3, failed: 1, oldestDueAt: ago(1) } })).toEqual(['bad revocation.overdue'])
})

test('what stops grants is told for each repository, what only warns is not', () => {
  const open = repository({ protection: { at: now, stops: ['main-pushable'], warns: [] } })
  const warned = repository({ protection: { at: now, stops: [], warns: ['main-bypass'] } })
  const unseen = repository({ protection: null })
  expect(codes({ repositories: [open, warned, unseen, open] })).toEqual(['bad protection.stop', 'bad protection.stop'])
})

test('a ledger with records that no correct writer makes is told', () => {
  const odd = repository({ ledger: { branch: 'ledger/2026', seq: 9, recordedAt: now, anomalies: 2 } })
  expect(codes({ repositories: [odd] })).toEqual(['bad ledger.anomaly'])
})

test('that nothing is open is told, and loudly when it lasts: then nobody knows what is owed', () => {
  const nothing = { repositories: [], debt: null }
  expect(codes({ ...nothing, startedAt: ago(299) })).toEqual(['warn nothing.open'])
  expect(codes({ ...nothing, startedAt: ago(300) })).toEqual(['bad nothing.open'])
})

test('near the limits, and where GitHub asks for silence, it says so', () => {
  const near = { id: 1, budget: budget({ near: true }) }
  const silent = { id: 2, budget: budget({ near: true, pausedUntil: ago(-60) }) }
  expect(codes({ installations: [near, silent] })).toEqual(['warn github.near', 'warn github.silent'])
})

test('a queue that is silent, behind or failing is told, the worst first', () => {
  const queue = { due: 3, active: 0, later: 0, failing: 0, oldestDueAt: ago(299) }
  expect(codes({ queue })).toEqual([])
  expect(codes({ queue: { ...queue, failing: 2, oldestDueAt: ago(300) } })).toEqual([
    'warn queue.behind',
    'warn queue.failing'
  ])
  expect(codes({ queue: null, debt: { overdue: 1, failed: 0, oldestDueAt: now } })).toEqual([
    'bad queue.unreachable',
    'warn revocation.late'
  ])
})

test.each([
  [0, '0 s'],
  [-5, '0 s'],
  [59, '59 s'],
  [60, '1 min'],
  [754, '12 min 34 s'],
  [3600, '1 h'],
  [90_061, '1 d 1 h'],
  [86_400 * 400, '400 d']
])('%d seconds are %s', (seconds, words) => expect(ageOf(ago(seconds), now)).toBe(words))
