// The effective contract: what applies, in which order, what does not and why, and its text.
import { describe, expect, test } from 'vitest'
import { boundariesOf, conform, contractYaml } from '../../../src/decide/agreement/conform.ts'
import { effectiveDigest, termsDigest } from '../../../src/decide/digests.ts'
import type { MergedAmendment } from '../../../src/model/agreement.ts'
import type { Change } from '../../../src/model/amendment.ts'
import type { Clause, Contract } from '../../../src/model/contract.ts'
import { parseContract } from '../../../src/model/contract.ts'
import { writeContract } from '../../../src/model/contract-text.ts'
import { clause, contract } from '../facts.ts'
import { acting, add, agreement, at, days, floored, longer, merged, staged, strike } from './agreements.ts'

const inWeek = at('2026-12-03T00:00:00Z')
const on = (amendments: MergedAmendment[], when = inWeek, base: Contract = agreement()) =>
  conform(base, amendments, when)
const codes = (amendments: MergedAmendment[], when = inWeek, base: Contract = agreement()) =>
  on(amendments, when, base).unapplied.map(({ id, code }) => [id, code])

describe('in its window', () => {
  test.each([
    ['2026-11-30T23:59:59.999Z', 28_800],
    ['2026-12-01T00:00:00Z', 43_200],
    ['2026-12-07T23:59:59.999Z', 43_200],
    ['2026-12-08T00:00:00Z', 28_800]
  ])('at %s the longest duration is %i', (when, seconds) => {
    expect(on([merged()], at(when)).contract.clauses['C-read']?.duration?.maxSeconds).toBe(seconds)
  })
  test('a permanent one has no end', () => {
    const forever = merged({ effective: days(1), permanent: true })
    expect(on([forever], at('2099-01-01T00:00:00Z')).applied).toEqual(['2026-12-migration-week'])
  })
  test('an amendment of another contract is not looked at', () => {
    expect(on([merged({ contract: 'platform' })])).toEqual(on([]))
  })
  test('the instants at which it can change are its ends, each once, in order', () => {
    const list = [merged({ effective: days(8, 9) }), merged(), merged({ effective: days(1) })]
    expect(boundariesOf(list)).toEqual([1, 8, 9].map(day => new Date(Date.UTC(2026, 11, day))))
  })
})

