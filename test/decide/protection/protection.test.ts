// What is said of the repository's protection: of the branches, which can stop grants, and of all else, which only warns.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeBranches } from '../../../src/decide/protection/branch-protection.ts'
import { decide } from '../../../src/decide/decide.ts'
import { judgeProtection } from '../../../src/decide/protection/protection.ts'
import { parseCodeowners } from '../../../src/model/codeowners.ts'
import { appEvents, appPermissions, mustQueue } from '../../../src/model/protection.ts'
import type { BranchProtection, FindingCode, Guard, GuardRule, ProtectionFacts } from '../../../src/model/protection.ts'
import { failedOf, facts, merged, protectedAs, reasonsOf } from '../facts.ts'

const codes = (branches: BranchProtection): FindingCode[] => judgeBranches(branches).map(finding => finding.code)
const stops = (branches: BranchProtection): FindingCode[] =>
  judgeBranches(branches).flatMap(finding => (finding.severity === 'stop' ? [finding.code] : []))

/** The recommended branches with each guard changed, or left out by null. */
function bent(change: (guard: Guard) => Guard | null): BranchProtection {
  const { app, main, ledger } = protectedAs()
  const each = (guards: Guard[] | null): Guard[] => (guards ?? []).flatMap(guard => change(guard) ?? [])
  return { app, main: each(main), ledger: each(ledger) }
}

function without(type: GuardRule['type']): BranchProtection {
  return bent(guard => ({ ...guard, rules: guard.rules.filter(rule => rule.type !== type) }))
}

const asTheApp = bent(guard => ({ ...guard, bypass: null }))

describe('judgeBranches', () => {
  test('finds nothing in what is recommended', () => {
    expect(codes(protectedAs())).toEqual([])
  })

  test.each<[GuardRule['type'], FindingCode[]]>([
    ['pull_request', ['main-pushable']],
    ['required_status_checks', ['check-missing', 'check-missing']],
    ['non_fast_forward', ['main-rewritable', 'ledger-rewritable']],
    ['deletion', ['main-deletable', 'ledger-deletable']],
    ['update', ['ledger-open']],
    ['creation', []],
    ['required_linear_history', []]
  ])('without the rule %s, these stop: %j', (type, expected) => {
    expect(stops(without(type))).toEqual(expected)
    expect(codes(without(type)).length).toBeGreaterThan(0)
  })

  test('rules that cannot be read stop, since unknown is no (S6)', () => {
    expect(stops({ app: 1, main: null, ledger: null })).toEqual(['main-unreadable', 'ledger-unreadable'])
  })

  test('bypass lists that are not shown warn and do not stop: the app needs no permission to administer', () => {
    expect(judgeBranches(asTheApp).map(({ code, severity }) => [code, severity])).toEqual([
      ['main-bypass-unknown', 'warn'],
      ['ledger-bypass-unknown', 'warn']
    ])
  })

  test.each<[Guard['app'], boolean]>([
    ['never', true],
    ['unknown', true],
    ['pull_request', false],
    ['always', false],
    ['exempt', false]
  ])('a merge queue that the app may pass %s leaves merging to people: %s', (app, left) => {
    const { main, ...others } = protectedAs()
    const queue: Guard = { name: 'Queue', rules: [{ type: 'merge_queue' }], bypass: [], app }
    const queued = { ...others, main: [...(main ?? []), queue] }
    expect(mustQueue(queued)).toBe(left)
    expect(codes(queued)).toEqual(left ? ['merge-queue'] : [])
    expect(stops(queued)).toEqual([])
  })

  test('without a merge queue, and where the rules are not known, nothing is left to people', () => {
    expect([mustQueue(protectedAs()), mustQueue({ main: null })]).toEqual([false, false])
  })

  test('where it is not known even how the app may pass, nobody is said to pass, and nobody not to', () => {
    const unsure = bent(guard => ({ ...guard, bypass: null, app: 'unknown' }))
    expect(codes(unsure)).toEqual(['main-bypass-unknown', 'reverts-unknown', 'ledger-bypass-unknown'])
    expect(stops(unsure)).toEqual([])
  })

  test('a check from anybody, or from another app, is not required of this one (attack #63)', () => {
    for (const app of [null, 1]) {
      const branches = bent(guard => ({
        ...guard,
        rules: guard.rules.map(rule =>
          rule.type === 'required_status_checks'
            ? { ...rule, checks: rule.checks.map(check => ({ ...check, app })) }
            : rule
        )
      }))
      expect(stops(branches)).toEqual(['check-unpinned', 'check-unpinned'])
    }
  })

  test('a rule holds for all where one ruleset with it can be passed by nobody, whatever the others let pass', () => {
    const { app, main, ledger } = protectedAs()
    const lax = (guards: Guard[] | null): Guard[] =>
      (guards ?? [])
        .filter(guard => guard.bypass?.length === 0)
        .map(guard => ({ ...guard, name: 'lax', bypass: [{ type: 'Team', id: 7, mode: 'always' }] }))
    expect(codes({ app, main: [...lax(main), ...(main ?? [])], ledger: [...lax(ledger), ...(ledger ?? [])] })).toEqual(
      []
    )
    expect(
      stops({ app, main, ledger: [...lax(ledger), ...(ledger ?? []).filter(guard => guard.bypass?.length !== 0)] })
    ).toEqual(['ledger-bypass'])
  })

  test('no fewer rules can ever give fewer stops', () => {
    const { main, ledger } = protectedAs()
    const kinds = [...(main ?? []), ...(ledger ?? [])].flatMap(guard =>
      guard.rules.map(rule => `${guard.name} ${rule.type}`)
    )
    const keep = (kept: readonly string[]): BranchProtection =>
      bent(guard => ({ ...guard, rules: guard.rules.filter(rule => kept.includes(`${guard.name} ${rule.type}`)) }))
    fc.assert(
      fc.property(fc.subarray(kinds), fc.subarray(kinds), (some, more) => {
        const few = stops(keep(some)).filter(code => code !== 'ledger-closed')
        const many = stops(keep([...some, ...more])).filter(code => code !== 'ledger-closed')
        expect(few).toEqual(expect.arrayContaining(many))
      }),
      { numRuns: 200 }
    )
  })
})

