// The rule about policies: what they deny, warn of and limit, and what cannot be read or evaluated.
import { describe, expect, test } from 'vitest'
import { decide } from '../../../src/decide/decide.ts'
import { nextTime } from '../../../src/decide/time/next-time.ts'
import type { Holding, Read } from '../../../src/model/facts.ts'
import type { Policy } from '../../../src/model/policy.ts'
import {
  at,
  clause,
  directory,
  facts,
  failedOf,
  known,
  mona,
  now,
  octocat,
  person,
  reasonsOf,
  request,
  unknown,
  unreadable
} from '../facts.ts'
import type { Bend } from '../facts.ts'
import { policy, rule } from '../policy/policies.ts'

const under = (policies: Read<Policy>[], bend: Bend = {}) => decide(facts({ policies, ...bend }))
const failed = (policies: Read<Policy>[], bend: Bend = {}) => failedOf(under(policies, bend))
const held = (clauseId: string, contract = 'payments-production'): Holding => {
  return { contract, clause: clauseId, notBefore: now, notAfter: at('2026-11-23T12:00:00Z') }
}

describe('rules', () => {
  test.each<[string, object, 'allow' | 'refuse']>([
    ['deny refuses where it holds', { deny: "request.duration > duration('1h')" }, 'refuse'],
    ['deny passes where it does not', { deny: "request.duration > duration('2h')" }, 'allow'],
    ['require refuses where it does not hold', { require: "request.ticket != ''" }, 'refuse'],
    ['require passes where it holds', { require: "request.ticket == '' && clause.approvals == 1" }, 'allow'],
    ['require is not asked where "when" does not hold', { when: 'request.emergency', require: 'false' }, 'allow'],
    ['a "when" that fails refuses', { when: 'subject.until > now', require: 'true' }, 'refuse'],
    ['a test that fails refuses', { deny: 'subject.until < now' }, 'refuse'],
    ['even one that only warns', { warn: 'subject.until < now' }, 'refuse'],
    ['a rule on something else is not asked', { on: ['contract'], deny: 'true' }, 'allow']
  ])('%s', (_, of, outcome) => {
    const decision = under([policy({ rules: [rule(of)] })])
    expect([decision.outcome, failedOf(decision)]).toEqual([outcome, outcome === 'allow' ? [] : ['policy-holds']])
  })
  test('a warning holds, and is shown as one', () => {
    const decision = under([policy({ rules: [rule({ warn: 'true' })] })])
    expect(decision.outcome).toBe('allow')
    expect(reasonsOf(decision, 'policy-holds').map(({ holds, warning }) => [holds, warning])).toEqual([
      [true, true],
      [true, undefined]
    ])
  })
  test('every rule that denies has its reason, its policy and its place, and warnings stay', () => {
    const rules = [rule({ deny: 'true' }), rule({ id: 'r-two', warn: 'true' }), rule({ id: 'r-three', deny: 'true' })]
    const reasons = reasonsOf(under([policy({ rules })]), 'policy-holds')
    expect(reasons.map(({ holds }) => holds)).toEqual([false, false, true])
    expect(reasons[0]?.because).toContain('"r-one" of "company"')
    expect(reasons[0]?.mark?.line).toBe('/clause'.length + 1)
  })
  test('policies add up: none loosens another', () => {
    const strict = policy({ rules: [rule({ deny: 'true' })] })
    const lax = policy({ id: 'lax', rules: [rule({ deny: 'false' })] }, 'policies/lax.yml')
    for (const policies of [
      [strict, lax],
      [lax, strict]
    ])
      expect(failed(policies)).toEqual(['policy-holds'])
    expect(failed([lax])).toEqual([])
  })
  test('the decision cites what was applied', () => {
    const [none, one] = [under([]).inputs.policy, under([policy()]).inputs.policy]
    expect([none, one?.slice(0, 7)]).toEqual([null, 'sha256:'])
    expect(under([{ ...policy(), blob: '6'.repeat(40) }]).inputs.policy).not.toBe(one)
  })
})

describe('a policy that cannot judge denies', () => {
  test('everything, where it cannot be read', () => {
    expect(failed([{ path: 'policies/x.yml', blob: '5'.repeat(40), parsed: unreadable({}) }])).toEqual(['policy-holds'])
    expect(failed([{ path: 'policies/x.yml', blob: '5'.repeat(40), parsed: unreadable() }])).toEqual(['policy-holds'])
    expect(failed([{ path: 'policies/x.yml', blob: null, parsed: null }])).toEqual(['policy-holds'])
  })
  test('what its rules are on, where an expression cannot be compiled', () => {
    const broken = (over: object) => [policy({ rules: [rule({ deny: 'request.sorry', ...over })] })]
    expect(failed(broken({}))).toEqual(['policy-holds'])
    expect(failed(broken({ when: 'request.sorry', deny: 'true' }))).toEqual(['policy-holds'])
    expect(failed(broken({ on: ['contract'] }))).toEqual([])
    const limited = policy({ limits: { liveGrants: 5 }, rules: [rule({ on: ['contract'], deny: '1' })] })
    expect(failed([limited])).toEqual(['policy-holds'])
    const toxic = { id: 'n-one', of: ['a/C-a', 'b/C-b'], because: 'Never both.' }
    const never = policy({ never: [toxic], rules: [rule({ on: ['contract'], deny: '1' })] })
    expect(failed([never])).toEqual(['policy-holds'])
  })
})

