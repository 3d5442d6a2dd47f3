// Deciding an amendment's pull request: the rules of its own, and those that it shares with requests.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decideAmendment, nextAmendmentTime } from '../../../src/decide/amendment.ts'
import { effectiveDigest, termsDigest } from '../../../src/decide/digests.ts'
import type { Change } from '../../../src/model/amendment.ts'
import type { AmendmentFacts } from '../../../src/model/facts.ts'
import { clause, commit, directory, failedOf, older, person, pull, reasonsOf, unknown, unreadable } from '../facts.ts'
import {
  add,
  afterMerge,
  agreement,
  amendment,
  amendmentFacts,
  amendmentPath,
  anyAmendments,
  at,
  blob,
  days,
  floored,
  head,
  hubot,
  known,
  longer,
  merged,
  mona,
  monalisa,
  now,
  octocat,
  review,
  staged,
  strike
} from './agreements.ts'
import type { Bend } from './agreements.ts'

const decided = (bend: Bend = {}) => decideAmendment(amendmentFacts(bend))
const result = (bend: Bend = {}) => {
  const decision = decided(bend)
  return [decision.outcome, ...failedOf(decision)]
}
const allowed = ['allow']
const changed = (...changes: Change[]): Bend => ({ amendment: amendment({ changes }) })

describe('an amendment that is allowed', () => {
  test('tells what it changes, and from which terms to which', () => {
    const decision = decided()
    expect([decision.outcome, ...failedOf(decision)]).toEqual(allowed)
    expect(decision.touched).toEqual(['C-read'])
    expect(decision.redline.map(({ clause: id, kind }) => [id, kind])).toEqual([['C-read', 'amended']])
    expect(decision.effective?.before).toBe(effectiveDigest(agreement()))
    expect(decision.inputs).toMatchObject({ request: blob, effective: decision.effective?.before })
    expect(decision.reasons.map(({ rule }) => rule)).toEqual([
      'same-repository',
      'one-document',
      'document-valid',
      'path-right',
      'id-unused',
      'contract-in-effect',
      'not-retroactive',
      'no-conflict',
      'changes-apply',
      'expects-current',
      'floors-kept',
      'controls-known',
      'policy-holds',
      'owners-readable',
      'people-known',
      'ready-for-review',
      'duties-separated',
      'approved',
      'content-bound',
      'terms-unchanged',
      'not-blocked'
    ])
  })
  test('may be permanent, and may name what it expects', () => {
    const expects = termsDigest(agreement().clauses['C-read'])
    const forever = amendment({ effective: days(1), permanent: true, changes: [longer({ expects })] })
    expect(result({ amendment: forever })).toEqual(allowed)
  })
  test('is allowed again after its merge, from the merged commit alone', () => {
    expect(result(afterMerge())).toEqual(allowed)
    const decision = decided({ ...afterMerge(), reviews: known([]) })
    expect([decision.outcome, ...failedOf(decision)]).toEqual(['refuse', 'approved'])
  })
})

