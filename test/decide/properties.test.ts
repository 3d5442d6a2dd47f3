// What holds of decide() for all facts: total, the same bytes, unknown is no, and more approvals never hurt.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decide } from '../../src/decide/decide.ts'
import { nextTime } from '../../src/decide/time/next-time.ts'
import { decideRemoval } from '../../src/decide/removal.ts'
import type { Account, Commit, RequestFacts, Review } from '../../src/model/facts.ts'
import { parseCodeowners } from '../../src/model/codeowners.ts'
import { defaultSettings } from '../../src/model/settings.ts'
import {
  bot,
  clause,
  commit,
  contract,
  defunkt,
  directory,
  facts,
  head,
  hubot,
  known,
  merged,
  mona,
  monalisa,
  octocat,
  older,
  parsed,
  person,
  pull,
  removal,
  request,
  review,
  unknown,
  unreadable
} from './facts.ts'

const everyone = [octocat, hubot, mona, monalisa, defunkt, bot]
const account: fc.Arbitrary<Account> = fc.constantFrom(...everyone)
const writer = known('write' as const)
const permission = fc.constantFrom(
  writer,
  writer,
  writer,
  writer,
  known('admin' as const),
  known('read' as const),
  unknown
)
const reviews: fc.Arbitrary<Review[]> = fc.uniqueArray(
  fc.record({
    id: fc.nat(40),
    user: fc.option(account),
    state: fc.oneof(
      { weight: 8, arbitrary: fc.constant('APPROVED' as const) },
      { weight: 2, arbitrary: fc.constantFrom('CHANGES_REQUESTED', 'DISMISSED', 'COMMENTED', 'PENDING') }
    ),
    commit: fc.constantFrom(head, head, head, head, older, null),
    submittedAt: fc.constantFrom('2026-11-23T09:00:00Z', '2026-11-23T09:01:00Z', null)
  }),
  // GitHub never gives a review's number twice.
  { minLength: 2, maxLength: 9, selector: review => review.id }
)
const commits: fc.Arbitrary<Commit[]> = fc
  .array(
    fc.record({
      sha: fc.constantFrom('1'.repeat(40), '2'.repeat(40)),
      parents: fc.constant<string[]>([head]),
      author: fc.option(account),
      committer: fc.option(account),
      coAuthors: fc.array(account, { maxLength: 2 }),
      unknownCoAuthors: fc.nat(1)
    }),
    { maxLength: 2 }
  )
  .map(more => [commit(), ...more])
const names = fc.constantFrom('codeowners' as const, '@acme/sre' as const, '@mona' as const, '@defunkt' as const)
const stages = fc.array(
  fc.record({ count: fc.integer({ min: 1, max: 2 }), from: fc.array(names, { minLength: 1, maxLength: 2 }) }),
  {
    minLength: 1,
    maxLength: 2
  }
)
const scene: fc.Arbitrary<RequestFacts> = fc
  .record({
    reviews,
    commits: fc.oneof({ weight: 3, arbitrary: fc.constant<Commit[]>([commit()]) }, { weight: 1, arbitrary: commits }),
    stages,
    leads: fc.subarray(everyone, { minLength: 1 }),
    permissions: fc.array(permission, { minLength: 6, maxLength: 6 }),
    content: fc.boolean(),
    afterMerge: fc.boolean(),
    twins: fc.boolean()
  })
  .map(({ reviews, commits, stages, leads, permissions, content, afterMerge, twins }) => {
    const base = facts({
      reviews: known(reviews),
      commits: known(commits),
      clause: clause({ approvals: { kind: 'stages', stages } }),
      settings: { ...defaultSettings, approvals: { binding: content ? 'content' : 'strict' } },
      permissions: Object.fromEntries(everyone.map(({ id }, index) => [id, permissions[index] ?? unknown])),
      directory: twins ? directory(person(octocat), person(mona, { github: [mona, monalisa] })) : directory(),
      ...(afterMerge ? merged() : {})
    })
    return { ...base, teams: { ...base.teams, '@acme/payments-leads': known(leads) } }
  })

test('one more approval never turns an allowed request into a refused one', () => {
  const scenes = fc.tuple(
    scene,
    account,
    fc.constantFrom('2026-11-23T08:00:00Z', '2026-11-23T09:00:00Z', '2026-11-23T09:02:00Z')
  )
  let allowed = 0
  fc.assert(
    fc.property(scenes, ([given, by, submittedAt]) => {
      if (decide(given).outcome !== 'allow' || !given.reviews.known) return
      allowed += 1
      const one = review(by, { id: 99, submittedAt })
      expect(decide({ ...given, reviews: known([...given.reviews.value, one]) }).outcome).toBe('allow')
    }),
    { numRuns: 3_000 }
  )
  expect(allowed).toBeGreaterThan(50)
})

const forget: ((given: RequestFacts) => RequestFacts)[] = [
  given => ({ ...given, changes: unknown }),
  given => ({ ...given, file: null }),
  given => ({ ...given, commits: unknown }),
  given => ({ ...given, commits: known([]) }),
  given => ({ ...given, reviews: unknown }),
  given => ({ ...given, reviews: known([]) }),
  given => ({ ...given, reviewed: {} }),
  given => ({ ...given, teams: {} }),
  given => ({ ...given, users: {} }),
  given => ({ ...given, permissions: {} }),
  given => ({ ...given, providers: {} }),
  ...everyone.map(({ id }) => (given: RequestFacts) => ({
    ...given,
    permissions: { ...given.permissions, [id]: unknown }
  })),
  ...['@acme/payments', '@acme/payments-leads', '@acme/sre'].map(team => (given: RequestFacts) => ({
    ...given,
    teams: { ...given.teams, [team]: unknown }
  })),
  ...(['contract', 'directory', 'settings'] as const).map(name => (given: RequestFacts) => ({
    ...given,
    rules: { ...given.rules, [name]: { ...given.rules[name], parsed: unreadable({}) } }
  })),
  given => ({ ...given, rules: { ...given.rules, codeowners: { path: null, blob: null, parsed: null } } })
]