describe('toxic combinations and limits', () => {
  const never = [{ id: 'n-one', of: ['payments-production/C-read', 'audit/C-write'], because: 'Never both.' }]
  test('nobody is granted the second of two that are never held together', () => {
    expect(failed([policy({ never })], { holdings: [held('C-write', 'audit')] })).toEqual(['policy-holds'])
    expect(failed([policy({ never })], { holdings: [held('C-read'), held('C-other', 'audit')] })).toEqual([])
    const other = { ...never[0], of: ['x/C-read', 'audit/C-write'] }
    expect(failed([policy({ never: [other] })], { holdings: [held('C-write', 'audit')] })).toEqual([])
  })
  test('how long, how many at once, and how many asked for', () => {
    const limits = (of: object, bend: Bend = {}) => failed([policy({ limits: of })], bend)
    expect(limits({ duration: '2h' })).toEqual([])
    expect(limits({ duration: '119m' })).toEqual(['policy-holds'])
    expect(limits({ liveGrants: 2 }, { holdings: [held('C-a')] })).toEqual([])
    expect(limits({ liveGrants: 2 }, { holdings: [held('C-a'), held('C-b')] })).toEqual(['policy-holds'])
    expect(limits({ openRequests: 2 }, { openRequests: known(2) })).toEqual([])
    expect(limits({ openRequests: 2 }, { openRequests: known(3) })).toEqual(['policy-holds'])
    expect(limits({ openRequests: 2 }, { openRequests: unknown })).toEqual(['policy-holds'])
  })
  test('more than can be judged is not judged', () => {
    const holdings = Array.from({ length: 201 }, () => held('C-a'))
    expect(
      failed([policy({ rules: [rule({ deny: "subject.holdings.exists(h, h.clause == 'C-b')" })] })], { holdings })
    ).toEqual(['policy-holds'])
  })
})

describe('what rules may know', () => {
  test.each([
    "request.id == '2026-11-22-octocat-read' && request.contract == contract.id && request.clause == clause.id",
    "request.subject == 'octocat' && request.author == 'octocat' && request.reason.contains('refunds')",
    "!request.emergency && !request.scheduled && request.start == now && request.end - now == duration('2h')",
    "subject.login == 'octocat' && subject.class == 'employee' && subject.company == '' && !has(subject.until)",
    "subject.holdings.all(h, h.contract == 'audit' && h.from == now && h.until - h.from == duration('2h'))",
    "contract.title != '' && contract.version == 3 && contract.owner == '@acme/payments-leads' && contract.from < now",
    "contract.until > now && zone == 'UTC' && size(clauses) == 1",
    "clause.title != '' && clause.access.all(a, a.provider == 'payments-db' && a.resource == 'ledger' && a.role != '')",
    "!clause.action && !clause.automatic && clause.duration == duration('8h') && 'soc2:CC6.3' in clause.controls",
    '!clause.needsTicket && !clause.hasHours'
  ])('%s', test => {
    expect(failed([policy({ rules: [rule({ require: test })] })], { holdings: [held('C-write', 'audit')] })).toEqual([])
  })
  test('nothing is judged of a subject who is not known, or by what is no time', () => {
    const any = [policy()]
    expect(failed(any, { request: request({ subject: 'nobody' }) })).toContain('policy-holds')
    expect(failed(any, { request: request({ durationSeconds: NaN }) })).toContain('policy-holds')
    expect(failed(any, { request: request({ clause: 'C-none' }) })).toContain('policy-holds')
    expect(
      failed(any, { clause: clause({ duration: undefined }), request: request({ durationSeconds: undefined }) })
    ).toContain('duration-within')
  })
})

describe('when to look again', () => {
  const next = (policies: Read<Policy>[], bend: Bend = {}) => nextTime(facts({ policies, ...bend }))?.toISOString()
  const late = '2026-12-31T22:00:00.001Z'
  test('a rule that reads the clock is asked again at the next quarter of an hour, and no other is', () => {
    expect(next([policy({ rules: [rule({ deny: 'request.emergency' })] })])).toBe(late)
    expect(next([policy({ rules: [rule({ deny: 'now.getHours() > 30' })] })])).toBe('2026-11-23T10:15:00.000Z')
    expect(next([policy({ rules: [rule({ when: 'request.emergency', deny: 'now.getHours() > 30' })] })])).toBe(late)
    const when = 'request.end > now'
    expect(next([policy({ rules: [rule({ when, deny: 'false' })] })])).toBe('2026-11-23T10:15:00.000Z')
  })
  test('so is an expression of the clause', () => {
    const require = [{ rule: 'now.getHours() < 30', because: 'One.' }]
    expect(next([], { clause: clause({ conditions: { require } }) })).toBe('2026-11-23T10:15:00.000Z')
    const approvals = { kind: 'automatic' as const, when: 'request.start > contract.from' }
    expect(next([], { clause: clause({ approvals }) })).toBe('2026-11-23T10:15:00.000Z')
    expect(next([], { clause: clause({ conditions: { require: [{ rule: 'sorry', because: 'One.' }] } }) })).toBe(late)
  })
  test('what stands in the way ends', () => {
    const limited = [policy({ limits: { liveGrants: 1 } })]
    expect(next(limited, { holdings: [held('C-a')] })).toBe('2026-11-23T12:00:00.000Z')
  })
})

test('an expression approves nothing that a policy denies', () => {
  const approvals = { kind: 'automatic' as const, when: 'true' }
  const people = directory(person(octocat), person(mona))
  const bend = { clause: clause({ approvals }), reviews: known([]), directory: people }
  expect(failed([policy({ rules: [rule({ deny: 'clause.automatic' })] })], bend)).toEqual(['policy-holds', 'approved'])
})
