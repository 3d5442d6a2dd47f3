// An approval of an amendment counts for the clauses that it touches as they stood when it was given (ledger.md §4).
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { statementFor } from '../../../src/decide/ballot/standing.ts'
import { decideAmendment, nextAmendmentTime } from '../../../src/decide/amendment.ts'
import type { MergedAmendment } from '../../../src/model/agreement.ts'
import type { AmendmentFacts } from '../../../src/model/facts.ts'
import { defaultSettings } from '../../../src/model/settings.ts'
import { clause, contract, failedOf, older, parsed, reasonsOf, unknown } from '../facts.ts'
import {
  add,
  afterMerge,
  agreement,
  amendment,
  amendmentFacts,
  amendmentPath,
  at,
  blob,
  days,
  head,
  known,
  longer,
  merged,
  mona,
  monalisa,
  now,
  review,
  stated,
  strike
} from './agreements.ts'
import type { Bend } from './agreements.ts'

const stale = ['wait', 'approved', 'terms-unchanged']
const result = (facts: AmendmentFacts) => {
  const decision = decideAmendment(facts)
  return [decision.outcome, ...failedOf(decision)]
}
/** What comes of an approval that was given under `then`, once things are as `since` says. */
const after = (then: Bend, since: Bend) => {
  return result(amendmentFacts({ ...then, ...since, statements: amendmentFacts(then).statements }))
}
const because = (facts: AmendmentFacts) => {
  return reasonsOf(decideAmendment(facts), 'terms-unchanged').map(reason => reason.because)
}
const read = (over: Parameters<typeof clause>[0]) => {
  return agreement({ clauses: { ...agreement().clauses, 'C-read': clause(over) } })
}
const other = (over: Parameters<typeof clause>[0]) => {
  return agreement({ clauses: { ...agreement().clauses, 'C-export': clause(over) } })
}
/** C-read for three hours, in the days of November before the amendment. */
const shorter = (from: string, until: string): MergedAmendment => {
  const effective = { fromAt: at(`2026-11-${from}T00:00:00Z`), untilAt: at(`2026-11-${until}T00:00:00Z`) }
  const changes = [longer({ set: { duration: { defaultSeconds: 3_600, maxSeconds: 10_800 } } })]
  return merged({ id: 'shorter', effective, changes }, at('2026-11-19T00:00:00Z'))
}

describe('an approval is stale', () => {
  test.each<[string, Bend, Bend]>([
    ['a clause that it changes is another one', {}, { contract: read({ text: 'Whoever may read, may copy.' }) }],
    [
      'whom the clause leaves to the contract are others',
      { contract: read({ eligible: undefined as never }) },
      {
        contract: {
          ...read({ eligible: undefined as never }),
          parties: { owner: '@acme/payments-leads', eligible: ['@mona'] }
        }
      }
    ],
    ['another amendment of the clause has begun', { others: [] }, { others: [shorter('22', '25')] }],
    [
      'another amendment of the clause has lapsed',
      { others: [shorter('20', '24')] },
      { now: at('2026-11-24T00:00:00Z') }
    ],
    ['another amendment of the clause was taken out', { others: [shorter('20', '25')] }, { others: [] }],
    [
      'the clause that it strikes is another one',
      { amendment: amendment({ changes: [strike('C-read')] }) },
      { contract: read({ title: 'Read all ledgers' }) }
    ],
    [
      'it adds a clause, and the parties are others',
      { amendment: amendment({ changes: [add('C-new')] }) },
      { contract: agreement({ parties: { owner: '@acme/payments-leads', eligible: ['@mona'] } }) }
    ],
    [
      'it adds a clause, and the contract lasts longer',
      { amendment: amendment({ changes: [add('C-new')] }) },
      { contract: agreement({ effective: { ...contract().effective, untilAt: at('2030-01-01T00:00:00Z') } }) }
    ],
    [
      'what it supersedes was taken out',
      { amendment: amendment({ supersedes: ['wide'] }), others: [merged({ id: 'wide' })] },
      { amendment: amendment(), others: [] }
    ],
    [
      'another comes to end within its window',
      { amendment: amendment({ supersedes: ['wide'] }), others: [merged({ id: 'wide', effective: days(1, 20) })] },
      { others: [merged({ id: 'wide', effective: days(1, 4) })] }
    ]
  ])('where %s', (_, then, since) => {
    expect(after(then, {})).toEqual(['allow'])
    expect(after(then, since)).toEqual(stale)
    expect(result(amendmentFacts({ ...then, ...since }))).toEqual(['allow'])
  })
  test.each<[string, AmendmentFacts['statements']]>([
    ['nothing was stated', {}],
    ['nothing was stated on that commit', { [older]: stated(amendmentFacts())[head] ?? [] }],
    ['it was stated only after', stated(amendmentFacts(), at('2026-11-23T09:31:00Z'))],
    ['it was stated in the same second', stated(amendmentFacts(), at('2026-11-23T09:30:00Z'))],
    ['a clause is missing in what was stated', { [head]: [{ at: at('2026-11-23T09:00:00Z'), clauses: {} }] }]
  ])('where %s', (_, statements) => {
    expect(result(amendmentFacts({ statements }))).toEqual(stale)
  })
  test('where something else was stated last, before it was given', () => {
    const [first] = stated(amendmentFacts())[head] ?? []
    const then = { at: at('2026-11-23T09:10:00Z'), clauses: { 'C-read': 'sha256:0' } }
    if (first === undefined) throw new Error('nothing was stated')
    expect(result(amendmentFacts({ statements: { [head]: [first, then] } }))).toEqual(stale)
    expect(result(amendmentFacts({ statements: { [head]: [then, { ...first, at: then.at }] } }))).toEqual(['allow'])
  })
  test('after the merge as before it: merged with stale approvals only, it is refused', () => {
    const [, ...why] = stale
    expect(after({}, { ...afterMerge(), contract: read({ title: 'Read all ledgers' }) })).toEqual(['refuse', ...why])
    expect(after({}, afterMerge())).toEqual(['allow'])
  })
})

