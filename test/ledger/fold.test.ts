import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold } from '../../src/ledger/fold.ts'
import { frame, genesisHash, hashLine, lineOf, parseLine } from '../../src/ledger/format.ts'
import {
  emptyState,
  exceptionKey,
  grantsOn,
  grantsSince,
  live,
  openReviews,
  type AnomalyCode,
  type LedgerState
} from '../../src/ledger/state.ts'
import { personRef, requestRef } from '../../src/model/record.ts'
import type { Draft, LedgerRecord } from '../../src/model/record.ts'
import {
  advanced,
  amended,
  decided,
  failed,
  granted,
  heartbeat,
  hour,
  intended,
  mainTip,
  repository,
  revoked,
  start,
  target
} from './records.ts'

/** Drafts as they would stand in a ledger, each a minute after the one before. */
function chain(drafts: readonly Draft[]): LedgerRecord[] {
  let prev = genesisHash
  return drafts.map((draft, index) => {
    const record = frame(draft, {
      ledger: 'L-1',
      seq: index + 1,
      prev,
      recordedAt: new Date(start.getTime() + index * 60_000).toISOString(),
      app: '0.1.0'
    })
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

/** Everything in a state, as plain data. */
function plain(state: LedgerState): unknown {
  const sorted = <V>(map: ReadonlyMap<string, V>): [string, V][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    ...state,
    requests: sorted(state.requests),
    ids: sorted(state.ids),
    open: sorted(state.open),
    reviews: sorted(state.reviews),
    keys: sorted(state.keys),
    amendments: sorted(state.amendments),
    amendmentIds: sorted(state.amendmentIds),
    openAmendments: sorted(state.openAmendments),
    byContract: sorted(state.byContract).map(([id, refs]) => [id, [...refs]]),
    effective: sorted(state.effective),
    exceptions: sorted(state.exceptions),
    byKey: sorted(state.byKey).map(([key, refs]) => [key, [...refs].sort()]),
    latestGrant: [...state.latestGrant].sort(([a], [b]) => a - b)
  }
}

const key = target().key
const at = (ms: number): Date => new Date(start.getTime() + ms)
const life = [decided(1), intended(1), granted(1), revoked(1)] as const

describe('one request', () => {
  it('is open from its decision to the end of its last holding', () => {
    const sizes = [1, 2, 3, 4].map(steps => after(...life.slice(0, steps)).open.size)
    expect(sizes).toEqual([1, 1, 1, 0])
    expect(after(...life).requests.get('R-1')?.holdings).toEqual([
      { target: target(), intendedAt: start, doneAt: start, attempts: 0, ended: { at: start, readBack: 'absent' } }
    ])
    expect(after(...life).byKey.size).toBe(0)
  })

  it('stays open while one of several holdings is not ended', () => {
    const two = decided(1, { targets: [target('a'), target('b')] })
    const state = after(two, intended(1, { target: target('a') }), revoked(1, { target: target('a') }))
    expect([...state.byKey.keys()]).toEqual([target('b').key])
    expect(live(state)).toHaveLength(1)
  })

  it('that was refused is known, burns its id, and is never open', () => {
    const state = after(decided(1, { outcome: 'refuse', window: null }))
    expect([state.requests.size, state.ids.size, state.open.size]).toEqual([1, 1, 0])
  })

  it('counts failed revocations', () => {
    expect(after(...life.slice(0, 3), failed(1, 1), failed(1, 5)).requests.get('R-1')?.holdings[0]?.attempts).toBe(5)
  })

  it('ends when its file leaves main, whatever becomes of the revert pull request', () => {
    const removal = advanced(mainTip, 'b'.repeat(40), { occurredAt: at(600_000), pr: 9, removed: ['R-1'] })
    const state = after(...life.slice(0, 3), removal)
    expect(grantsOn(state, key)).toEqual([
      { request: 'R-1', notBefore: start, notAfter: at(hour), endedAt: at(600_000) }
    ])
    expect(state.requests.get('R-1')?.revertedBy).toEqual({ pr: 9, merge: 'b'.repeat(40) })
    const again = after(
      ...life.slice(0, 3),
      removal,
      advanced('b'.repeat(40), 'c'.repeat(40), {
        occurredAt: at(900_000),
        removed: ['R-1']
      })
    )
    expect(again.requests.get('R-1')?.removedAt).toEqual(at(600_000))
  })

  it('that never began and is past asks for no work, and is let go at the next heartbeat', () => {
    const past = decided(1, { window: { notBefore: start.toISOString(), notAfter: at(60_000).toISOString() } })
    const state = after(past, heartbeat(), decided(2))
    expect(live(after(past))).toEqual([])
    expect([...state.open.keys()]).toEqual(['R-2'])
    expect([...(state.byKey.get(key) ?? [])]).toEqual(['R-2'])
  })

  it('with an intent and no outcome is live for ever: the provider may hold it', () => {
    const short = decided(1, { window: { notBefore: start.toISOString(), notAfter: at(1).toISOString() } })
    expect(live(after(short, intended(1, { notAfter: at(1).toISOString() }), heartbeat(), heartbeat()))).toHaveLength(1)
  })
})

describe('several requests on one key', () => {
  it('each keep their own claim: ending one leaves the other (S8)', () => {
    const state = after(decided(1), decided(2), intended(1), intended(2), revoked(1, { readBack: 'carried' }))
    expect(grantsOn(state, key).map(({ request }) => request)).toEqual(['R-2'])
    expect(grantsOn(state, 'another key')).toEqual([])
  })
})

describe('what an account was granted', () => {
  const allowed = (pr: number, ms: number, over: Parameters<typeof decided>[1] = {}): Draft =>
    decided(pr, { occurredAt: at(ms), ...over })
  const since = (state: LedgerState, ms: number): string[] =>
    grantsSince(state, 583231, at(ms)).map(({ request }) => request)

  it('is told newest first, as far back as is asked for, and no further', () => {
    const state = after(allowed(1, 0), allowed(2, hour), allowed(3, 2 * hour))
    expect(since(state, -1)).toEqual(['R-3', 'R-2', 'R-1'])
    expect(since(state, hour)).toEqual(['R-3'])
    expect(since(state, 2 * hour)).toEqual([])
    expect(grantsSince(state, 1, at(-1))).toEqual([])
  })

  it('is in the order of the decisions, whichever was recorded first', () => {
    const orders = [
      [1, 2, 3],
      [1, 3, 2],
      [2, 1, 3],
      [2, 3, 1],
      [3, 1, 2],
      [3, 2, 1]
    ]
    for (const order of orders) {
      const state = after(...order.map(pr => allowed(pr, pr * hour)))
      expect(since(state, 0)).toEqual(['R-3', 'R-2', 'R-1'])
      expect([...state.open.values()].map(({ request }) => state.requests.get(request))).toEqual([
        ...state.open.values()
      ])
    }
  })

  it('stays when it has ended, and what is put before it does not open it again', () => {
    const ended = after(allowed(2, hour), intended(2), granted(2), revoked(2), allowed(1, 0))
    expect(since(ended, -1)).toEqual(['R-2', 'R-1'])
    expect([...ended.open.keys()]).toEqual(['R-1'])
  })

  it("is neither what was refused nor somebody else's", () => {
    const refused = allowed(1, 0, { outcome: 'refuse', window: null })
    const state = after(refused, allowed(2, hour, { subject: personRef(1) }), allowed(3, hour, { subject: null }))
    expect(since(state, -1)).toEqual([])
  })
})

describe('impossible transitions become anomalies, and never throw', () => {
  const other = target('elsewhere')
  it.each<[AnomalyCode, Draft[]]>([
    ['created.twice', [created]],
    ['created.mismatch', [{ ...created, continues: { branch: 'ledger/2026', seq: 1, head: 'h' } } as Draft]],
    ['main.gap', [advanced('0'.repeat(40), 'b'.repeat(40))]],
    ['request.repeated', [decided(1), decided(1)]],
    ['request.unknown', [advanced(mainTip, 'b'.repeat(40), { removed: ['R-9'] })]],
    ['request.unknown', [{ type: 'revert.merged', occurredAt: start, requests: ['R-9'], pr: 10, merge: 'm' }]],
    ['id.reused', [decided(1), decided(2, { idSha256: decided(1).idSha256 })]],
    ['key.unknown', [{ type: 'key.revoked', occurredAt: start, keyId: 'k', lastGoodSeq: 1, certificate: 'c' }]],
    ['grant.unapproved', [intended(1)]],
    ['grant.unapproved', [decided(1, { outcome: 'refuse' }), granted(1)]],
    ['grant.unapproved', [decided(1), intended(1, { target: other })]],
    ['grant.unintended', [decided(1), granted(1)]],
    ['grant.prolonged', [decided(1), intended(1, { notAfter: at(hour + 1).toISOString() })]],
    ['grant.revived', [...life, intended(1)]],
    ['revoke.unknown', [revoked(1)]],
    ['revoke.unknown', [failed(1, 1)]],
    ['revoke.repeated', [...life, revoked(1)]]
  ])('%s', (code, drafts) => {
    expect(anomalies(after(...drafts))).toEqual([code])
  })

  it('a revived grant stays ended (S9)', () => {
    expect(after(...life, intended(1), granted(1)).open.size).toBe(0)
  })
})

it('a repeated exception keeps its first record', () => {
  const exception: Draft = {
    type: 'exception.recorded',
    occurredAt: start,
    control: 'merge',
    code: 'bypassed',
    pr: null,
    commit: 'c',
    owner: null
  }
  const state = after(exception, exception)
  expect([...state.exceptions]).toEqual([
    [exceptionKey({ control: 'merge', code: 'bypassed', pr: null, commit: 'c' }), 2]
  ])
})

it('the earliest revocation of a key holds, and adding the key anew does not lift it', () => {
  const added: Draft = { type: 'key.added', occurredAt: start, keyId: 'k', publicKey: 'p', certificate: 'c' }
  const gone = (lastGoodSeq: number): Draft => ({
    type: 'key.revoked',
    occurredAt: start,
    keyId: 'k',
    lastGoodSeq,
    certificate: 'c'
  })
  expect(after(added, gone(5), gone(9), added).keys.get('k')?.lastGoodSeq).toBe(5)
})

it('a type of a later version is skipped, and the chain goes on (reliability fault 74)', () => {
  const unknown = { ...chain([heartbeat()])[0], type: 'action.done', anything: [1] }
  const line = JSON.stringify(unknown)
  const parsed = parseLine(line)
  expect(parsed).toHaveProperty('record')
  const state = fold(emptyState, [(parsed as { record: LedgerRecord }).record])
  expect([state.seq, state.head, state.requests.size]).toEqual([1, hashLine(line), 0])
})

const someDraft: fc.Arbitrary<Draft> = fc
  .integer({ min: 1, max: 4 })
  .chain(pr =>
    fc.constantFrom<Draft>(
      decided(pr),
      decided(pr, { targets: [target('a'), target('b')] }),
      decided(pr, { outcome: 'refuse' }),
      decided(pr, { window: { notBefore: start.toISOString(), notAfter: at(3 * 60_000).toISOString() } }),
      intended(pr),
      intended(pr, { target: target('a') }),
      granted(pr),
      granted(pr, { target: target('a') }),
      revoked(pr),
      revoked(pr, { target: target('b') }),
      failed(pr, pr),
      heartbeat(),
      advanced(mainTip, 'b'.repeat(40), { removed: [`R-${pr}`] }),
      { type: 'revert.merged', occurredAt: start, requests: [`R-${pr}`], amendments: [`A-${pr}`], pr: 50, merge: 'm' },
      { type: 'grant.rebound', occurredAt: start, request: `R-${pr}`, notAfter: at(pr).toISOString(), cause: 'lapse' },
      amended(pr),
      advanced(mainTip, 'b'.repeat(40), { amendments: [`A-${pr}`] }),
      { type: 'amendment.lapsed', occurredAt: start, amendment: `A-${pr}`, contract: 'c', effective: 'sha256:' }
    )
  )

describe('for any records', () => {
  it('folding in parts is folding the whole, and no earlier state is changed by a later fold', () => {
    fc.assert(
      fc.property(
        fc.array(someDraft, { maxLength: 40 }),
        fc.array(fc.nat({ max: 40 }), { maxLength: 4 }),
        (drafts, cuts) => {
          const records = chain([created, ...drafts])
          const whole = fold(emptyState, records)
          let state = emptyState
          let from = 0
          for (const cut of [...cuts].sort((a, b) => a - b).concat(records.length)) {
            const before = state
            const kept = JSON.stringify(plain(before))
            state = fold(state, records.slice(from, cut))
            expect(JSON.stringify(plain(before))).toBe(kept)
            from = Math.max(from, cut)
          }
          expect(plain(state)).toEqual(plain(whole))
        }
      )
    )
  })

  it('the indexes agree with the requests', () => {
    fc.assert(
      fc.property(fc.array(someDraft, { maxLength: 40 }), drafts => {
        const state = after(...drafts)
        const carried = new Map<string, string[]>()
        for (const request of state.open.values()) {
          expect(state.requests.get(request.request)).toBe(request)
          for (const {
            target: { key: on },
            ended
          } of request.holdings) {
            if (ended === undefined) carried.set(on, [...(carried.get(on) ?? []), request.request])
          }
        }
        expect([...state.byKey].map(([on, refs]) => [on, [...refs].sort()]).sort()).toEqual(
          [...carried].map(([on, refs]) => [on, refs.sort()]).sort()
        )
        expect(state.open.size).toBe([...state.open].length)
        for (const request of state.requests.values()) {
          const holds = request.holdings.some(
            ({ intendedAt, ended }) => intendedAt !== undefined && ended === undefined
          )
          if (holds) expect(live(state)).toContain(request)
        }
      })
    )
  })
})

describe('notices', () => {
  const opened = (issue: number): Draft => ({
    type: 'notice.opened',
    occurredAt: start,
    notice: 'exception pull-3',
    issue
  })
  const closed: Draft = { type: 'notice.closed', occurredAt: start, notice: 'exception pull-3' }
  const of = (...drafts: Draft[]) => [...after(...drafts).notices]

  it('name the issue that tells, until what it tells is settled', () => {
    expect(of(opened(9))).toEqual([['exception pull-3', { issue: 9, open: true }]])
    expect(of(opened(9), closed)).toEqual([['exception pull-3', { issue: 9, open: false }]])
  })

  it('take another issue where the first is gone, and nothing is closed that was never opened', () => {
    expect(of(opened(9), opened(12))).toEqual([['exception pull-3', { issue: 12, open: true }]])
    expect(of(closed)).toEqual([])
  })
})

describe('reviews of break-glass', () => {
  const opened = (pr: number): Draft => ({
    type: 'breakglass.opened',
    occurredAt: start,
    request: requestRef(pr),
    reviewDue: new Date(start.getTime() + hour).toISOString()
  })
  const reviewed = (pr: number, by: number): Draft => ({
    type: 'breakglass.reviewed',
    occurredAt: start,
    request: requestRef(pr),
    by: personRef(by),
    verdict: 'finding',
    issue: 9
  })
  const codes = (state: LedgerState): AnomalyCode[] => state.anomalies.map(({ code }) => code)
  const other = 480938

  it('are open from the grant until somebody else closed them', () => {
    const open = after(decided(1), opened(1))
    expect(openReviews(open).map(({ request, dueAt }) => [request.pr, dueAt.getTime()])).toEqual([
      [1, start.getTime() + hour]
    ])
    const closed = after(decided(1), opened(1), reviewed(1, other))
    expect([openReviews(closed), codes(closed)]).toEqual([[], []])
    expect(closed.reviews.get('R-1')?.reviewed).toEqual({ at: start, by: other, verdict: 'finding', issue: 9 })
  })

  it('are never closed by who got the access or asked for it', () => {
    const own = after(
      decided(1, { author: personRef(5), subject: personRef(6) }),
      opened(1),
      reviewed(1, 5),
      reviewed(1, 6)
    )
    expect([openReviews(own).length, codes(own)]).toEqual([1, ['review.own', 'review.own']])
  })

  it('are of what was allowed, once each', () => {
    expect(codes(after(opened(1), decided(2, { outcome: 'refuse' }), opened(2), reviewed(3, other)))).toEqual([
      'review.unknown',
      'review.unknown',
      'review.unknown'
    ])
    const twice = after(decided(1), opened(1), opened(1), reviewed(1, other), reviewed(1, other))
    expect(codes(twice)).toEqual(['review.repeated', 'review.repeated'])
  })
})
