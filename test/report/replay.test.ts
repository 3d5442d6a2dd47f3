// The replay of past requests under other terms.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Approvals, Clause, Stage } from '../../src/model/contract.ts'
import { canonicalJson } from '../../src/model/digest.ts'
import type { Read } from '../../src/model/facts.ts'
import type { Policy } from '../../src/model/policy.ts'
import type { Members } from '../../src/report/past.ts'
import { mirrored, mustRead, replay } from '../../src/report/replay.ts'
import type { Impact, Replay } from '../../src/report/replay.ts'
import { at, hubot, known, mona, monalisa, octocat, parsed, person, request } from '../decide/facts.ts'
import { policy } from '../decide/policy/policies.ts'
import { agreed, past } from './past.ts'

const hours = (max: number): Partial<Clause> => ({ duration: { defaultSeconds: 3_600, maxSeconds: max * 3_600 } })
const from = (...names: ('codeowners' | `@${string}`)[]): Partial<Clause> => ({
  approvals: { kind: 'stages', stages: [{ count: 1, from: names }] }
})
const played = (over: Partial<Replay>): Impact =>
  replay({
    contract: 'payments-production',
    before: agreed({ 'C-read': {} }),
    after: agreed({ 'C-read': {} }),
    past: [],
    ...over
  })
const read = <T>(path: string, value: T): Read<T> => ({ path, blob: null, parsed: parsed(value) })
/** How many of the requests are refused by `clause` and were allowed by the usual one, and the rule that refuses. */
const against = (clause: Partial<Clause>, requests = [past(1)], over: Partial<Replay> = {}) => {
  const impact = played({ after: agreed({ 'C-read': clause }), past: requests, ...over })
  return { turned: impact.allowedToRefused, rules: impact.examples.map(one => one.after.rule), impact }
}

