// Who may take a request file out (attack #43).
import { describe, expect, test } from 'vitest'
import { decideRemoval } from '../../src/decide/removal.ts'
import { parseCodeowners } from '../../src/model/codeowners.ts'
import type { Change, RemovalFacts } from '../../src/model/facts.ts'
import {
  bot,
  defunkt,
  facts,
  failedOf,
  head,
  hubot,
  known,
  mona,
  monalisa,
  octocat,
  older,
  path,
  pull,
  reasonsOf,
  removal,
  review,
  unknown
} from './facts.ts'

const result = (over: Partial<RemovalFacts>) => {
  const decision = decideRemoval(removal(over))
  return [decision.outcome, ...failedOf(decision)]
}
const removed = (...paths: string[]) =>
  known(paths.map((one): Change => ({ path: one, previousPath: null, status: 'removed' })))
const second = 'requests/payments-production/other.yml'
const by = (author: typeof octocat) => ({ pull: pull({ author }) })

test('who asked, who has the access and who owns the file need nobody', () => {
  expect(result({})).toEqual(['allow'])
  const request = { author: hubot.id, subject: octocat.id, ended: false }
  expect(result({ removals: [{ path, request }] })).toEqual(['allow'])
  expect(result({ removals: [{ path, request }], ...by(hubot) })).toEqual(['allow'])
  const decision = decideRemoval(removal(by(mona)))
  expect([decision.outcome, decision.stages]).toEqual(['allow', []])
})

describe('anybody else', () => {
  test('needs an owner’s approval of the head, and is told whose', () => {
    const decision = decideRemoval(removal(by(hubot)))
    expect([decision.outcome, ...failedOf(decision)]).toEqual(['wait', 'may-remove'])
    expect(decision.stages[0]).toMatchObject({ count: 1, missing: 1, from: ['@acme/payments-leads'] })
    expect(reasonsOf(decision, 'may-remove')[0]?.todo).toContain('@acme/payments-leads')
    expect(result({ ...by(hubot), reviews: known([review(mona)]) })).toEqual(['allow'])
  })
  test.each<[string, Partial<RemovalFacts>]>([
    ['of an older commit', { reviews: known([review(mona, { commit: older })]) }],
    ['of somebody who owns nothing', { reviews: known([review(octocat)]) }],
    ['of an owner who may only read', { reviews: known([review(mona)]), permissions: { [mona.id]: known('read') } }],
    ['of an owner who is not known', { reviews: known([review(mona)]), permissions: {} }]
  ])('is not helped by an approval %s', (_, over) => {
    expect(result({ ...by(hubot), ...over })).toEqual(['wait', 'may-remove'])
  })
  test('is refused where owners or reviews are not known', () => {
    expect(result({ ...by(hubot), codeowners: { path: null, blob: null, parsed: null } })).toEqual([
      'refuse',
      'may-remove'
    ])
    expect(result({ ...by(hubot), reviews: unknown })).toEqual(['refuse', 'may-remove'])
    expect(result({ ...by(hubot), removals: [{ path, request: null }] })).toEqual(['wait', 'may-remove'])
  })
  test('an owner must be a user who may write now', () => {
    const doubtful = decideRemoval(removal({ ...by(mona), permissions: {} }))
    expect([doubtful.outcome, ...failedOf(doubtful)]).toEqual(['wait', 'may-remove'])
    expect(doubtful.stages[0]?.eligible).toEqual([{ id: 4, login: 'monalisa' }])
    const codeowners = { path: 'CODEOWNERS', blob: head, parsed: parseCodeowners('/requests/ @acme/bots\n') }
    const robot = { ...bot, id: 91 }
    const teams = { '@acme/bots': known([robot]) }
    expect(result({ ...by(robot), codeowners, teams, permissions: { 91: known('write') } })).toEqual([
      'wait',
      'may-remove'
    ])
    expect(result({ ...by({ ...defunkt, login: 'mona' }) })).toEqual(['wait', 'may-remove'])
  })
})

describe('the app', () => {
  const ended = { author: octocat.id, subject: octocat.id, ended: true }
  const two = { changes: removed(path, second), ...by(bot) }
  test('takes out what has ended, several at once', () => {
    expect(
      result({
        ...two,
        removals: [
          { path, request: ended },
          { path: second, request: ended }
        ]
      })
    ).toEqual(['allow'])
  })
  test('takes out nothing that has not ended', () => {
    const live = { ...ended, ended: false }
    expect(
      result({
        ...two,
        removals: [
          { path, request: ended },
          { path: second, request: live }
        ]
      })
    ).toEqual(['refuse', 'may-remove'])
    expect(
      result({
        ...two,
        removals: [
          { path, request: ended },
          { path: second, request: null }
        ]
      })
    ).toEqual(['refuse', 'may-remove'])
    expect(result({ ...by(bot), removals: [{ path, request: live }] })).toEqual(['wait', 'may-remove'])
  })
  test('is the only one who may take out several', () => {
    const removals = [
      { path, request: ended },
      { path: second, request: ended }
    ]
    expect(result({ ...two, removals, ...by(monalisa) })).toEqual(['refuse', 'one-document', 'may-remove'])
  })
})

describe('the pull request', () => {
  test.each<[string, Partial<RemovalFacts>]>([
    ['an incomplete list of changes', { changes: unknown }],
    ['nothing', { changes: known([]) }],
    [
      'a removal beside another change (attack #32)',
      {
        changes: known<Change[]>([
          { path, previousPath: null, status: 'removed' },
          { path: second, previousPath: null, status: 'added' }
        ])
      }
    ],
    ['a rename', { changes: known<Change[]>([{ path, previousPath: second, status: 'removed' }]) }],
    ['another document', { changes: removed('contracts/payments-production.yml') }],
    ['a file of which nothing was read', { changes: removed(second) }],
    [
      'more read than removed',
      {
        removals: [
          { path, request: null },
          { path: second, request: null }
        ]
      }
    ]
  ])('is refused with %s', (_, over) => {
    expect(result(over)).toEqual(['refuse', 'one-document', 'may-remove'])
  })
  test('is refused from a fork, and waits as a draft', () => {
    expect(result({ pull: pull({ head: { sha: head, ref: 'x', sameRepository: false } }) })).toEqual([
      'refuse',
      'same-repository'
    ])
    expect(result({ pull: pull({ draft: true }) })).toEqual(['wait', 'ready-for-review'])
  })
})

test('names are quoted, never passed on', () => {
  const hostile = { ...hubot, login: 'hu`bot\u202E' }
  const decision = decideRemoval(removal(by(hostile)))
  expect(JSON.stringify(decision.reasons)).not.toMatch(/[`\u202E]/)
  expect(facts().pull.author).toEqual(octocat)
})
