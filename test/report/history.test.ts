// Past requests read back from a ledger and from the blobs that it cites.
import { beforeEach, describe, expect, test } from 'vitest'
import { fold } from '../../src/ledger/fold.ts'
import { emptyState } from '../../src/ledger/state.ts'
import type { LedgerState } from '../../src/ledger/state.ts'
import { gitBlobSha } from '../../src/model/digest.ts'
import type { Draft, LedgerRecord } from '../../src/model/record.ts'
import { amendmentsAt, readHistory } from '../../src/report/history.ts'
import type { HistoryOptions } from '../../src/report/history.ts'
import { advanced, amended, at, decided, granted, hour, intended, mainTip, revoked, start } from '../ledger/records.ts'

const blobs = new Map<string, string>()
const reads: string[] = []
const reader = {
  read(blob: string) {
    reads.push(blob)
    const text = blobs.get(blob)
    return Promise.resolve(text === undefined ? undefined : Buffer.from(text))
  }
}
const put = (text: string): string => {
  const name = gitBlobSha(text)
  blobs.set(name, text)
  return name
}

const contractText = (eligible = '@acme/payments'): string => `apiVersion: addendum/v1
kind: Contract
id: payments-production
title: Production access
version: 1
parties: {owner: "@acme/leads", eligible: ["${eligible}"]}
effective: {from: 2026-01-01, until: 2027-01-01}
clauses:
  C-read:
    title: Read
    access: [{provider: payments-db, resource: ledger, role: reader}]
    duration: {default: 1h, max: 8h}
    approvals: [{count: 1, from: [codeowners]}, {count: 1, from: ["@acme/sre"]}]
`
const amendmentText = `apiVersion: addendum/v1
kind: Amendment
id: wider
contract: payments-production
reason: Whoever is on call may read, too
effective: {from: 2026-11-22T12:00:00Z, until: 2026-11-22T14:00:00Z}
changes: [{amend: C-read, set: {eligible: ["@acme/on-call"]}}]
`
const directoryText = `apiVersion: addendum/v1
kind: Directory
people:
  - {id: p-aaaa, github: [{id: 583231, login: octocat}], class: employee, identities: {payments-db: octocat}}
  - {id: p-bbbb, github: [{id: 480938, login: mona}], class: employee, identities: {payments-db: mona}}
  - {id: p-cccc, github: [{id: 1, login: hubot}], class: employee, identities: {payments-db: hubot}}
`
const requestText = (id: string): string => `apiVersion: addendum/v1
kind: AccessRequest
id: ${id}
contract: payments-production
clause: C-read
subject: octocat
reason: Investigate duplicate refunds
`

type Decided = Extract<Draft, { type: 'request.decided' }>
type Change = Partial<Omit<Decided, 'inputs'>> & { inputs?: Partial<Decided['inputs']> }

/** A decided request whose blobs are all there, `ms` after the start. */
function asked(pr: number, ms: number, { inputs, ...over }: Change = {}): Decided {
  const file = { blob: put(requestText(`r-${pr}`)), sha256: 'a'.repeat(64) }
  const usual = decided(pr, {
    occurredAt: at(ms),
    file,
    window: { notBefore: at(ms).toISOString(), notAfter: at(ms + hour).toISOString() },
    ...over
  })
  const cited = { contract: put(contractText()), directory: put(directoryText), ...inputs }
  return { ...usual, inputs: { ...usual.inputs, ...cited } }
}

function ledger(...drafts: Draft[]): LedgerState {
  const records = drafts.map(
    (draft, index) =>
      ({
        ...draft,
        v: 1,
        ledger: 'l',
        seq: index + 1,
        prev: '0'.repeat(64),
        app: '0',
        occurredAt: draft.occurredAt.toISOString(),
        recordedAt: draft.occurredAt.toISOString()
      }) as LedgerRecord
  )
  return fold(emptyState, records)
}

const contract = 'payments-production'
const history = (state: LedgerState, over: Partial<HistoryOptions> = {}) =>
  readHistory(state, reader, { contract, now: start, ...over })

beforeEach(() => {
  blobs.clear()
  reads.length = 0
})

test('a request comes back with its file, its people, its approvals and who was asked', async () => {
  const { past, notRead } = await history(ledger(asked(7, 0)))
  expect(notRead).toBe(0)
  expect(past).toMatchObject([
    {
      request: 'R-7',
      pr: 7,
      clause: 'C-read',
      decidedAt: start,
      failed: [],
      author: 583231,
      subject: 583231,
      approvals: [{ by: 480938, stage: 0 }],
      document: { id: 'r-7', subject: 'octocat' },
      asked: { eligible: ['@acme/payments'], stages: [['codeowners'], ['@acme/sre']] }
    }
  ])
  // Only whom it concerns: the replay's cost does not grow with the directory.
  expect(past[0]?.people?.map(person => person.id)).toEqual(['p-aaaa', 'p-bbbb'])
})