describe('rules shared with requests', () => {
  const change = { path: amendmentPath, previousPath: null, status: 'added' as const }
  const file = amendmentFacts().file as NonNullable<AmendmentFacts['file']>
  test.each<[string, Bend, string]>([
    ['a fork', { pull: pull({ head: { sha: head, ref: 'x', sameRepository: false } }) }, 'same-repository'],
    ['a file that is changed', { changes: known([{ ...change, status: 'modified' }]) }, 'one-document'],
    ['two files', { changes: known([change, { ...change, path: 'x' }]) }, 'one-document'],
    ['no file', { changes: known([]), file: null }, 'one-document'],
    ['an incomplete list', { changes: unknown }, 'one-document'],
    ['a file that does not parse', { file: { ...file, parsed: unreadable({}) } }, 'document-valid'],
    ['a file without a value', { file: { ...file, parsed: unreadable() } }, 'document-valid'],
    ['a request’s path', { file: { ...file, path: 'requests/payments-production/x.yml' } }, 'path-right'],
    ['another id', { amendment: amendment({ id: 'other' }) }, 'path-right'],
    ['an executable file', { file: { ...file, mode: '100755' } }, 'path-right'],
    ['an id that was used', { idUsed: true }, 'id-unused'],
    ['no CODEOWNERS', { rules: { codeowners: { path: null, blob: null, parsed: null } } }, 'owners-readable'],
    ['commits that are not known', { commits: unknown }, 'people-known'],
    ['an owner who is not known', { teams: {} }, 'people-known']
  ])('refuse %s', (_, bend, rule) => {
    const decision = decided(bend)
    expect(decision.outcome).toBe('refuse')
    expect(failedOf(decision)).toContain(rule)
  })
  test('wait for a draft and for objections', () => {
    expect(result({ pull: pull({ draft: true }) })).toEqual(['wait', 'ready-for-review'])
    const reviews = known([review(mona), review(hubot, { state: 'CHANGES_REQUESTED' })])
    expect(result({ reviews })).toEqual(['wait', 'not-blocked'])
  })
  test('an approval of another version is stale', () => {
    expect(result({ reviews: known([review(mona, { commit: older })]) })).toEqual(['wait', 'approved', 'content-bound'])
  })
  test('the author does not judge, and where nobody else is left it says so', () => {
    const bend = { pull: pull({ author: mona }), commits: known([commit({ author: mona, committer: mona })]) }
    expect(result(bend)).toEqual(['wait', 'approved'])
    expect(result({ ...bend, reviews: known([review(monalisa)]) })).toEqual(allowed)
    const alone = { ...amendmentFacts().teams, '@acme/payments-leads': known([mona]) }
    expect(result({ ...bend, teams: alone })).toEqual(['refuse', 'duties-separated', 'approved'])
  })
  test('a commit of somebody unknown costs one approval more at each gate', () => {
    const commits = known([commit({ author: null })])
    expect(result({ commits })).toEqual(['wait', 'approved'])
    expect(result({ commits, reviews: known([review(mona), review(monalisa)]) })).toEqual(allowed)
  })
  test('a file that was there before the merge is refused', () => {
    const { merge, ...rest } = afterMerge()
    expect(
      result({
        ...rest,
        merge: { ...(merge as NonNullable<typeof merge>), before: { path: amendmentPath, mode: '100644', sha: blob } }
      })
    ).toEqual(['refuse', 'merged-rightly'])
  })
})

describe('contract-in-effect', () => {
  const read = amendmentFacts().rules.contract
  test.each<[string, Bend]>([
    ['no contract', { rules: { contract: { ...read, blob: null, parsed: null } } }],
    ['one that does not parse', { rules: { contract: { ...read, parsed: unreadable({}, {}) } } }],
    ['one without a value', { rules: { contract: { ...read, parsed: unreadable() } } }],
    ['another', { contract: agreement({ id: 'platform' }) }],
    ['amendments that are not all known', { amendments: unknown }],
    ['one that ended', { contract: agreement({ effective: { fromAt: at('2026-01-01T00:00:00Z'), untilAt: now } }) }]
  ])('refuses %s', (_, bend) => {
    const decision = decided(bend)
    expect(decision.outcome).toBe('refuse')
    expect(failedOf(decision)).toContain('contract-in-effect')
  })
  test('refuses a beginning after the end of the contract', () => {
    const effective = { fromAt: at('2026-01-01T00:00:00Z'), untilAt: days(1).fromAt }
    expect(result({ contract: agreement({ effective }) })).toEqual(['refuse', 'contract-in-effect'])
  })
  test('without it nothing else about terms is judged, and nobody is asked', () => {
    const decision = decided({ amendments: unknown })
    expect(failedOf(decision)).toEqual([
      'contract-in-effect',
      'no-conflict',
      'changes-apply',
      'expects-current',
      'floors-kept',
      'policy-holds',
      'duties-separated',
      'approved'
    ])
    expect(decision).toMatchObject({ stages: [], touched: [], redline: [], effective: null })
    expect(decision.inputs.effective).toBe(effectiveDigest(agreement()))
    expect(decided({ rules: { contract: { ...read, parsed: null } } }).inputs.effective).toBe('')
  })
})