describe('an approval counts', () => {
  test.each<[string, Bend, Bend]>([
    ['where another clause changes', {}, { contract: other({ title: 'Export all ledgers' }) }],
    [
      'where an amendment of another clause comes',
      {},
      { others: [merged({ id: 'x', changes: [strike('C-export')] })] }
    ],
    [
      'where an amendment of another clause lapses within its window',
      { others: [merged({ id: 'x', effective: days(1, 3), changes: [strike('C-export')] })] },
      { others: [] }
    ],
    ['where the contract is renewed', {}, { contract: agreement({ version: 4, title: 'Payments' }) }],
    [
      'where the contract’s end moves',
      {},
      { contract: agreement({ effective: { ...contract().effective, untilAt: days(25).fromAt } }) }
    ],
    [
      'where others are eligible for other clauses',
      {},
      { contract: { ...agreement(), parties: { ...agreement().parties, eligible: ['@mona'] } } }
    ],
    [
      'where the clause is again as it was',
      { contract: read({ title: 'Read' }) },
      { contract: read({ title: 'Read' }) }
    ],
    [
      'where another amendment of the clause is still in force',
      { others: [shorter('20', '25')] },
      { now: at('2026-11-24T23:59:59Z') }
    ]
  ])('%s', (_, then, since) => {
    expect(after(then, {})).toEqual(['allow'])
    expect(after(then, since)).toEqual(['allow'])
  })
  test('as of the merge, whatever has lapsed until it is looked at', () => {
    const then = { others: [shorter('20', '24')] }
    const late = { ...afterMerge(at('2026-11-23T23:00:00Z')), now: at('2026-11-24T01:00:00Z') }
    expect(after(then, late)).toEqual(['allow'])
    expect(after(then, { ...late, ...afterMerge(at('2026-11-24T00:00:00Z')) })).toEqual([
      'refuse',
      'approved',
      'terms-unchanged'
    ])
  })
  test('on another commit with the same content, where it was stated there', () => {
    const settings = {
      path: '.github/addendum.yml',
      blob: null,
      parsed: parsed({ ...defaultSettings, approvals: { binding: 'content' as const } })
    }
    const reviews = known([review(mona, { commit: older })])
    const bend = {
      rules: { settings },
      reviews,
      reviewed: { [older]: { path: amendmentPath, mode: '100644', sha: blob } }
    }
    expect(result(amendmentFacts(bend))).toEqual(stale)
    const statements = { [older]: stated(amendmentFacts(bend))[head] ?? [] }
    expect(result(amendmentFacts({ ...bend, statements }))).toEqual(['allow'])
  })
})

test('a review without a commit, or without its instant, is for nothing that was stated', () => {
  const { statements } = amendmentFacts()
  expect(statementFor(statements, review(mona))).toBe(statements[head]?.[0])
  expect(statementFor(statements, review(mona, { commit: null }))).toBeUndefined()
  expect(statementFor(statements, review(mona, { submittedAt: null }))).toBeUndefined()
})

