// Who dismissed: read only where it matters, whole or not at all.
import { expect, test } from 'vitest'
import type { Review } from '../../src/model/facts.ts'
import { readDismissals } from '../../src/read/dismissals.ts'
import { answering, pullOf } from './answering.ts'

const mona = { id: 3, login: 'mona', type: 'User' }
const octocat = { id: 1, login: 'octocat', type: 'User' }
const known = <T>(value: T): { known: true; value: T } => ({ known: true, value })

const review = (state: Review['state'], at: string | null, id = 20): Review => {
  return { id, user: mona, state, commit: 'a'.repeat(40), submittedAt: at === null ? null : `2026-11-23T${at}Z` }
}
const gone = known([review('DISMISSED', '09:30:00')])
const event = (state: string, actor: object | null = octocat) => ({
  event: 'review_dismissed',
  actor,
  dismissed_review: { state, review_id: 20, dismissal_message: null }
})

test('says what each dismissed review had said, and who dismissed it', async () => {
  const body = [{ event: 'labeled', actor: mona }, event('changes_requested'), event('approved'), event('commented')]
  const { repository } = answering(() => ({ body: [...body, event('odd', null)] }))
  const found = await readDismissals(repository, pullOf(), gone)
  const was = ['CHANGES_REQUESTED', 'APPROVED', 'COMMENTED'] as const
  const told = was.map(one => ({ review: 20, was: one, by: octocat }))
  expect(found).toEqual(known([...told, { review: 20, was: null, by: null }]))
})

test('asks only where the last that somebody said may be dismissed', async () => {
  const { repository, asked } = answering(() => ({ body: [] }))
  const after = async (...reviews: Review[]): Promise<number> => {
    asked.length = 0
    expect(await readDismissals(repository, pullOf(), known(reviews))).toEqual(known([]))
    return asked.length
  }
  const dismissed = review('DISMISSED', '09:30:00')
  expect(await after()).toBe(0)
  expect(await after(review('APPROVED', '09:30:00'))).toBe(0)
  expect(await after(dismissed, review('APPROVED', '09:40:00', 21))).toBe(0)
  expect(await after(dismissed, review('CHANGES_REQUESTED', '09:40:00', 21))).toBe(0)
  expect(await after(dismissed, review('COMMENTED', '09:40:00', 21))).toBe(1)
  expect(await after(dismissed, review('APPROVED', '09:30:00', 21))).toBe(1)
  expect(await after(dismissed, { ...review('APPROVED', '09:40:00', 21), user: octocat })).toBe(1)
  expect(await after(review('DISMISSED', null), review('APPROVED', '09:40:00', 21))).toBe(1)
  expect(await readDismissals(repository, pullOf(), { known: false, because: 'They are cut.' })).toEqual(known([]))
})

test('reads all pages, and a thousand events at most', async () => {
  const labels = Array.from({ length: 100 }, () => ({ event: 'labeled', actor: mona }))
  const two = answering((_, query) => ({ body: query.get('page') === '1' ? labels : [event('approved')] }))
  expect(await readDismissals(two.repository, pullOf(), gone)).toMatchObject({ known: true, value: [{ by: octocat }] })
  const endless = answering(() => ({ body: labels }))
  expect(await readDismissals(endless.repository, pullOf(), gone)).toMatchObject({ known: false })
  expect(endless.asked).toHaveLength(10)
})

test.each([404, 410])('an answer of %i is unknown, and not none', async status => {
  const { repository } = answering(() => ({ status, body: { message: 'no' } }))
  expect(await readDismissals(repository, pullOf(), gone)).toMatchObject({ known: false })
})

test('a failure is tried again', async () => {
  const { repository } = answering(() => ({ status: 500, body: {} }))
  await expect(readDismissals(repository, pullOf(), gone)).rejects.toMatchObject({ code: 'github.unavailable' })
})

test('a server that offers only the core is not asked, and says nothing', async () => {
  const { repository, asked } = answering(() => ({ body: [event('approved')] }), 'http://shaped.local/api/v3')
  expect(await readDismissals(repository, pullOf(), gone)).toBeNull()
  expect(asked).toEqual([])
})