describe('not-retroactive', () => {
  test('a beginning at this very instant is in time, one before it is not', () => {
    const from = (fromAt: Date) => ({ amendment: amendment({ effective: { fromAt, untilAt: days(8).fromAt } }) })
    expect(result(from(now))).toEqual(allowed)
    expect(result(from(new Date(now.getTime() - 1)))).toEqual(['refuse', 'not-retroactive'])
  })
  test('after the merge it is judged as of the merge', () => {
    const late = days(3).fromAt
    expect(result({ now: late, ...afterMerge(days(1).fromAt) })).toEqual(allowed)
    expect(result({ now: late, ...afterMerge(new Date(days(1).fromAt.getTime() + 1)) })).toEqual([
      'refuse',
      'not-retroactive'
    ])
    expect(result({ now: late, ...afterMerge(null) })).toEqual(['refuse', 'not-retroactive'])
  })
})

describe('no-conflict', () => {
  const other = (over: Parameters<typeof merged>[0]) => ({ others: [merged({ id: 'other', ...over })] })
  test('refuses another on the same clause at any instant of the window', () => {
    expect(result(other({}))).toEqual(['refuse', 'no-conflict', 'floors-kept'])
    const later = decided(other({ effective: days(5, 20) }))
    expect([later.outcome, ...failedOf(later)]).toEqual(['refuse', 'no-conflict'])
    expect(reasonsOf(later, 'no-conflict')[0]?.because).toContain('2026-12-05T00:00:00Z')
    expect(result(other({ effective: days(8, 20) }))).toEqual(allowed)
    expect(result(other({ changes: [strike('C-export')] }))).toEqual(allowed)
    expect(result(other({ contract: 'platform' }))).toEqual(allowed)
  })
  test('refuses what comes back into force within the window, and says from when', () => {
    const others = [
      merged({ id: 'first', effective: days(0, 20) }),
      merged(
        { id: 'second', effective: days(0, 3), supersedes: ['first'], changes: [strike('C-export')] },
        at('2026-11-21T00:00:00Z')
      )
    ]
    const reasons = reasonsOf(decided({ others }), 'no-conflict')
    expect(reasons.map(({ because }) => because)).toEqual([expect.stringContaining('From 2026-12-03T00:00:00Z on')])
  })
  test('is settled by superseding the other, even where its merge time is a little ahead of our clock', () => {
    const ahead = { others: [merged({ id: 'other', effective: days(5, 20) }, new Date(now.getTime() + 5_000))] }
    expect(result({ ...ahead, amendment: amendment({ supersedes: ['other'] }) })).toEqual(allowed)
  })
  test('refuses what would push a third aside', () => {
    const others = [
      merged({ id: 'first', effective: days(2, 20), changes: [longer(), strike('C-export')] }),
      merged(
        { id: 'second', effective: days(1, 30), supersedes: ['first'], changes: [longer({ clause: 'C-export' })] },
        at('2026-11-21T00:00:00Z')
      )
    ]
    // With "second" out, "first" is back in force and takes C-read from nobody but this one.
    const mine = amendment({ supersedes: ['second'], effective: days(3, 5) })
    expect(result({ others, amendment: mine })).toEqual(['refuse', 'no-conflict', 'floors-kept'])
    const third = merged({ id: 'third', effective: days(4, 30), changes: [strike('C-read')] })
    const pushing = amendment({ effective: days(1, 8), changes: [longer()] })
    const reasons = reasonsOf(decided({ others: [third], amendment: pushing }), 'no-conflict')
    expect(reasons.map(({ because }) => because).join(' ')).toContain('third')
    expect(reasons[0]?.todo).toContain('supersedes')
  })
})