describe('a request comes out by the terms that it is judged under', () => {
  test('unchanged where its clause is the same, whatever is not known of it', () => {
    const requests = [past(1, { document: null }), past(2, { failed: ['approved'], people: null })]
    const impact = played({ past: requests, after: agreed({ 'C-read': {}, 'C-new': {} }) })
    expect(impact).toMatchObject({ requests: 2, unchanged: { allowed: 1, refused: 1 }, examples: [] })
  })

  test('allowed before and refused after a shorter time', () => {
    expect(against(hours(1))).toMatchObject({ turned: 1, rules: ['duration-within'] })
    expect(against(hours(2))).toMatchObject({ turned: 0 })
  })

  test('refused before and allowed after a longer time', () => {
    const long = past(1, { failed: ['duration-within'], document: request({ durationSeconds: 12 * 3_600 }) })
    const impact = played({ past: [long], after: agreed({ 'C-read': hours(12) }) })
    expect(impact).toMatchObject({ refusedToAllowed: 1, allowedToRefused: 0, unchanged: { allowed: 0, refused: 0 } })
  })

  test('refused where the clause is struck, and where there is no contract', () => {
    expect(played({ past: [past(1)], after: agreed({}) })).toMatchObject({ allowedToRefused: 1 })
    const none = played({ past: [past(1)], after: { contract: null, policies: [] } })
    expect(none.examples).toMatchObject([{ after: { verdict: 'refuse', rule: 'clause-in-effect' } }])
  })

  test('by a ticket, by hours at the time when it was decided, and by a second stage', () => {
    const stages: Stage[] = [
      { count: 1, from: ['codeowners'] },
      { count: 1, from: ['@acme/sre'] }
    ]
    expect(against({ conditions: { ticket: '^PAY-[0-9]+$', require: [] } })).toMatchObject({
      rules: ['conditions-hold']
    })
    const window = { days: ['tue' as const], startMinute: 0, endMinute: 1_440, zone: 'UTC' }
    expect(against({ conditions: { window, require: [] } })).toMatchObject({ rules: ['conditions-hold'] })
    const tuesday = past(1, { decidedAt: at('2026-11-03T12:00:00Z') })
    expect(against({ conditions: { window, require: [] } }, [tuesday])).toMatchObject({ turned: 0 })
    expect(against({ approvals: { kind: 'stages', stages } })).toMatchObject({ rules: ['approved'] })
  })

  test("never by what the contract's own dates were: a past request is not late", () => {
    const old = past(1, { decidedAt: at('2019-03-01T10:00:00Z') })
    expect(against(hours(12), [old])).toMatchObject({ turned: 0, impact: { unchanged: { allowed: 1 } } })
  })

  test('by the policies of either side too', () => {
    const rule = { on: ['request' as const], effect: 'deny' as const, because: 'Not so long.', controls: [] }
    const test = "request.duration > duration('1h')"
    const policy: Policy = {
      kind: 'Policy',
      id: 'short',
      title: 'Short',
      rules: [{ id: 'an-hour', test, ...rule }],
      never: [],
      limits: {},
      examples: []
    }
    const stricter = { ...agreed({ 'C-read': {} }), policies: [read('policies/short.yml', policy)] }
    const impact = played({
      past: [past(1), past(2, { document: request({ durationSeconds: 600 }) })],
      after: stricter
    })
    expect(impact).toMatchObject({
      allowedToRefused: 1,
      unchanged: { allowed: 1 },
      examples: [{ pr: 1, after: { rule: 'policy-holds' } }]
    })
  })

  test('by how often the subject had been granted something before it', () => {
    const recentGrants = [{ contract: 'audit', clause: 'C-write', decidedAt: at('2026-11-02T09:00:00Z') }]
    const twice = past(1, { recentGrants })
    const once = past(2)
    const limited = {
      ...agreed({ 'C-read': {} }),
      policies: [policy({ limits: { grants: [{ count: 1, per: '1d' }] } })]
    }
    const impact = played({ past: [twice, once], after: limited })
    expect(impact).toMatchObject({ allowedToRefused: 1, unchanged: { allowed: 1 }, examples: [{ pr: 1 }] })
    const refused = [past(1, { recentGrants, failed: ['policy-holds'] }), once]
    const eased = played({ past: refused, before: limited, after: agreed({ 'C-read': {} }) })
    expect(eased).toMatchObject({ refusedToAllowed: 1, unchanged: { allowed: 1 } })
    expect(canonicalJson(eased)).toBe(canonicalJson(mirrored(impact)))
  })

  test('refused for good where the record has what no agreement mends', () => {
    const failed = ['merged-rightly', 'duration-within']
    const impact = played({ past: [past(1, { failed, document: null })], after: agreed({ 'C-read': hours(12) }) })
    expect(impact).toMatchObject({ unchanged: { refused: 1 }, refusedToAllowed: 0 })
  })

  test('by the agreement alone where a rule could not be judged then for want of a clause', () => {
    const wanted = past(1, {
      clause: 'C-new',
      failed: ['clause-in-effect', 'provider-ready', 'duties-separated'],
      asked: null
    })
    const impact = played({
      past: [wanted],
      after: agreed({ 'C-read': {}, 'C-new': from('@acme/leads') }),
      members: { '@acme/payments': known([octocat]), '@acme/leads': known([mona]) }
    })
    expect(impact).toMatchObject({ refusedToAllowed: 1 })
  })
})

