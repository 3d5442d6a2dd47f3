// Who could get what: everyone whom decide() would not refuse for who they are, and nobody else.
import { describe, expect, test } from 'vitest'
import { reachChanges, reachOf } from '../../../src/decide/agreement/reach.ts'
import { decide } from '../../../src/decide/decide.ts'
import type { Clause } from '../../../src/model/contract.ts'
import type { Directory } from '../../../src/model/directory.ts'
import {
  bot,
  clause,
  contract,
  directory,
  facts,
  failedOf,
  hubot,
  known,
  monalisa,
  now,
  octocat,
  person,
  request,
  unknown
} from '../facts.ts'
import { acting } from './agreements.ts'

const { teams, users } = facts()
const reach = (terms: Partial<Clause>, people: Directory = directory()) =>
  reachOf(contract({ clauses: { 'C-read': clause(terms) } }), { teams, users, directory: people, at: now })
const whoCan = (terms: Partial<Clause>, people?: Directory) => [...(reach(terms, people).people.get('C-read') ?? [])]

describe('who could ask', () => {
  test.each<[string, Partial<Clause>, Directory | undefined, string[]]>([
    ['members of a team', {}, undefined, ['p-hubot', 'p-octocat']],
    [
      'whom the contract names, where the clause does not',
      { eligible: undefined },
      undefined,
      ['p-hubot', 'p-octocat']
    ],
    ['an account', { eligible: ['@Mona'] }, undefined, ['p-mona']],
    ['nobody whom the directory does not know', { eligible: ['@defunkt'] }, undefined, []],
    ['a person once, by all accounts', {}, directory(person(octocat, { github: [octocat, hubot] })), ['p-octocat']],
    ['nobody past their end date', {}, directory(person(octocat, { untilAt: now }), person(hubot)), ['p-hubot']],
    [
      'nobody without an identity',
      {},
      directory(person(octocat, { identities: { 'payments-db': '' } }), person(hubot)),
      ['p-hubot']
    ],
    ['nobody without any', {}, directory(person(octocat, { identities: {} })), []]
  ])('%s', (_, terms, people, expected) => expect(whoCan(terms, people)).toEqual(expected))
  test('an action needs no identity', () => {
    const agreed = contract({ clauses: { 'C-act': acting() } })
    const people = directory(person(octocat, { identities: {} }))
    expect([...(reachOf(agreed, { teams, users, directory: people, at: now }).people.get('C-act') ?? [])]).toEqual([
      'p-octocat'
    ])
  })
  test('names that are not known are told once, by name', () => {
    const clauses = {
      'C-a': clause({ eligible: ['@gone', '@acme/secret'] }),
      'C-b': clause({ eligible: ['@acme/secret'] })
    }
    const lost = reachOf(contract({ clauses }), {
      teams: { '@acme/secret': unknown },
      users: {},
      directory: directory(),
      at: now
    })
    expect(lost.unknown).toEqual([
      { name: '@acme/secret', because: 'GitHub did not say.' },
      { name: '@gone', because: 'It was not read.' }
    ])
  })
  test('is whom decide() does not refuse for who they are', () => {
    const people = directory(person(octocat), person(hubot, { identities: {} }), person(monalisa, { untilAt: now }))
    const able = whoCan({}, people)
    for (const {
      id,
      github: [account]
    } of people.people) {
      const failed = failedOf(decide(facts({ directory: people, request: request({ subject: account?.login ?? '' }) })))
      const refused = failed.includes('subject-known') || failed.includes('subject-eligible')
      expect(able.includes(id)).toBe(!refused)
    }
  })
})

describe('a change', () => {
  const of = (...eligible: `@${string}`[]) => reach({ eligible })
  test('is told by clause', () => {
    expect(reachChanges(of('@hubot'), of('@acme/payments', '@mona'))).toEqual([
      { clause: 'C-read', gained: ['p-mona', 'p-octocat'], lost: [], sentence: '2 more people could ask for "C-read".' }
    ])
    expect(reachChanges(of('@hubot'), of('@mona'))[0]?.sentence).toBe(
      '1 more person and 1 fewer person could ask for "C-read".'
    )
    expect(reachChanges(of('@hubot'), of('@hubot'))).toEqual([])
  })
  test('a clause that comes or goes counts', () => {
    const none = reachOf(contract({ clauses: {} }), { teams, users, directory: directory(), at: now })
    expect(reachChanges(none, of('@hubot'))[0]?.sentence).toBe('1 more person could ask for "C-read".')
    expect(reachChanges(of('@acme/payments'), none)[0]).toMatchObject({ gained: [], lost: ['p-hubot', 'p-octocat'] })
  })
  test('an account that is no person is nobody', () => {
    const robots = { ...teams, '@acme/payments': known([bot]) }
    const found = reachOf(contract(), { teams: robots, users, directory: directory(), at: now })
    expect([...(found.people.get('C-read') ?? [])]).toEqual([])
  })
})