describe('changes', () => {
  test('amend replaces the named fields whole and leaves the others', () => {
    const { contract: conformed, provenance } = on([merged()])
    const was = agreement().clauses['C-read']
    expect(conformed.clauses['C-read']).toEqual({ ...was, duration: { defaultSeconds: 14_400, maxSeconds: 43_200 } })
    expect(conformed.clauses['C-export']).toEqual(agreement().clauses['C-export'])
    expect(provenance).toEqual({
      'C-read': { by: 'amendment', id: '2026-12-migration-week', was: termsDigest(was) },
      'C-export': { by: 'contract' }
    })
  })
  test('add gives a new clause', () => {
    const { contract: conformed, provenance } = on([merged({ changes: [add('C-new')] })])
    expect(conformed.clauses['C-new']).toEqual(clause())
    expect(provenance['C-new']).toEqual({ by: 'amendment', id: '2026-12-migration-week' })
  })
  test('strike takes a clause out with its floors and reserves its id', () => {
    const result = on([merged({ changes: [strike('C-read')] })], inWeek, floored)
    expect(Object.keys(result.contract.clauses)).toEqual(['C-export'])
    expect(result.contract.floors).toEqual([])
    expect(result.reserved).toEqual({ 'C-read': '2026-12-migration-week' })
  })
  test('a lapsed strike leaves nothing reserved: the clause is back, so its id is not free either', () => {
    const lapsed = merged({ changes: [strike('C-export')] })
    const reuse = merged({ id: 'reuse', changes: [add('C-export')], effective: days(9, 10) })
    const after = at('2026-12-09T00:00:00Z')
    expect(on([lapsed], after)).toEqual(on([], after))
    expect(codes([lapsed, reuse], after)).toEqual([['reuse', 'clause-exists']])
  })
  test('an amendment is applied whole or not at all', () => {
    const half = merged({ changes: [longer(), strike('C-gone')] })
    const result = on([half])
    expect(result.contract).toEqual(agreement())
    expect(result.unapplied).toEqual([
      { id: '2026-12-migration-week', clause: 'C-gone', code: 'clause-missing', because: expect.any(String) }
    ])
  })
  test('everything that is wrong with it is told', () => {
    const all = merged({ changes: [strike('C-gone'), add('C-read'), longer({ clause: 'C-lost' })] })
    expect(codes([all]).map(([, code]) => code)).toEqual(['clause-missing', 'clause-exists', 'clause-missing'])
  })
  test.each<[string, string, MergedAmendment[], Contract?]>([
    ['a clause that is missing', 'clause-missing', [merged({ changes: [strike('constructor')] })]],
    ['an id that is there', 'clause-exists', [merged({ changes: [add('C-read')] })]],
    ['a clause twice', 'conflict', [merged({ changes: [longer(), strike('C-read')] })]],
    [
      'terms that were another when it was written',
      'expects-differs',
      [merged({ changes: [longer({ expects: `sha256:${'0'.repeat(64)}` })] })]
    ],
    [
      'an action on a clause that gives access',
      'clause-invalid',
      [merged({ changes: [longer({ set: { action: { provider: 'ops', name: 'restart', inputs: {} } } })] })]
    ],
    ['the last clause', 'clause-invalid', [merged({ changes: [strike('C-read'), strike('C-export')] })]],
    [
      'a contract with an instant that is none',
      'clause-invalid',
      [merged()],
      agreement({ effective: { fromAt: at('2026-01-01T00:00:00Z'), untilAt: new Date(NaN) } })
    ]
  ])('refuses %s', (_, code, amendments, base) => {
    expect(codes(amendments, inWeek, base)).toEqual([['2026-12-migration-week', code]])
    expect(on(amendments, inWeek, base).contract).toEqual(base ?? agreement())
  })
  test('what is expected may be as it is', () => {
    const expects = termsDigest(agreement().clauses['C-read'])
    expect(codes([merged({ changes: [longer({ expects })] })])).toEqual([])
    expect(codes([merged({ changes: [strike('C-read', expects)] })])).toEqual([])
  })
})

describe('several', () => {
  const first = merged({ id: 'first' })
  const second = merged({ id: 'second', effective: days(2, 9) })
  test('of two on one clause the earlier in force stands, and the other applies after its lapse', () => {
    expect(codes([second, first])).toEqual([['second', 'conflict']])
    expect(on([first, second], at('2026-12-08T00:00:00Z')).applied).toEqual(['second'])
  })
  test.each<[string, MergedAmendment, MergedAmendment]>([
    ['from', merged({ id: 'z' }), merged({ id: 'a', effective: days(2, 9) }, at('2026-11-01T00:00:00Z'))],
    ['merge', merged({ id: 'z' }, at('2026-11-01T00:00:00Z')), merged({ id: 'a' })],
    ['id', merged({ id: 'a' }), merged({ id: 'z' })]
  ])('the order is by %s', (_, earlier, later) => {
    expect(on([later, earlier]).applied).toEqual([earlier.amendment.id])
  })
  test('a struck id is reserved for as long as the strike is in force', () => {
    const struck = merged({ id: 'struck', changes: [strike('C-export')] })
    expect(codes([struck, merged({ id: 'reuse', changes: [add('C-export')] }, at('2026-11-21T00:00:00Z'))])).toEqual([
      ['reuse', 'clause-reserved']
    ])
  })
  test('of two with one id only the one that was merged first is meant', () => {
    const again = merged({ id: 'first', changes: [strike('C-export')] }, at('2026-11-21T00:00:00Z'))
    expect(on([again, first]).applied).toEqual(['first'])
    expect(codes([first, again])).toEqual([['first', 'id-repeated']])
    const twin = { ...first, blob: '0'.repeat(40) }
    const other = merged({ id: 'other', changes: [strike('C-export')] }, at('2026-11-21T00:00:00Z'))
    expect(codes([twin, first, again, other, { ...other, blob: 'f'.repeat(40) }])).toEqual([
      ['first', 'id-repeated'],
      ['first', 'id-repeated'],
      ['other', 'id-repeated']
    ])
  })
})