test('the reason names the clause, and who must look again', () => {
  const found = amendmentFacts({
    contract: read({ title: 'Read all ledgers' }),
    statements: amendmentFacts().statements
  })
  expect(because(found)).toEqual(['"C-read" changed after @mona had approved.'])
  const [reason] = reasonsOf(decideAmendment(found), 'terms-unchanged')
  expect(reason).toMatchObject({ waiting: true, todo: 'Ask @mona to read it again and to approve again.' })
  const withdrawn = { [head]: [{ at: at('2026-11-23T09:00:00Z'), clauses: {} }] }
  expect(because({ ...found, statements: withdrawn })).toEqual(because({ ...found, statements: {} }))
  expect(because({ ...found, statements: {} })).toEqual(['@mona approved before it was said how the clauses stand.'])
})

test('where the others suffice, the stale one is told and asked for no more', () => {
  const late = review(monalisa, { submittedAt: '2026-11-23T09:50:00Z' })
  const bend = { contract: read({ title: 'Read all ledgers' }), reviews: known([review(mona), late]) }
  const [first] = amendmentFacts().statements[head] ?? []
  const [second] = stated(amendmentFacts(bend), at('2026-11-23T09:40:00Z'))[head] ?? []
  if (first === undefined || second === undefined) throw new Error('nothing was stated')
  const found = amendmentFacts({ ...bend, statements: { [head]: [first, second] } })
  expect(result(found)).toEqual(['allow'])
  expect(because(found)).toEqual(['"C-read" changed after @mona had approved. The other approvals suffice.'])
})

test('while it does not apply there is nothing to state, and no approval is called stale', () => {
  const bend = { others: [merged({ id: 'wide' })] }
  expect(decideAmendment(amendmentFacts(bend)).standing).toBeNull()
  expect(result(amendmentFacts(bend))).toEqual(['refuse', 'no-conflict', 'floors-kept'])
  expect(because(amendmentFacts(bend))).toEqual([])
})

test('it is looked at again when another amendment begins or ends', () => {
  expect(nextAmendmentTime(amendmentFacts({ others: [shorter('22', '25')] }))).toEqual(at('2026-11-25T00:00:00Z'))
  expect(nextAmendmentTime(amendmentFacts({ others: [shorter('24', '25')] }))).toEqual(at('2026-11-24T00:00:00Z'))
  expect(nextAmendmentTime(amendmentFacts({ amendments: unknown }))).toEqual(new Date(days(1).fromAt.getTime() + 1))
})

test('what is stated is on the inputs, in whatever order the commits come', () => {
  const statements = { ...amendmentFacts().statements, [older]: [] }
  const inputs = (found: AmendmentFacts['statements']) => decideAmendment(amendmentFacts({ statements: found })).inputs
  const turned = Object.fromEntries(Object.entries(statements).reverse())
  expect(inputs(turned)).toEqual(inputs(statements))
  expect(inputs({}).people).not.toBe(inputs(statements).people)
})

test('whatever happens to clauses that it does not touch, no approval is asked for again', () => {
  const terms = fc.record({
    title: fc.constantFrom('Export', 'Export all'),
    maxSeconds: fc.integer({ min: 1, max: 9 }),
    from: fc.integer({ min: 1, max: 12 }),
    length: fc.integer({ min: 1, max: 10 })
  })
  fc.assert(
    fc.property(terms, terms, fc.integer({ min: 0, max: 7 * 24 }), (then, since, hours) => {
      const under = ({ title, maxSeconds, from, length }: typeof then): Bend => {
        const duration = { defaultSeconds: 1, maxSeconds }
        const changes = [{ kind: 'amend' as const, clause: 'C-export', set: { duration } }]
        return {
          contract: other({ title }),
          others: [merged({ id: 'x', effective: days(from, from + length), changes })]
        }
      }
      const later = new Date(now.getTime() + hours * 3_600_000)
      expect(after(under(then), { ...under(since), now: later })).toEqual(['allow'])
    }),
    { numRuns: 100 }
  )
})

test('an approval counts exactly where the clause stands as it was stated', () => {
  const terms = fc.record({
    title: fc.constantFrom('Read', 'Read all'),
    maxSeconds: fc.integer({ min: 3_600, max: 3_602 })
  })
  fc.assert(
    fc.property(terms, terms, (then, since) => {
      const under = ({ title, maxSeconds }: typeof then): Bend => {
        return { contract: read({ title, duration: { defaultSeconds: 3_600, maxSeconds } }) }
      }
      const same = then.title === since.title && then.maxSeconds === since.maxSeconds
      expect(after(under(then), under(since))).toEqual(same ? ['allow'] : stale)
    }),
    { numRuns: 100 }
  )
})