describe('changes-apply', () => {
  test.each<[string, Bend]>([
    ['a clause that is missing', changed(strike('C-raed'))],
    ['an id that is there', changed(add('C-read'))],
    [
      'terms that are not valid together',
      changed(longer({ set: { action: { provider: 'ops', name: 'x', inputs: {} } } }))
    ],
    ['an unknown amendment to supersede', { amendment: amendment({ supersedes: ['gone'] }) }],
    [
      'a name like one',
      {
        others: [merged({ id: 'freeze', changes: [strike('C-export')] })],
        amendment: amendment({ supersedes: ['freeez'] })
      }
    ],
    ['an id that another amendment has', { others: [merged({ effective: days(9, 10) })] }]
  ])('refuses %s', (_, bend) => expect(result(bend)).toContain('changes-apply'))
  test('points to the change', () => {
    const [reason] = reasonsOf(decided(changed(add('C-new', { title: 'New one' }), strike('C-gone'))), 'changes-apply')
    expect(reason?.mark).toMatchObject({ path: amendmentPath, line: '/changes/1'.length + 1 })
  })
  test('refuses what is superseded by one that was merged after it', () => {
    const others = [
      merged(
        { id: 'newer', supersedes: ['2026-12-migration-week'], changes: [strike('C-export')] },
        at('2026-11-24T00:00:00Z')
      )
    ]
    expect(result({ ...afterMerge(), others })).toEqual(['refuse', 'changes-apply', 'floors-kept'])
  })
})

describe('expects-current', () => {
  const stale = changed(longer({ expects: `sha256:${'0'.repeat(64)}` }))
  test('refuses terms that have changed since, and says which clause and its digest', () => {
    const decision = decided(stale)
    expect([decision.outcome, ...failedOf(decision)]).toEqual(['refuse', 'expects-current', 'floors-kept'])
    const because = reasonsOf(decision, 'expects-current')[0]?.because ?? ''
    expect(because).toContain('"C-read"')
    expect(because).toContain(termsDigest(agreement().clauses['C-read']))
  })
  test('says where nothing is expected', () => {
    expect(reasonsOf(decided(), 'expects-current')[0]?.because).toContain('"C-read"')
  })
})

describe('floors-kept', () => {
  test('refuses terms below a floor', () => {
    const set = { conditions: { require: [] } }
    expect(
      result({ contract: floored, ...changed(longer({ set })), reviews: known([review(mona), review(monalisa)]) })
    ).toEqual(['refuse', 'floors-kept'])
  })
})

describe('controls-known', () => {
  test('refuses a control that is not of the catalogue, and suggests one', () => {
    const bend = changed(longer({ set: { controls: ['soc2:CC6.3', 'soc2:CC63'] } }))
    const decision = decided(bend)
    expect([decision.outcome, ...failedOf(decision)]).toEqual(['refuse', 'controls-known'])
    expect(reasonsOf(decision, 'controls-known')[0]).toMatchObject({ todo: expect.stringContaining('soc2:CC6.3') })
    expect(result(changed(add('C-new', { controls: ['iso:1'] })))).toContain('controls-known')
    expect(result(changed(longer({ set: { controls: ['gdpr:32(1)'] } }), strike('C-export')))).toEqual(allowed)
  })
})