describe('the rule "protected"', () => {
  test('holds where nothing stops, though something warns', () => {
    expect(reasonsOf(decide(facts({ protection: asTheApp })), 'protected')).toMatchObject([{ holds: true }])
    expect(decide(facts()).outcome).toBe('allow')
  })

  test('waits before the merge, so that mending it is enough, and refuses after it (attacks #66, #67)', () => {
    const open = without('non_fast_forward')
    const before = decide(facts({ protection: open }))
    expect([before.outcome, failedOf(before)]).toEqual(['wait', ['protected']])
    expect(reasonsOf(before, 'protected')).toHaveLength(2)
    const after = decide(facts({ protection: open, ...merged() }))
    expect([after.outcome, failedOf(after)]).toEqual(['refuse', ['protected']])
  })
})

describe('judgeProtection', () => {
  const sound: ProtectionFacts = {
    branches: protectedAs(),
    classic: 'none',
    saysWho: true,
    repository: { isPublic: false, mergeable: true },
    app: {
      permissions: { ...appPermissions },
      events: [...appEvents],
      webhook: { url: 'https://addendum.acme.test/hook', secret: true, contentType: 'json', verifiesTls: true }
    },
    codeowners: { path: 'CODEOWNERS', parsed: parseCodeowners('* @acme/security\n') },
    guarded: ['directory.yml'],
    teams: { '@acme/security': true }
  }
  const webhook = sound.app?.webhook ?? null
  const hooked = (over: Partial<NonNullable<typeof webhook>>): Partial<ProtectionFacts> => ({
    app: sound.app === null || webhook === null ? null : { ...sound.app, webhook: { ...webhook, ...over } }
  })

  test('finds nothing where all is sound', () => {
    expect(judgeProtection(sound)).toEqual([])
  })

  test.each<[FindingCode, Partial<ProtectionFacts>]>([
    ['classic-unreadable', { classic: 'unknown' }],
    ['reverts-blocked', { classic: { stopsApp: true } }],
    ['pushers-unknown', { saysWho: false }],
    ['repository-public', { repository: { isPublic: true, mergeable: null } }],
    ['merge-method', { repository: { isPublic: false, mergeable: false } }],
    ['app-unreadable', { app: null }],
    ['permission-missing', { app: { ...sound.app, permissions: {}, events: [...appEvents], webhook } }],
    [
      'permission-excess',
      { app: { permissions: { ...appPermissions, workflows: 'write' }, events: [...appEvents], webhook } }
    ],
    [
      'permission-excess',
      { app: { permissions: { ...appPermissions, members: 'write' }, events: [...appEvents], webhook } }
    ],
    ['event-missing', { app: { permissions: { ...appPermissions }, events: ['push'], webhook } }],
    ['webhook-unreadable', { app: { permissions: { ...appPermissions }, events: [...appEvents], webhook: null } }],
    ['webhook-url', hooked({ url: null })],
    ['webhook-secret', hooked({ secret: false })],
    ['webhook-content-type', hooked({ contentType: 'form' })],
    ['webhook-tls', hooked({ verifiesTls: false })],
    ['webhook-tls', hooked({ url: 'http://127.0.0.1.attacker.example/hook' })],
    ['owners-missing', { codeowners: { path: null, parsed: null } }],
    ['owners-skipped', { codeowners: { path: 'CODEOWNERS', parsed: parseCodeowners('* @acme/security\n!a @b\n') } }],
    [
      'path-unowned',
      {
        guarded: ['directory.yml'],
        codeowners: { path: 'CODEOWNERS', parsed: parseCodeowners('* @acme/security\ndirectory.yml\n') }
      }
    ],
    ['team-powerless', { teams: { '@acme/security': false } }],
    ['team-unreadable', { teams: { '@acme/security': null } }],
    ['team-unreadable', { teams: {} }]
  ])('finds %s, and only warns of it', (code, over) => {
    expect(judgeProtection({ ...sound, ...over }).map(finding => [finding.code, finding.severity])).toEqual([
      [code, 'warn']
    ])
  })

  test('says first what stops', () => {
    const found = judgeProtection({ ...sound, branches: { ...protectedAs(), ledger: [] }, app: null })
    const severities = found.map(finding => finding.severity)
    expect(severities).toEqual([...severities].sort())
  })
})