describe('supersedes', () => {
  const old = merged({ id: 'old', effective: days(1, 20) })
  const day = (number: number) => new Date(Date.UTC(2026, 11, number, 12))
  const replace = (over: Parameters<typeof merged>[0] = {}, mergedDay = 21) =>
    merged({ id: 'new', effective: days(2, 4), supersedes: ['old'], ...over }, new Date(Date.UTC(2026, 10, mergedDay)))
  test('takes an amendment out while the one that names it is in force', () => {
    const list = [old, replace({ changes: [longer({ set: { title: 'Read it' } })] })]
    expect(on(list, day(1)).applied).toEqual(['old'])
    expect(on(list, day(2)).applied).toEqual(['new'])
    expect(codes(list, day(2))).toEqual([['old', 'superseded']])
    expect(on(list, day(4)).applied).toEqual(['old'])
  })
  test('one that does not apply takes nobody out', () => {
    const broken = replace({ changes: [longer(), strike('C-gone')] })
    expect(on([old, broken], day(2)).applied).toEqual(['old'])
    expect(codes([old, broken], day(2))).toEqual([['new', 'clause-missing']])
  })
  test('one that is itself taken out takes nobody out', () => {
    const newest = merged(
      { id: 'newest', effective: days(2, 4), supersedes: ['new'], changes: [strike('C-export')] },
      at('2026-11-22T00:00:00Z')
    )
    expect(on([old, replace(), newest], day(2)).applied).toEqual(['old', 'newest'])
  })
  test('two may take one out, and it is told once', () => {
    const also = merged(
      { id: 'also', effective: days(2, 4), supersedes: ['old'], changes: [strike('C-export')] },
      at('2026-11-22T00:00:00Z')
    )
    expect(on([old, replace(), also], day(2)).applied).toEqual(['new', 'also'])
    expect(codes([old, replace(), also], day(2))).toEqual([['old', 'superseded']])
  })
  test('nobody can take out what was merged later, so there is no circle', () => {
    const early = merged({ id: 'old', supersedes: ['new'] })
    expect(on([early, replace()], day(2)).applied).toEqual(['new'])
    expect(codes([early, replace({ supersedes: [] })], day(2))).toEqual([['new', 'conflict']])
  })
})