describe('approved', () => {
  const sre = staged({ count: 1, from: ['@acme/sre'] })
  const both = known([review(mona), review(hubot)])
  test('by the terms before it, by those after it, by the owner of the contract and by the owners of the file', () => {
    const before = agreement({ clauses: { ...agreement().clauses, 'C-read': clause({ approvals: sre }) } })
    expect(result({ contract: before, teams: { ...amendmentFacts().teams, '@acme/sre': known([hubot]) } })).toEqual([
      'wait',
      'approved'
    ])
    expect(result({ contract: before, reviews: both })).toEqual(allowed)
    const loosening = changed(longer({ set: { approvals: { kind: 'automatic', when: 'true' } } }))
    expect(result({ contract: before, ...loosening, reviews: known([review(monalisa)]) })).toEqual(['wait', 'approved'])
    const tightening = changed(longer({ set: { approvals: sre } }))
    expect(result({ ...tightening, reviews: known([review(monalisa)]) })).toEqual(['wait', 'approved'])
    expect(result({ ...tightening, reviews: known([review(monalisa), review(hubot)]) })).toEqual(allowed)
    const owners = { rules: { codeowners: amendmentFacts().rules.codeowners } }
    expect(
      result({ ...owners, contract: agreement({ parties: { owner: '@defunkt', eligible: ['@hubot'] } }) })
    ).toEqual(['wait', 'approved'])
  })
  test('one person may pass several gates, and takes one seat at each', () => {
    const decision = decided({ reviews: known([review(mona)]) })
    expect(decision.stages.map(({ from, approvedBy }) => [from, approvedBy.map(({ login }) => login)])).toEqual([
      [['@acme/payments-leads'], ['mona']],
      [['@acme/payments-leads'], ['mona']]
    ])
    const two = agreement({ clauses: { 'C-read': clause({ approvals: staged({ count: 2, from: ['codeowners'] }) }) } })
    expect(result({ contract: two })).toEqual(['wait', 'approved'])
    expect(result({ contract: two, reviews: known([review(mona), review(monalisa)]) })).toEqual(allowed)
  })
  test('by the terms of the clause whose access another comes to give: a new clause is no way around it', () => {
    const guarded = agreement({ clauses: { ...agreement().clauses, 'C-read': clause({ approvals: sre }) } })
    const easy = clause({ approvals: staged({ count: 1, from: ['codeowners'] }) })
    for (const change of [add('C-new', easy), longer({ clause: 'C-export', set: { access: easy.access as never } })]) {
      const bend = { contract: guarded, ...changed(change) }
      expect(result({ ...bend, reviews: known([review(monalisa)]) })).toEqual(['wait', 'approved'])
      expect(result({ ...bend, reviews: both })).toEqual(allowed)
    }
    const other = [{ provider: 'payments-db', resource: 'cards', role: 'reader' }]
    expect(
      result({
        contract: guarded,
        ...changed(add('C-new', { ...easy, access: other })),
        reviews: known([review(monalisa)])
      })
    ).toEqual(allowed)
  })
  test('superseding is approved by the terms that it takes away too', () => {
    const strictly = merged({ id: 'strictly', changes: [longer({ set: { approvals: sre } })] })
    const mine = amendment({ supersedes: ['strictly'], changes: [strike('C-export')] })
    expect(decided({ others: [strictly], amendment: mine }).touched).toEqual(['C-export', 'C-read'])
    expect(result({ others: [strictly], amendment: mine, reviews: known([review(monalisa)]) })).toEqual([
      'wait',
      'approved'
    ])
    expect(result({ others: [strictly], amendment: mine, reviews: both })).toEqual(allowed)
  })
})

