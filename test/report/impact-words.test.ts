// What an impact says in words.
import { expect, test } from 'vitest'
import { exampleSentence, impactSentences } from '../../src/report/impact-words.ts'
import type { Impact, Touched } from '../../src/report/replay.ts'

const impact = (over: Partial<Impact> = {}): Impact => ({
  contract: 'payments-production',
  requests: 9,
  allowedToRefused: 2,
  refusedToAllowed: 1,
  unchanged: { allowed: 3, refused: 1 },
  unjudged: { 'not-read': 0, 'request-unreadable': 0, 'directory-unreadable': 0, 'members-unknown': 2 },
  live: [],
  examples: [],
  ...over
})
const grant = (after: Touched['after']): Touched => ({
  request: 'R-1',
  pr: 1,
  clause: 'C-read',
  until: '2026-12-01T00:00:00Z',
  before: 'allow',
  after
})

test('nothing to decide again is said so', () => {
  expect(impactSentences(impact({ requests: 0 }))).toHaveLength(1)
})

test('each number is told, what could not be decided with its reason', () => {
  const [past, grants] = impactSentences(impact())
  expect(past).toBe(
    'Of 9 past requests, 2 that were allowed would be refused, 1 that was refused would be allowed, 4 would come out ' +
      'the same and 2 could not be decided again (2 where it is not known who was in a team).'
  )
  expect(grants).toBe('No grant that is in force is under a clause that changes.')
  const unjudged = { 'not-read': 0, 'request-unreadable': 0, 'directory-unreadable': 0, 'members-unknown': 0 }
  expect(impactSentences(impact({ requests: 1, unjudged }))[0]).not.toContain('could not')
})

test('grants in force are told, those out of the terms and those in doubt', () => {
  expect(impactSentences(impact({ live: [grant('allow')] }))[1]).toMatch(
    /^1 grant in force is .* 0 of them out of the new terms\.$/
  )
  expect(impactSentences(impact({ live: [grant('refuse'), grant('unknown')] }))[1]).toMatch(
    /^2 grants in force are .* 1 of them .*; of 1 it is not known\.$/
  )
})

test('an example says which pull request, what came out, and why', () => {
  const allow = { verdict: 'allow' as const, rule: null, because: null }
  const refuse = { verdict: 'refuse' as const, rule: 'duration-within', because: 'Too long.' }
  const one = { request: 'R-7' as const, pr: 7, clause: 'C-read', decidedAt: '2026-11-22T10:00:00Z' }
  expect(exampleSentence({ ...one, before: allow, after: refuse })).toBe(
    '#7 (C-read, 2026-11-22): allowed → refused. Too long.'
  )
  expect(exampleSentence({ ...one, before: refuse, after: allow })).toBe(
    '#7 (C-read, 2026-11-22): refused → allowed. Too long.'
  )
})