describe('who was on a list is as recorded, else as the members say, else not known', () => {
  test('a wider list still holds whom the record found on it; a narrower one is asked for', () => {
    expect(against({ eligible: ['@acme/payments', '@acme/sre'] })).toMatchObject({ turned: 0 })
    const narrower = against({ eligible: ['@acme/sre'] })
    expect(narrower).toMatchObject({ turned: 0, impact: { unjudged: { 'members-unknown': 1 } } })
    const told = (...members: (typeof octocat)[]) =>
      against({ eligible: ['@acme/SRE'] }, [past(1)], { members: { '@acme/sre': known(members) } })
    expect(told(hubot)).toMatchObject({ turned: 1, rules: ['subject-eligible'] })
    expect(told(hubot, octocat)).toMatchObject({ turned: 0, impact: { unchanged: { allowed: 1 } } })
  })

  test('a list without whom the record did not find needs nobody to be asked', () => {
    const asked = { eligible: ['@acme/a', '@acme/b'], stages: [['codeowners']] }
    const stranger = past(1, { failed: ['subject-eligible'], asked })
    const impact = played({
      past: [stranger],
      before: agreed({ 'C-read': { eligible: ['@acme/b'] } }),
      after: agreed({ 'C-read': { eligible: ['@acme/a'] } })
    })
    expect(impact).toMatchObject({ unchanged: { refused: 1 }, unjudged: { 'members-unknown': 0 } })
  })

  test('a subject whom the record does not number is found by the login of the file', () => {
    const unnumbered = past(1, { subject: null })
    expect(against({ eligible: ['@acme/payments'], ...hours(4) }, [unnumbered]).impact.unchanged.allowed).toBe(1)
    const gone = past(1, { subject: null, people: [person(mona)] })
    expect(played({ past: [gone], after: agreed({ 'C-read': hours(4) }) })).toMatchObject({ unchanged: { refused: 1 } })
  })

  test('a login on a list is the person whom the directory of then calls so', () => {
    expect(against({ eligible: ['@Octocat'] })).toMatchObject({ turned: 0 })
    expect(against({ eligible: ['@hubot'] })).toMatchObject({ turned: 1 })
  })

  test('an approval counts in another list only where its author is known to be on it', () => {
    expect(against(from('codeowners', '@acme/sre'))).toMatchObject({ turned: 0, impact: { unchanged: { allowed: 1 } } })
    expect(against(from('@acme/sre'))).toMatchObject({ impact: { unjudged: { 'members-unknown': 1 } } })
    const sre = { members: { '@acme/sre': known([monalisa]) } }
    expect(against(from('@acme/sre'), [past(1)], sre)).toMatchObject({ turned: 1, rules: ['approved'] })
  })

  test('what is not known does not matter where another rule refuses', () => {
    expect(against({ ...hours(1), ...from('@acme/sre') })).toMatchObject({ turned: 1, rules: ['duration-within'] })
  })

  test('the sentence names the people of the list, as the clause does', () => {
    const sre = { members: { '@acme/sre': known([monalisa]) } }
    const { impact } = against(from('@acme/sre'), [past(1)], sre)
    expect(impact.examples[0]?.after.because).toContain('@acme/sre')
    expect(canonicalJson(impact)).not.toContain('@list/')
  })
})

describe('nothing is hidden', () => {
  test('what cannot be read is counted, and each request once', () => {
    const short = past(4, { document: request({ durationSeconds: 60 }) })
    const requests = [past(1, { document: null }), past(2, { people: null }), past(3), short]
    const impact = played({ past: requests, notRead: 7, after: agreed({ 'C-read': hours(1) }) })
    expect(impact.unjudged).toEqual({
      'not-read': 7,
      'request-unreadable': 1,
      'directory-unreadable': 1,
      'members-unknown': 0
    })
    expect(impact).toMatchObject({ requests: 11, allowedToRefused: 1, unchanged: { allowed: 1, refused: 0 } })
  })

  test('grants in force under a changed clause are told, out of the new terms or not, judged or not', () => {
    const liveUntil = at('2026-12-01T00:00:00Z')
    const requests = [
      past(1, { liveUntil }),
      past(2, { liveUntil, document: request({ durationSeconds: 600 }) }),
      past(3, { liveUntil, document: null }),
      past(4, { liveUntil, clause: 'C-other' }),
      past(5)
    ]
    const other = { 'C-other': {} }
    const impact = played({
      past: requests,
      before: agreed({ 'C-read': {}, ...other }),
      after: agreed({ 'C-read': hours(1), ...other })
    })
    expect(impact.live.map(({ request: ref, before, after }) => [ref, before, after])).toEqual([
      ['R-1', 'allow', 'refuse'],
      ['R-2', 'allow', 'allow'],
      ['R-3', 'unknown', 'unknown']
    ])
    expect(impact.live[0]?.until).toBe('2026-12-01T00:00:00Z')
  })

  test('five examples at most: the newest of each clause first, then the newest', () => {
    const requests = [1, 2, 3, 4, 5, 6].map(pr => past(pr)).concat(past(0, { clause: 'C-write' }))
    const impact = played({
      past: requests,
      before: agreed({ 'C-read': {}, 'C-write': {} }),
      after: agreed({ 'C-read': hours(1), 'C-write': hours(1) })
    })
    expect(impact.allowedToRefused).toBe(7)
    expect(impact.examples.map(({ pr }) => pr)).toEqual([6, 0, 5, 4, 3])
    expect(impact.examples[0]).toMatchObject({
      request: 'R-6',
      clause: 'C-read',
      decidedAt: '2026-11-02T10:06:00Z',
      before: { verdict: 'allow', rule: null, because: null },
      after: { verdict: 'refuse', rule: 'duration-within' }
    })
  })
})