describe('when to look again', () => {
  test('when it would be too late, when an approver leaves, when the contract ends; never after the merge', () => {
    expect(nextAmendmentTime(amendmentFacts())).toEqual(new Date(days(1).fromAt.getTime() + 1))
    const leaving = directory(person(octocat), person(mona, { untilAt: at('2026-11-25T00:00:00Z') }))
    expect(
      nextAmendmentTime(
        amendmentFacts({
          rules: {
            directory: {
              path: 'directory.yml',
              blob: null,
              parsed: { ok: true, value: leaving, lines: () => ({ line: 1, column: 1, endLine: 1, endColumn: 1 }) }
            }
          }
        })
      )
    ).toEqual(at('2026-11-25T00:00:00Z'))
    expect(nextAmendmentTime(amendmentFacts({ now: days(2).fromAt }))).toEqual(at('2027-01-01T00:00:00Z'))
    expect(nextAmendmentTime(amendmentFacts({ now: at('2028-01-01T00:00:00Z') }))).toBeUndefined()
    expect(
      nextAmendmentTime(
        amendmentFacts({ file: null, rules: { directory: { path: 'directory.yml', blob: null, parsed: null } } })
      )
    ).toBeUndefined()
    expect(nextAmendmentTime(amendmentFacts(afterMerge()))).toBeUndefined()
  })
  test('until then the decision keeps its bytes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 * 24 }), fc.double({ min: 0, max: 1, noNaN: true }), (hours, part) => {
        const given = amendmentFacts({ now: new Date(now.getTime() + hours * 3_600_000) })
        const next = nextAmendmentTime(given)?.getTime() ?? now.getTime() + 1e10
        const then = new Date(given.now.getTime() + Math.floor((next - 1 - given.now.getTime()) * part))
        expect(JSON.stringify(decideAmendment({ ...given, now: then }))).toBe(JSON.stringify(decideAmendment(given)))
      }),
      { numRuns: 50 }
    )
  })
})

test('unknown is no: without any one family of facts nothing is allowed (S6)', () => {
  const less: Partial<AmendmentFacts>[] = [
    { changes: unknown },
    { file: null },
    { commits: unknown },
    { reviews: unknown },
    { amendments: unknown },
    { teams: {} },
    { permissions: {} }
  ]
  for (const family of less) expect(decideAmendment({ ...amendmentFacts(), ...family }).outcome).not.toBe('allow')
})

test('the order in which amendments are listed changes no byte', () => {
  const shuffled = anyAmendments.chain(list =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))
  )
  fc.assert(
    fc.property(shuffled, ([list, other]) => {
      expect(JSON.stringify(decided({ others: other }))).toBe(JSON.stringify(decided({ others: list })))
    }),
    { numRuns: 200 }
  )
})

test('whatever text and number stands in the facts, it decides and shows nothing that is not seen', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 90 }),
    fc.constantFrom('__proto__', 'constructor', '\u202E', '`@all`')
  )
  const hostile = fc.record({
    text,
    other: text,
    instant: fc.date(),
    later: fc.date(),
    count: fc.oneof(fc.double(), fc.integer())
  })
  fc.assert(
    fc.property(hostile, ({ text, other, instant, later, count }) => {
      const terms = clause({
        title: text,
        text: other,
        access: [{ provider: text, resource: other, role: text }],
        eligible: [`@${text}`],
        duration: { defaultSeconds: count, maxSeconds: count },
        approvals: staged({ count, from: [`@${other}`] }),
        conditions: {
          ticket: text,
          window: { days: ['mon'], startMinute: count, endMinute: 60, zone: text },
          require: [{ rule: text, because: other }]
        },
        controls: [text]
      })
      const changes = [longer({ clause: text, set: terms, expects: other }), add(other, terms), strike('C-read', text)]
      const hostileOne = amendment({
        id: text,
        changes,
        supersedes: [other, text],
        effective: { fromAt: instant, untilAt: later }
      })
      const given = amendmentFacts({
        amendment: hostileOne,
        now: later,
        contract: agreement({
          title: text,
          parties: { owner: `@${text}`, eligible: [`@${other}`] },
          clauses: { [text]: terms, 'C-read': clause(), [other]: clause({ title: other }) },
          floors: [{ clause: text, term: 'approvals.count', value: count }],
          effective: { fromAt: instant, untilAt: later }
        }),
        others: [merged({ id: other, changes: [strike(text)], effective: { fromAt: instant } }, later)],
        mergedAt: instant,
        controls: [other]
      })
      const { reasons, redline } = decideAmendment(given)
      for (const { because, todo = '' } of reasons)
        expect(because + todo).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029`]/u)
      for (const { fields } of redline)
        for (const { sentence } of fields) {
          expect(sentence).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029`]/u)
        }
      nextAmendmentTime(given)
    }),
    { numRuns: 500 }
  )
})