test('knowing less never allows what was not allowed (S6)', () => {
  fc.assert(
    fc.property(scene, fc.constantFrom(...forget), (given, less) => {
      if (decide(given).outcome !== 'allow') expect(decide(less(given)).outcome).not.toBe('allow')
    }),
    { numRuns: 3_000 }
  )
})

test('without any one family of facts nothing is allowed', () => {
  // The plainest request needs no account by login, no other reviewed commit, and nobody but mona.
  const needed = ['changes', 'file', 'commits', 'reviews', 'teams', 'permissions', 'providers'] as const
  const empty = {
    changes: unknown,
    file: null,
    commits: unknown,
    reviews: unknown,
    teams: {},
    permissions: {},
    providers: {}
  }
  for (const family of needed) {
    expect(decide({ ...facts(), [family]: empty[family] }).outcome).toBe('refuse')
  }
  for (const rule of ['contract', 'directory', 'settings', 'codeowners'] as const) {
    const { rules, ...given } = facts()
    const parsed = rule === 'codeowners' ? null : unreadable({})
    expect(decide({ ...given, rules: { ...rules, [rule]: { ...rules[rule], parsed } } }).outcome).toBe('refuse')
  }
})

test('the order in which GitHub lists things changes no byte', () => {
  const shuffled = scene.chain(given => {
    const list = <T>(items: { known: boolean; value?: T[] }) =>
      fc.shuffledSubarray(items.value ?? [], { minLength: items.value?.length ?? 0 })
    return fc
      .tuple(
        list(given.reviews),
        list(given.commits),
        list(given.teams['@acme/payments-leads'] ?? unknown),
        fc.constant(given)
      )
      .map(([reviews, commits, leads, same]) => ({
        given: same,
        other: {
          ...same,
          reviews: known(reviews),
          commits: known(commits),
          teams: Object.fromEntries(Object.entries({ ...same.teams, '@acme/payments-leads': known(leads) }).reverse()),
          permissions: { ...same.permissions }
        }
      }))
  })
  fc.assert(
    fc.property(shuffled, ({ given, other }) => {
      expect(JSON.stringify(decide(other))).toBe(JSON.stringify(decide(given)))
    }),
    { numRuns: 1_000 }
  )
})

test('the same facts give the same bytes, and are left as they were', () => {
  fc.assert(
    fc.property(scene, given => {
      const before = structuredClone({ ...given, file: null, rules: null })
      expect(JSON.stringify(decide(given))).toBe(JSON.stringify(decide(given)))
      expect({ ...given, file: null, rules: null }).toEqual(before)
    }),
    { numRuns: 200 }
  )
})

test('whatever text stands in the facts, it decides and shows nothing that is not seen', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 90 }),
    fc.constantFrom('__proto__', 'constructor', '`@all`', '\u202E')
  )
  const instant = fc.date()
  const hostile = fc.record({
    text,
    other: text,
    instant,
    later: instant,
    count: fc.oneof(fc.double(), fc.integer()),
    mode: text,
    problem: fc.boolean()
  })
  fc.assert(
    fc.property(hostile, ({ text, other, instant, later, count, mode, problem }) => {
      const who = { ...mona, login: text }
      const given = facts({
        now: instant,
        pull: pull({ author: { ...hubot, login: other }, base: { ref: text, sha: other } }),
        file: {
          path: text,
          mode,
          sha: other,
          text,
          parsed: problem
            ? unreadable({ message: text, expected: other, suggestion: text })
            : parsed(
                request({
                  id: text,
                  clause: other,
                  subject: text,
                  ticket: other,
                  durationSeconds: count,
                  startAt: later
                })
              )
        },
        contract: contract({
          title: text,
          parties: { owner: `@${text}`, eligible: [`@${other}`] },
          effective: { fromAt: later, untilAt: instant },
          clauses: Object.fromEntries([
            [
              other,
              clause({
                title: text,
                eligible: undefined,
                access: [{ provider: text, resource: other, role: text }],
                approvals: { kind: 'stages', stages: [{ count, from: [`@${text}`, 'codeowners'] }] },
                conditions: {
                  ticket: text,
                  window: { days: ['mon'], startMinute: count, endMinute: 60, zone: text },
                  require: [{ rule: text, because: text }]
                }
              })
            ]
          ])
        }),
        directory: directory(person({ id: 1, login: text }, { untilAt: later, identities: { [text]: other } })),
        rules: { codeowners: { path: text, blob: other, parsed: parseCodeowners(`* @${text}\n${other}`) } },
        teams: Object.fromEntries([[`@${text}`.toLowerCase(), known([who])]]),
        users: Object.fromEntries([[`@${text}`.toLowerCase(), known(who)]]),
        reviews: known([review(who, { commit: text, submittedAt: other }), review(who)])
      })
      const { outcome, reasons } = decide(given)
      expect(outcome).not.toBe('allow')
      for (const { because, todo = '' } of reasons)
        expect(because + todo).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029`]/u)
      nextTime(given)
      decideRemoval(
        removal({ pull: given.pull, teams: given.teams, users: given.users, codeowners: given.rules.codeowners })
      )
    }),
    { numRuns: 1_000 }
  )
})
