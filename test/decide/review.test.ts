// Who may close the review of break-glass, and what closing it says: an act of an owner, never words (attacks #29, #73, #83).
import { describe, expect, test } from 'vitest'
import { judgeReview } from '../../src/decide/review.ts'
import type { ReviewFacts } from '../../src/decide/review.ts'
import type { Account } from '../../src/model/facts.ts'
import {
  at,
  bot,
  defunkt,
  directory,
  facts,
  hubot,
  known,
  mona,
  monalisa,
  octocat,
  path,
  person,
  unknown
} from './facts.ts'
import { unreadable } from './facts.ts'

function closed(over: Partial<ReviewFacts> = {}): ReturnType<typeof judgeReview> {
  const { now, teams, users, permissions, rules } = facts()
  const usual = { path, subject: octocat.id, author: octocat.id, closedBy: mona, labels: ['break-glass', 'review-ok'] }
  return judgeReview({ now, teams, users, permissions, rules, ...usual, ...over })
}

const rulesWith = (...people: Parameters<typeof directory>): ReviewFacts['rules'] =>
  facts({ directory: directory(...people) }).rules

describe('a review', () => {
  test('is an owner of the file closing the issue with one verdict', () => {
    expect(closed()).toEqual({ reviewed: true, by: mona, verdict: 'ok' })
    expect(closed({ labels: ['review-finding'] })).toEqual({ reviewed: true, by: mona, verdict: 'finding' })
    expect(closed({ subject: null })).toMatchObject({ reviewed: true })
  })

  test.each<[string, Partial<ReviewFacts>]>([
    ['without a verdict', { labels: ['break-glass'] }],
    ['with both', { labels: ['review-ok', 'review-finding'] }],
    ['by nobody whom GitHub names', { closedBy: null }],
    ['by somebody who does not own the file', { closedBy: hubot }],
    ['by the app', { closedBy: bot }],
    ['by an app that is on the team', { closedBy: bot, teams: { '@acme/payments-leads': known([bot]) } }],
    ['by who got the access', { subject: mona.id }],
    ['by who asked for it', { author: mona.id }],
    ['by another account of who got it', { rules: rulesWith(person(octocat, { github: [octocat, mona] })) }],
    ['by somebody who has left', { rules: rulesWith(person(mona, { untilAt: at('2026-01-01T00:00:00Z') })) }],
    ['by a service', { rules: rulesWith(person(mona, { class: 'service' })) }],
    ['by somebody who may not write', { permissions: { [mona.id]: known('read' as const) } }],
    ['by somebody of whom that is not known', { permissions: {} }],
    ['where the team is not known', { teams: { '@acme/payments-leads': unknown } }],
    ['where nobody owns the file', { rules: facts({ codeowners: '/other @mona\n' }).rules }],
    ['where the directory cannot be read', { rules: facts({ rules: { directory: unreadableDirectory() } }).rules }]
  ])('%s is none', (_, over) => {
    expect(closed(over)).toMatchObject({ reviewed: false })
  })

  test('a login alone is nobody: the account is known by its number', () => {
    const recycled: Account = { ...defunkt, login: 'mona' }
    expect(closed({ closedBy: recycled })).toMatchObject({ reviewed: false })
    expect(closed({ closedBy: monalisa })).toMatchObject({ reviewed: true })
  })
})

function unreadableDirectory() {
  return { path: 'directory.yml', blob: '2'.repeat(40), parsed: unreadable({}) }
}