test('approvals that nobody needed come back with those that counted, and with their people', async () => {
  const note = { stage: 1, reviewId: 5, commit: 'e'.repeat(40), submittedAt: start.toISOString() }
  const { past } = await history(ledger(asked(7, 0, { approvals: [], beyond: [{ by: 'gh:480938', ...note }] })))
  expect(past[0]?.approvals).toEqual([{ by: 480938, stage: 1 }])
  expect(past[0]?.people?.map(person => person.id)).toEqual(['p-aaaa', 'p-bbbb'])
})

test("only the contract's own requests are read, oldest first, the newest where not all are", async () => {
  const state = ledger(asked(3, 0), asked(1, 1), asked(2, 2), asked(4, 3, { contract: 'other' }))
  expect((await history(state)).past.map(({ pr }) => pr)).toEqual([1, 2, 3])
  const { past, notRead } = await history(state, { most: 2 })
  expect([past.map(({ pr }) => pr), notRead]).toEqual([[2, 3], 1])
})

test('a contract and a directory that many cite are read once', async () => {
  await history(ledger(...[1, 2, 3, 4, 5].map(pr => asked(pr, pr))))
  expect(reads.length).toBe(5 + 2)
})

describe('what is read of the past', () => {
  const state = () => ledger(...[1, 2, 3, 4].map(pr => asked(pr, pr)), asked(5, 5, { clause: 'C-write' }))

  test('is what is needed; the rest comes as recorded', async () => {
    const { past, notRead } = await history(state(), { needed: ({ clause }) => clause === 'C-write' })
    expect(past.map(({ pr, document }) => [pr, document?.id])).toEqual(
      [1, 2, 3, 4, 5].map(pr => [pr, pr === 5 ? 'r-5' : undefined])
    )
    expect(past[0]).toMatchObject({ clause: 'C-read', failed: [], approvals: [{ by: 480938, stage: 0 }] })
    expect([notRead, reads.length]).toEqual([0, 1 + 2])
  })

  test('is the newest where not all may be read, and who is left out is counted', async () => {
    let left = 4
    const mayRead = () => (left -= 1) >= 0
    const { past, notRead, newestNotRead } = await history(state(), { mayRead })
    // The contract and the directory, which all need, and two files.
    expect([past.map(({ pr }) => pr), reads.length]).toEqual([[4, 5], 4])
    expect([notRead, newestNotRead]).toEqual([3, at(3)])
    const generous = await history(state(), { mayRead: blob => blob !== put(requestText('r-2')) })
    expect(generous.past.map(({ pr }) => pr)).toEqual([1, 3, 4, 5])
    expect([generous.notRead, generous.newestNotRead]).toEqual([1, at(2)])
  })

  test('is not read again where it was kept, unless it was not there', async () => {
    const kept: HistoryOptions['kept'] = new Map()
    const gone = asked(6, 6, { file: { blob: 'f'.repeat(40), sha256: '' } })
    const once = await history(ledger(asked(1, 0), gone), { kept })
    expect([...kept.keys()]).toEqual([put(requestText('r-1'))])
    reads.length = 0
    expect(await history(ledger(asked(1, 0), gone), { kept })).toEqual(once)
    expect(reads).toHaveLength(1 + 2)
  })

  test('throws what the reading threw', async () => {
    const broken = { read: () => Promise.reject(new Error('away')) }
    await expect(readHistory(state(), broken, { contract, now: start })).rejects.toThrow('away')
  })
})

describe('what cannot be read is null, and never left out', () => {
  test.each([
    ['a file that is gone', { file: { blob: 'f'.repeat(40), sha256: '' } }, { document: null }],
    ['a directory that is gone', { inputs: { directory: 'f'.repeat(40) } }, { people: null }],
    ['a contract that is gone', { inputs: { contract: 'f'.repeat(40) } }, { asked: null }],
    ['a clause that was not there', { clause: 'C-none' }, { asked: null }],
    ['a clause that was not named', { clause: null }, { asked: null, clause: '' }]
  ])('%s', async (_, change, expected) => {
    expect((await history(ledger(asked(1, 0, change)))).past).toMatchObject([expected])
  })

  test('a file, a directory and a contract that do not parse', async () => {
    const bad = put('kind: Nothing\n')
    const change = { file: { blob: bad, sha256: '' }, inputs: { contract: bad, directory: bad } }
    expect((await history(ledger(asked(1, 0, change)))).past).toMatchObject([
      { document: null, people: null, asked: null }
    ])
  })
})