describe('properties', () => {
  const lists = fc.subarray(['@acme/payments', '@acme/sre', '@octocat'] as const, { minLength: 1 })
  const clauses = fc.record({
    eligible: lists,
    duration: fc.integer({ min: 1, max: 12 }).map(max => ({ defaultSeconds: 3_600, maxSeconds: max * 3_600 })),
    approvals: fc
      .array(
        fc.record({
          count: fc.integer({ min: 1, max: 2 }),
          from: fc.subarray(['codeowners', '@acme/sre', '@mona'] as const, { minLength: 1 })
        }),
        { minLength: 1, maxLength: 2 }
      )
      .map((stages): Approvals => ({ kind: 'stages', stages }))
  })
  const often = [1, 2, 3].map(count => policy({ limits: { grants: [{ count, per: '1d' }] } }))
  const agreement = fc
    .tuple(
      fc.dictionary(fc.constantFrom('C-read', 'C-write'), clauses, { maxKeys: 2 }),
      fc.subarray(often, { maxLength: 1 })
    )
    .map(([all, policies]) => ({ ...agreed(all), policies }))
  const grant = fc.record({
    contract: fc.constant('payments-production'),
    clause: fc.constantFrom('C-read', 'C-write'),
    decidedAt: fc.constantFrom(at('2026-11-01T12:00:00Z'), at('2026-11-02T09:00:00Z'))
  })
  const requests = fc
    .uniqueArray(
      fc.record({
        pr: fc.integer({ min: 1, max: 40 }),
        clause: fc.constantFrom('C-read', 'C-write'),
        failed: fc.subarray(['subject-eligible', 'approved', 'duration-within', 'id-unused']),
        approvals: fc.subarray([
          { by: mona.id, stage: 0 },
          { by: monalisa.id, stage: 1 }
        ]),
        durationSeconds: fc.integer({ min: 60, max: 50_000 }),
        people: fc.constantFrom(null, [person(octocat), person(mona), person(monalisa)]),
        recentGrants: fc.array(grant, { maxLength: 3 }),
        liveUntil: fc.constantFrom(null, at('2026-12-01T00:00:00Z'))
      }),
      { selector: ({ pr }) => pr }
    )
    .map(all =>
      all.map(({ pr, durationSeconds, clause, ...over }) =>
        past(pr, { ...over, clause, document: request({ id: `r-${pr}`, clause, durationSeconds }) })
      )
    )
  const members = fc.constantFrom<Members[]>({}, { '@acme/sre': known([mona]) }, { '@acme/sre': known([octocat]) })
  const replays = fc.record({
    contract: fc.constant('payments-production'),
    before: agreement,
    after: agreement,
    past: requests,
    members
  })

  test('a replay with before and after exchanged is the same, exchanged, byte for byte', () => {
    fc.assert(
      fc.property(replays, one => {
        const back = replay({ ...one, before: one.after, after: one.before })
        expect(canonicalJson(mirrored(back))).toBe(canonicalJson(replay(one)))
      })
    )
  })

  test('the order in which the past is read changes no byte', () => {
    fc.assert(
      fc.property(replays, one => {
        expect(canonicalJson(replay({ ...one, past: one.past.toReversed() }))).toBe(canonicalJson(replay(one)))
      })
    )
  })

  test('every request is counted once, and terms that are the same turn nothing', () => {
    fc.assert(
      fc.property(replays, one => {
        const { requests: all, allowedToRefused, refusedToAllowed, unchanged, unjudged } = replay(one)
        const counts = [allowedToRefused, refusedToAllowed, ...Object.values(unchanged), ...Object.values(unjudged)]
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(all)
        const same = replay({ ...one, after: one.before })
        expect(same).toMatchObject({ allowedToRefused: 0, refusedToAllowed: 0, live: [], examples: [] })
      })
    )
  })

  test('what need not be read comes out the same unread', () => {
    let unread = 0
    fc.assert(
      fc.property(agreement, agreement, requests, (before, after, all) => {
        const needed = mustRead(before, after)
        const bare = all.map(one => {
          if (needed(one)) return one
          unread += 1
          return { ...one, document: null, people: null, asked: null, holdings: [], recentGrants: [], liveUntil: null }
        })
        const whole = played({ before, after, past: all })
        const live = whole.live.filter(({ pr }) => bare.some(one => one.pr === pr && one.liveUntil !== null))
        expect(played({ before, after, past: bare })).toEqual({ ...whole, live })
      }),
      { numRuns: 100 }
    )
    expect(unread).toBeGreaterThan(20)
  })
})
