// What the issues say: owners are mentioned on purpose, and nothing else that somebody wrote is alive in them (attack #76).
import { expect, test } from 'vitest'
import { noticeBody } from '../../src/act/issue.ts'
import { exceptionNotice, reviewNotice } from '../../src/act/notice.ts'
import type { ReviewTold } from '../../src/act/notice.ts'
import { fold } from '../../src/ledger/fold.ts'
import { frame, genesisHash } from '../../src/ledger/format.ts'
import type { RequestState } from '../../src/ledger/request-state.ts'
import { emptyState } from '../../src/ledger/state.ts'
import { decided } from '../ledger/records.ts'

const hostile = '@octocat [x](https://example.com) <b> #1 `'
const recordedAt = '2026-11-22T12:00:00.000Z'
const frameOf = { ledger: 'L-1', seq: 1, prev: genesisHash, recordedAt, app: '0.1.0' }
const request = fold(emptyState, [frame(decided(812), frameOf)]).requests.get('R-812') as RequestState

const told: ReviewTold = {
  request,
  dueAt: new Date('2026-11-23T12:00:00Z'),
  overdue: false,
  path: 'requests/payments-production/a.yml',
  owners: ['@acme/payments-leads', '@mona'],
  login: 'octocat',
  zone: 'UTC',
  labels: { ok: 'review-ok', finding: 'review-finding' },
  refused: null
}

/** What is outside code spans. */
const alive = (body: string): string => body.replaceAll(/(`+)[^`](?:.*?[^`])?\1(?!`)/gs, '')

test('the owners are mentioned, and nobody else', () => {
  const { body } = reviewNotice({ ...told, login: hostile, path: hostile })
  expect(alive(body).match(/@[\w/-]+/g)).toEqual(['@acme/payments-leads', '@mona'])
  expect(alive(body)).not.toMatch(/\]\(|<b>|#1\b/)
})

test('a name that is no name of GitHub is not written at all', () => {
  const { body } = reviewNotice({ ...told, owners: ['@mona', '@a b', 'x@example.com', '@mona\n# Big', '@MONA/x/y'] })
  expect(body.split('\n')[0]).toBe('@mona')
})

test('it says when it is due, and that it is overdue', () => {
  expect(reviewNotice(told).body).toContain('2026-11-23 12:00:00 UTC')
  expect(reviewNotice(told).body).not.toContain('Overdue')
  expect(reviewNotice({ ...told, overdue: true }).body).toContain('Overdue')
})

test('why a closing was no review is said without a mention', () => {
  const refused = { because: '@octocat closed it with neither label.', todo: 'One of @mona closes it.' }
  expect(alive(reviewNotice({ ...told, owners: [], refused }).body)).not.toContain('@')
})

test('an exception names its paths in code, as many as are read', () => {
  const paths = [hostile, ...Array.from({ length: 30 }, (_, index) => `requests/a/${index}.yml`)]
  const given = {
    key: 'exception pull-7',
    pr: 7,
    commit: 'c'.repeat(40),
    paths,
    owners: ['@mona'],
    failed: ['approved']
  }
  const { body, title } = exceptionNotice(given)
  expect(title).toContain('#7')
  expect(alive(body).match(/@[\w/-]+/g)).toEqual(['@mona'])
  expect(body).toContain('and 11 more')
  const push = exceptionNotice({ ...given, pr: null, commit: null, failed: [] })
  expect(push.title).not.toContain('#')
})

test('it is found again by its first line', () => {
  expect(noticeBody({ key: 'exception pull-7', body: 'x' })).toBe('<!-- addendum notice: exception pull-7 -->\nx')
})