describe('floors', () => {
  const lower = (over: Parameters<typeof longer>[0]) => codes([merged({ changes: [longer(over)] })], inWeek, floored)
  const below = [['2026-12-migration-week', 'below-floor']]
  test.each<[string, NonNullable<Parameters<typeof longer>[0]>['set']]>([
    ['fewer approvals', { approvals: staged({ count: 1, from: ['codeowners'] }) }],
    ['approval by an expression', { approvals: { kind: 'automatic', when: 'true' } }],
    ['a longer duration', { duration: { defaultSeconds: 3_600, maxSeconds: 43_201 } }],
    ['a longer default', { duration: { defaultSeconds: 14_401, maxSeconds: 43_200 } }],
    ['another ticket', { conditions: { ticket: '^[A-Z]+$', require: [] } }],
    ['no ticket', { conditions: { require: [] } }]
  ])('refuse %s', (_, set) => expect(lower({ set })).toEqual(below))
  test('are kept by what is at the floor', () => {
    const set = { approvals: staged({ count: 1, from: ['codeowners'] }, { count: 1, from: ['@acme/sre'] }) }
    expect(lower({ set })).toEqual([])
    expect(lower({})).toEqual([])
  })
  test('keep a condition that the contract does not set unset', () => {
    const base = agreement({ floors: [{ clause: 'C-read', term: 'conditions.window', value: true }] })
    const window = { days: ['mon' as const], startMinute: 0, endMinute: 60, zone: 'UTC' }
    expect(
      codes([merged({ changes: [longer({ set: { conditions: { window, require: [] } } })] })], inWeek, base)
    ).toEqual(below)
    expect(codes([merged()], inWeek, base)).toEqual([])
  })
  test('hold for an added clause that gives the same', () => {
    const loose = { approvals: staged({ count: 1, from: ['@mona' as const] }) }
    expect(codes([merged({ changes: [add('C-new', loose)] })], inWeek, floored)).toEqual(below)
    expect(codes([merged({ changes: [strike('C-read'), add('C-new', loose)] })], inWeek, floored)).toEqual(below)
    const elsewhere = { ...loose, access: [{ provider: 'payments-db', resource: 'cards', role: 'reader' }] }
    expect(codes([merged({ changes: [add('C-new', elsewhere)] })], inWeek, floored)).toEqual([])
  })
  test('hold for another clause that comes to give the same, not for one that always did', () => {
    const { access } = clause()
    const same = longer({ clause: 'C-export', set: { access } })
    expect(codes([merged({ changes: [same] })], inWeek, floored)).toEqual(below)
    const twins = { ...floored, clauses: { ...floored.clauses, 'C-export': clause() } }
    expect(codes([merged({ changes: [longer({ clause: 'C-export' })] })], inWeek, twins)).toEqual([])
  })
  test('hold for actions', () => {
    const guarded = acting({ approvals: staged({ count: 2, from: ['codeowners'] }) })
    const base = agreement({
      clauses: { ...agreement().clauses, 'C-restart': guarded },
      floors: [
        { clause: 'C-restart', term: 'approvals.count', value: 2 },
        { clause: 'C-restart', term: 'duration.max', value: 1 },
        { clause: 'C-lost', term: 'approvals.count', value: 9 }
      ]
    })
    const again = (terms: Clause): Change => ({ kind: 'add', clause: 'C-new', with: terms })
    const loose = acting({ approvals: staged({ count: 1, from: ['codeowners'] }) })
    expect(codes([merged({ changes: [again(loose)] })], inWeek, base)).toEqual(below)
    expect(codes([merged({ changes: [again(guarded)] })], inWeek, base)).toEqual([])
  })
})

describe('as text', () => {
  test('it is a contract that parses to the same, with where each clause comes from', () => {
    const list = [
      merged({ changes: [longer(), add('C-new')] }),
      merged({ id: 'stop', changes: [strike('C-export')] }, at('2026-11-21T00:00:00Z'))
    ]
    const conformed = on(list)
    const text = contractYaml(conformed)
    expect(parseContract('contracts/payments-production.yml', text)).toMatchObject({
      ok: true,
      value: conformed.contract
    })
    expect(text).toContain('  # amendment 2026-12-migration-week\n  C-read:')
    expect(text).toContain('  # amendment 2026-12-migration-week\n  C-new:')
    expect(text).toContain('# C-export: struck by amendment stop')
    expect(contractYaml(on([]))).toContain('  # contract\n  C-read:')
  })
  test('it stays a contract where it is so long that comments do not fit', () => {
    const most = 256 * 1024
    const clauses = (length: number) =>
      Object.fromEntries(
        Array.from({ length: 200 }, (_, index) => [`C-${index}`, clause({ text: 'x'.repeat(length) })])
      )
    const sizeOf = (length: number) => Buffer.byteLength(writeContract(contract({ clauses: clauses(length) })))
    const length = 3 + Math.floor((most - sizeOf(3)) / 200)
    const long = conform(contract({ clauses: clauses(length) }), [], inWeek)
    const written = contractYaml(long)
    expect(written).not.toContain('#')
    expect(parseContract('c', written)).toMatchObject({ ok: true, value: long.contract })
  })
})

test('the digest is that of the conformed contract', () => {
  const conformed = on([merged()])
  expect(conformed.digest).toBe(effectiveDigest(conformed.contract))
  expect(conformed.digest).not.toBe(on([]).digest)
})
