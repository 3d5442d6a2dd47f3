import { describe, expect, it } from 'vitest'
import { amendmentEnd, isAmendmentOver, isInForce, type AmendmentState } from '../../src/ledger/amendment-state.ts'
import { fold } from '../../src/ledger/fold.ts'
import { frame, genesisHash, hashLine, lineOf, recordName } from '../../src/ledger/format.ts'
import { emptyState, type AnomalyCode, type LedgerState } from '../../src/ledger/state.ts'
import { amendmentRef, type AmendmentRef, type Draft, type LedgerRecord } from '../../src/model/record.ts'
import { advanced, amended, at, decided, granted, hour, intended, mainTip, repository, start } from './records.ts'

function chain(drafts: readonly Draft[]): LedgerRecord[] {
  let prev = genesisHash
  return drafts.map((draft, index) => {
    const recordedAt = new Date(start.getTime() + index * 60_000).toISOString()
    const record = frame(draft, { ledger: 'L-1', seq: index + 1, prev, recordedAt, app: '0.1.0' })
    prev = hashLine(lineOf(record))
    return record
  })
}

const created: Draft = { type: 'ledger.created', occurredAt: start, repository, root: 'root', main: mainTip }

function after(...drafts: Draft[]): LedgerState {
  return fold(emptyState, chain([created, ...drafts]))
}

function anomalies(state: LedgerState): AnomalyCode[] {
  return state.anomalies.map(({ code }) => code)
}

const one: AmendmentRef = 'A-7'
function the(state: LedgerState): AmendmentState {
  const found = state.amendments.get(one)
  if (found === undefined) throw new Error('there is no such amendment')
  return found
}

const effective = `sha256:${'5'.repeat(64)}`
const contract = 'payments-production'
const inforce = (amendment = one): Draft => ({
  type: 'amendment.inforce',
  occurredAt: at(0),
  amendment,
  contract,
  effective
})
const lapsed = (amendment = one): Draft => ({
  type: 'amendment.lapsed',
  occurredAt: at(hour),
  amendment,
  contract,
  effective
})

describe('an amendment', () => {
  it('is open from its decision to its lapse, and found by its contract ever after', () => {
    const states = [[], [inforce()], [inforce(), lapsed()]].map(drafts => after(amended(7), ...drafts))
    expect(states.map(state => state.openAmendments.has(one))).toEqual([true, true, false])
    expect(states.map(state => [...(state.byContract.get(contract) ?? [])])).toEqual([[one], [one], [one]])
    expect(states.flatMap(anomalies)).toEqual([])
    expect(states[2]?.amendments.get(one)).toMatchObject({ inForceAt: at(0), lapsedAt: at(hour), author: 583231 })
  })

  it('is in force within its window only, and over after it', () => {
    const amendment = the(after(amended(7)))
    expect([-1, 0, hour - 1, hour].map(ms => isInForce(amendment, at(ms)))).toEqual([false, true, true, false])
    expect([0, hour].map(ms => isAmendmentOver(amendment, at(ms)))).toEqual([false, true])
  })

  it('ends when its file leaves main, and not later than its window', () => {
    const gone = advanced(mainTip, 'b'.repeat(40), { amendments: [one], pr: 9, occurredAt: at(60_000) })
    const permanent = amended(7, { window: { from: start.toISOString(), until: null } })
    expect(amendmentEnd(the(after(permanent)))).toBeNull()
    expect(amendmentEnd(the(after(permanent, gone)))).toEqual(at(60_000))
    const late = advanced(mainTip, 'b'.repeat(40), { amendments: [one], occurredAt: at(2 * hour) })
    expect(amendmentEnd(the(after(amended(7), late)))).toEqual(at(hour))
    expect(after(amended(7), gone).amendments.get(one)?.revertedBy).toEqual({ pr: 9, merge: 'b'.repeat(40) })
  })

  it('that was refused burns its id and is never in force', () => {
    const refused = amended(7, { outcome: 'refuse', window: null, failed: ['approved'] })
    const state = after(refused, inforce())
    expect(state.amendmentIds.get(amended(7).idSha256)).toBe(one)
    expect(anomalies(state)).toEqual(['amendment.unknown'])
    expect(state.openAmendments.size + state.byContract.size).toBe(0)
    expect(isInForce(the(state), start)).toBe(false)
  })

  it('is decided once, under an id of its own, and nothing revives it', () => {
    expect(anomalies(after(amended(7), amended(7)))).toEqual(['amendment.repeated'])
    expect(anomalies(after(amended(7), amended(8, { idSha256: amended(7).idSha256 })))).toEqual(['id.reused'])
    expect(anomalies(after(amended(7), inforce(), inforce()))).toEqual(['amendment.repeated'])
    expect(anomalies(after(amended(7), lapsed(), inforce()))).toEqual(['amendment.revived'])
    expect(anomalies(after(amended(7), lapsed(), lapsed()))).toEqual(['amendment.repeated'])
    expect(anomalies(after(lapsed()))).toEqual(['amendment.unknown'])
  })

  it('is named when it leaves with others, known or not', () => {
    const merged: Draft = {
      type: 'revert.merged',
      occurredAt: start,
      requests: [],
      amendments: [one, 'A-99'],
      pr: 10,
      merge: 'b'.repeat(40)
    }
    const state = after(amended(7), merged, advanced(mainTip, 'b'.repeat(40), { amendments: ['A-98'] }))
    expect(state.amendments.get(one)?.revertedBy).toEqual({ pr: 10, merge: 'b'.repeat(40) })
    expect(state.anomalies).toMatchObject([{ request: 'A-99' }, { request: 'A-98' }])
  })

  it('names its records', () => {
    expect(chain([created, inforce(amendmentRef(7))]).map(recordName)).toEqual([
      'ledger.created',
      'amendment.inforce A-7'
    ])
  })
})

describe('what is agreed', () => {
  it('is what was recorded last, until the contract is gone', () => {
    const says = (base: string | null): Draft => ({
      type: 'contract.effective',
      occurredAt: start,
      contract,
      base,
      amendments: [],
      effective: base === null ? null : effective
    })
    const state = after(says('c'.repeat(40)))
    expect(state.effective.get(contract)).toEqual({ base: 'c'.repeat(40), amendments: [], effective })
    expect(after(says('c'.repeat(40)), says(null)).effective.size).toBe(0)
  })
})

describe('a rebound grant', () => {
  const rebound = (ms: number): Draft => ({
    type: 'grant.rebound',
    occurredAt: start,
    request: 'R-1',
    notAfter: at(ms).toISOString(),
    cause: 'lapse'
  })

  it('ends earlier than was decided', () => {
    const state = after(decided(1), intended(1), granted(1), rebound(hour / 2))
    expect(state.requests.get('R-1')).toMatchObject({ window: { notAfter: at(hour / 2) }, reboundBy: 'lapse' })
    expect(anomalies(state)).toEqual([])
  })

  it('never ends later: S9', () => {
    const state = after(decided(1), rebound(hour / 2), rebound(hour))
    expect(anomalies(state)).toEqual(['grant.prolonged'])
    expect(state.requests.get('R-1')?.window?.notAfter).toEqual(at(hour / 2))
    expect(anomalies(after(rebound(hour)))).toEqual(['grant.unapproved'])
  })
})
