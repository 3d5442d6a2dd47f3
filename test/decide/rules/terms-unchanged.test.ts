// An approval of a request counts for the clause as it stood when it was given (approvals.md §0). Of an amendment: agreement/standing.test.ts.
import { describe, expect, test } from 'vitest'
import { firstStatementFor } from '../../../src/decide/ballot/standing.ts'
import { decide } from '../../../src/decide/decide.ts'
import type { MergedAmendment } from '../../../src/model/agreement.ts'
import type { Review } from '../../../src/model/facts.ts'
import type { Statement } from '../../../src/model/statement.ts'
import {
  at,
  clause,
  contract,
  facts,
  failedOf,
  head,
  known,
  merged,
  mona,
  monalisa,
  reasonsOf,
  request,
  review
} from '../facts.ts'
import type { Bend } from '../facts.ts'

/** What the app states of the clause as these facts have it. */
const stated = (bend: Bend, from: string): Statement => ({ at: at(from), clauses: decide(facts(bend)).standing ?? {} })
const on = (...statements: Statement[]): Bend => ({ statements: { [head]: statements } })
const writer: Bend = { clause: clause({ access: [{ provider: 'payments-db', resource: 'ledger', role: 'writer' }] }) }
const providers = { 'payments-db/ledger reader': null, 'payments-db/ledger writer': null }
const result = (bend: Bend) => {
  const decision = decide(facts({ providers, ...bend }))
  return [decision.outcome, ...failedOf(decision)]
}
const early = '2026-11-23T09:00:00Z'
const late = '2026-11-23T09:45:00Z'
const stale = ['wait', 'approved', 'terms-unchanged']

describe('an approval of a request', () => {
  test('counts where the clause stands as it did, and where nothing was ever stated', () => {
    expect(result(on(stated({}, early)))).toEqual(['allow'])
    expect(result({})).toEqual(['allow'])
    expect(result({ ...writer })).toEqual(['allow'])
  })

  test.each<[string, Bend]>([
    ['gives something else', writer],
    ['says something else', { clause: clause({ text: 'Whoever may read, may copy.' }) }],
    ['allows longer', { clause: clause({ duration: { defaultSeconds: 3_600, maxSeconds: 86_400 } }) }],
    ['leaves it to other parties', { contract: parties('@monalisa') }]
  ])('is stale once the clause %s', (_, since) => {
    const before: Bend = 'contract' in since ? { contract: parties() } : {}
    expect(result({ ...since, ...on(stated(before, early)) })).toEqual(stale)
  })

  test('is not, where another clause changes', () => {
    const clauses = { 'C-read': clause(), 'C-export': clause({ title: 'Export' }) }
    expect(result({ contract: contract({ clauses, version: 9 }), ...on(stated({}, early)) })).toEqual(['allow'])
  })

  test('counts where it was given after the change was stated', () => {
    const both = on(stated({}, early), stated(writer, '2026-11-23T09:15:00Z'))
    expect(result({ ...writer, ...both })).toEqual(['allow'])
    const change = on(stated({}, early), stated(writer, late))
    expect(result({ ...writer, ...change })).toEqual(stale)
    expect(result({ ...writer, ...change, reviews: again(mona, '2026-11-23T09:50:00Z') })).toEqual(['allow'])
  })

  test('of the very second of a statement was given for the one before', () => {
    const change = on(stated({}, early), stated(writer, '2026-11-23T09:30:00Z'))
    expect(result({ ...writer, ...change })).toEqual(stale)
  })

  test('that was faster than the app was given for what it said first', () => {
    expect(result(on(stated({}, late)))).toEqual(['allow'])
    expect(result({ ...writer, ...on(stated({}, late)) })).toEqual(stale)
    const nowhere = known([review(mona, { commit: null })])
    expect(result({ ...on(stated({}, early)), reviews: nowhere })).toContain('approved')
    expect(firstStatementFor({ [head]: [stated({}, late)] }, review(mona, { commit: null }))).toBeUndefined()
  })

  test('is for the terms at the start as well, and a start that passes changes none of it', () => {
    const start = request({ startAt: at('2026-11-23T10:30:00Z') })
    const before = decide(facts({ request: start, now: at('2026-11-23T10:00:00Z') })).standing
    expect(decide(facts({ request: start, now: at('2026-11-23T11:00:00Z') })).standing).toEqual(before)
  })

  test('stands again when the clause stands again as it did', () => {
    expect(result(on(stated({}, early), stated(writer, late)))).toEqual(['allow'])
  })

  test('that others make needless is told, and asks for nothing', () => {
    const change = on(stated({}, early), stated(writer, late))
    const reviews = known([review(mona), review(monalisa, { submittedAt: '2026-11-23T09:50:00Z' })])
    const decision = decide(facts({ providers, ...writer, ...change, reviews }))
    expect(decision.outcome).toBe('allow')
    expect(reasonsOf(decision, 'terms-unchanged')[0]?.because).toContain('"C-read" changed after @mona')
  })

  test('is refused after the merge', () => {
    expect(result({ ...merged(), ...writer, ...on(stated({}, early)) })[0]).toBe('refuse')
  })
})

describe('a scheduled request is approved for the clause of now and of its start', () => {
  const asked = request({ startAt: at('2026-11-24T10:00:00Z') })
  const longer = (maxSeconds: number): MergedAmendment => ({
    amendment: {
      kind: 'Amendment',
      id: 'longer',
      contract: 'payments-production',
      effective: { fromAt: at('2026-11-24T00:00:00Z'), untilAt: at('2026-12-01T00:00:00Z') },
      reason: 'Migration week',
      changes: [{ kind: 'amend', clause: 'C-read', set: { duration: { defaultSeconds: 3_600, maxSeconds } } }],
      permanent: false,
      supersedes: [],
      transition: 'keep'
    },
    mergedAt: at('2026-11-20T00:00:00Z'),
    blob: 'd'.repeat(40)
  })

  test('so that an amendment that is to begin before it asks again', () => {
    const [then, since] = [{ request: asked }, { request: asked, amendments: known([longer(43_200)]) }]
    expect(result({ ...then, ...on(stated(then, early)) })).toEqual(['allow'])
    expect(result({ ...since, ...on(stated(since, early)) })).toEqual(['allow'])
    expect(result({ ...since, ...on(stated(then, early)) })).toEqual(stale)
    const other = { request: asked, amendments: known([longer(46_800)]) }
    expect(result({ ...other, ...on(stated(since, early)) })).toEqual(stale)
  })

  test('and nothing stands where the clause is not known', () => {
    const decision = decide(facts({ request: request({ clause: 'C-none' }) }))
    expect([decision.standing, reasonsOf(decision, 'terms-unchanged')]).toEqual([null, []])
  })
})

function parties(...names: string[]) {
  const { eligible: _, ...read } = clause()
  return contract({
    parties: { owner: '@acme/payments-leads', eligible: ['@acme/payments', ...names] as never },
    clauses: { 'C-read': read }
  })
}

function again(by: typeof mona, submittedAt: string): Bend['reviews'] {
  const all: Review[] = [review(by), review(by, { id: 999, submittedAt })]
  return known(all)
}
