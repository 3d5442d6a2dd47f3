import { expect, test } from 'vitest'
import { revocationDebt } from '../../src/ledger/debt.ts'
import type { RequestState } from '../../src/ledger/request-state.ts'
import type { LedgerState } from '../../src/ledger/state.ts'
import { emptyState } from '../../src/ledger/state.ts'
import type { RequestRef } from '../../src/model/record.ts'
import { target } from './records.ts'

const now = new Date('2026-11-23T12:00:00Z')
const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1000)

type Holding = RequestState['holdings'][number]
const held: Holding = { target: target(), intendedAt: ago(9000), doneAt: ago(9000), attempts: 0 }

function stateOf(...open: Partial<RequestState>[]): LedgerState {
  const requests = open.map((change, index): [RequestRef, RequestState] => {
    const request: RequestRef = `R-${index + 1}`
    const window = { notBefore: ago(9000), notAfter: ago(600) }
    return [request, { request, window, holdings: [held], ...change } as RequestState]
  })
  return { ...emptyState, open: new Map(requests) }
}

test('what is held over its end is owed, from then on', () => {
  expect(revocationDebt(stateOf({}), now)).toEqual({ overdue: 1, failed: 0, oldestDueAt: ago(600) })
  const ending = { window: { notBefore: ago(9000), notAfter: now } }
  expect(revocationDebt(stateOf(ending), now).overdue).toBe(1)
  expect(revocationDebt(stateOf(ending), ago(1))).toEqual({ overdue: 0, failed: 0, oldestDueAt: null })
})

test('a file that left main ends its request before its time', () => {
  const early = { window: { notBefore: ago(9000), notAfter: ago(-600) }, removedAt: ago(30) }
  expect(revocationDebt(stateOf(early, {}), now)).toEqual({ overdue: 2, failed: 0, oldestDueAt: ago(600) })
})

test('each entitlement counts; what never began or is gone does not', () => {
  const { intendedAt: _, doneAt: __, ...never } = held
  const gone = { ...held, ended: { at: ago(10), readBack: 'absent' } }
  const failing = { ...held, attempts: 2 }
  const several = { holdings: [held, failing, never, gone] }
  expect(revocationDebt(stateOf(several, { holdings: [gone] }, { window: null }), now)).toEqual({
    overdue: 2,
    failed: 1,
    oldestDueAt: ago(600)
  })
})