describe('who was asked is by the contract as it was amended then', () => {
  const window = { from: start.toISOString(), until: at(2 * hour).toISOString() }
  const wider = (over: Partial<Extract<Draft, { type: 'amendment.decided' }>> = {}): Draft =>
    amended(90, { file: { blob: put(amendmentText), sha256: '' }, window, mergedAt: at(10).toISOString(), ...over })
  const eligible = async (...drafts: Draft[]) =>
    (await history(ledger(...drafts))).past.map(one => one.asked?.eligible[0])

  test('from its merge until it lapses', async () => {
    const found = await eligible(wider(), asked(1, 0), asked(2, 10), asked(3, 2 * hour - 1), asked(4, 2 * hour))
    expect(found).toEqual(['@acme/payments', '@acme/on-call', '@acme/on-call', '@acme/payments'])
  })

  test('until its file left main', async () => {
    const gone = advanced(mainTip, 'b'.repeat(40), { occurredAt: at(hour), amendments: ['A-90'] })
    expect(await eligible(wider(), gone, asked(1, 100), asked(2, hour + 1))).toEqual([
      '@acme/on-call',
      '@acme/payments'
    ])
  })

  test('not known where the amendment cannot be read', async () => {
    expect(await eligible(wider({ file: { blob: 'f'.repeat(40), sha256: '' } }), asked(1, 100))).toEqual([undefined])
  })

  test('the amendments in force at an instant can be asked for themselves', async () => {
    const state = ledger(wider())
    const found = (ms: number) => amendmentsAt(state, reader, { contract, at: at(ms) })
    expect(await found(5)).toEqual([])
    expect(await found(10)).toMatchObject([{ amendment: { id: 'wider' }, mergedAt: at(10) }])
    expect(await found(2 * hour)).toEqual([])
    expect(
      await amendmentsAt(ledger(wider({ file: { blob: 'f'.repeat(40), sha256: '' } })), reader, {
        contract,
        at: at(10)
      })
    ).toBeUndefined()
  })
})

describe('what was held, and what is', () => {
  test('a subject held what was decided before and had not ended', async () => {
    const elsewhere = asked(1, 0, { contract: 'audit', clause: 'C-write' })
    const state = ledger(elsewhere, asked(2, hour / 2), asked(3, hour), asked(4, hour, { subject: 'gh:1' }))
    const { past } = await history(state)
    const found = past.map(({ pr, holdings }) => [pr, ...holdings.map(one => `${one.contract}/${one.clause}`)])
    expect(found).toEqual([[2, 'audit/C-write'], [3, 'payments-production/C-read'], [4]])
  })

  const second = directoryText.replace('login: octocat}', 'login: octocat}, {id: 2, login: octodog}')

  test('so did their other account, by the directory of then', async () => {
    const inputs = { directory: put(second) }
    const mine = asked(1, 0, { subject: 'gh:2', contract: 'audit' })
    const { past } = await history(ledger(mine, asked(2, 1, { inputs }), asked(3, 2)))
    expect(past.map(({ holdings }) => holdings.map(one => one.contract))).toEqual([['audit'], [contract]])
  })

  test('what they were granted before is told as far back as is asked for, ended or not', async () => {
    const inputs = { directory: put(second) }
    const refused = { outcome: 'refuse' as const, window: null, failed: ['approved'] }
    const state = ledger(
      asked(1, 0),
      asked(2, 3 * hour, { subject: 'gh:2', contract: 'audit' }),
      asked(3, 3 * hour, refused),
      asked(4, 4 * hour, { subject: 'gh:1' }),
      // Decided in the order of the ledger, whatever its instant.
      asked(5, 3 * hour - 1),
      asked(6, 3 * hour, { inputs }),
      asked(7, 3 * hour)
    )
    const told = async (grantsWithinSeconds?: number) => {
      const { past } = await history(state, grantsWithinSeconds === undefined ? {} : { grantsWithinSeconds })
      const found = past.find(({ pr }) => pr === 6)?.recentGrants
      return found?.map(({ contract: of, decidedAt }) => [of, decidedAt.getTime() - start.getTime()])
    }
    expect(await told()).toEqual([])
    expect(await told(3 * 3_600)).toEqual([
      [contract, 3 * hour - 1],
      ['audit', 3 * hour]
    ])
    expect(await told(3 * 3_600 + 1)).toEqual([
      [contract, 0],
      [contract, 3 * hour - 1],
      ['audit', 3 * hour]
    ])
  })

  test('what was refused, and who is not known, held nothing', async () => {
    const refused = asked(1, 0, { outcome: 'refuse', window: null, failed: ['approved'] })
    const { past } = await history(ledger(refused, asked(2, 1), asked(3, 2, { subject: null })))
    expect(past.map(({ holdings }) => holdings)).toEqual([[], [], []])
  })

  test('a grant is live until its end, its removal or its revocation, whatever comes first', async () => {
    const until = async (now: number, ...drafts: Draft[]) =>
      (await history(ledger(...drafts), { now: at(now) })).past.map(one => one.liveUntil)
    const held = [asked(1, 0), intended(1, {}), granted(1, {})]
    expect(await until(0, ...held)).toEqual([at(hour)])
    expect(await until(hour, ...held)).toEqual([null])
    expect(await until(60, ...held, revoked(1, { occurredAt: at(50) }))).toEqual([null])
    const removed = advanced(mainTip, 'b'.repeat(40), { occurredAt: at(50), removed: ['R-1'] })
    expect(await until(60, ...held, removed)).toEqual([null])
    expect(await until(0, asked(2, 0, { outcome: 'refuse', window: null, failed: ['approved'] }))).toEqual([null])
  })
})
