// The local GitHub's reviews: whose count, on which commit, and what dismissing leaves.
import { expect, test } from 'vitest'
import { AT, company, openRequest, refusal } from './world.ts'

test('an author neither approves nor objects to their own pull request, but may comment', async () => {
  const c = await company()
  const { number } = await openRequest(c)
  const review = (event: 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT') =>
    c.as('octocat').rest.pulls.createReview({ ...AT, pull_number: number, event, body: 'x' })
  expect((await refusal(review('APPROVE'))).status).toBe(422)
  expect((await refusal(review('REQUEST_CHANGES'))).status).toBe(422)
  expect((await review('COMMENT')).data.state).toBe('COMMENTED')
})

test('the app does not approve what it opened itself', async () => {
  const c = await company()
  c.seed.commit('acme/access', 'revert', { 'requests/x.yml': '1' }, { by: 'octocat' })
  const { data } = await c.app.rest.pulls.create({ ...AT, title: 'x', head: 'revert', base: 'main' })
  expect(data.user).toMatchObject({ login: 'addendum[bot]', type: 'Bot' })
  expect(
    (await refusal(c.app.rest.pulls.createReview({ ...AT, pull_number: data.number, event: 'APPROVE' }))).status
  ).toBe(422)
})

test('a review keeps the commit it was made on, the head unless another is named', async () => {
  const c = await company()
  const { number, head } = await openRequest(c)
  const first = await c.as('mona').rest.pulls.createReview({ ...AT, pull_number: number, event: 'APPROVE' })
  const next = c.seed.commit('acme/access', 'request', { 'requests/r1.yml': 'y' }, { by: 'octocat' })
  const old = await c
    .as('monalisa')
    .rest.pulls.createReview({ ...AT, pull_number: number, event: 'APPROVE', commit_id: head })
  const fresh = await c.as('monalisa').rest.pulls.createReview({ ...AT, pull_number: number, event: 'APPROVE' })
  expect([first, old, fresh].map(r => r.data.commit_id)).toEqual([head, head, next])
  expect(
    (
      await refusal(
        c
          .as('mona')
          .rest.pulls.createReview({ ...AT, pull_number: number, event: 'APPROVE', commit_id: '0'.repeat(40) })
      )
    ).status
  ).toBe(422)
  const { data } = await c.app.rest.pulls.listReviews({ ...AT, pull_number: number })
  expect(data.map(r => [r.user?.login, r.state])).toEqual([
    ['mona', 'APPROVED'],
    ['monalisa', 'APPROVED'],
    ['monalisa', 'APPROVED']
  ])
})

test("a reader's approval is recorded like any other", async () => {
  const c = await company()
  const { number } = await openRequest(c)
  expect(
    (await c.as('hubot').rest.pulls.createReview({ ...AT, pull_number: number, event: 'APPROVE' })).data
  ).toMatchObject({ state: 'APPROVED', author_association: 'MEMBER' })
})

test('a dismissed review stays, dismissed; a comment cannot be dismissed, and a reader dismisses nothing', async () => {
  const c = await company()
  const { number } = await openRequest(c)
  const { data } = await c
    .as('mona')
    .rest.pulls.createReview({ ...AT, pull_number: number, event: 'REQUEST_CHANGES', body: 'No.' })
  const dismiss = (login: string, id: number) =>
    c.as(login).rest.pulls.dismissReview({ ...AT, pull_number: number, review_id: id, message: 'done' })
  expect((await refusal(dismiss('hubot', data.id))).status).toBe(403)
  expect((await dismiss('octocat', data.id)).data.state).toBe('DISMISSED')
  expect((await c.app.rest.pulls.listReviews({ ...AT, pull_number: number })).data.map(r => r.state)).toEqual([
    'DISMISSED'
  ])
  const comment = await c
    .as('mona')
    .rest.pulls.createReview({ ...AT, pull_number: number, event: 'COMMENT', body: 'hm' })
  expect((await refusal(dismiss('octocat', comment.data.id))).status).toBe(422)
  await c.github.outbox.settled()
  expect(
    c.received
      .filter(d => d.event === 'pull_request_review')
      .map(d => [d.payload['action'], (d.payload['review'] as { state: string }).state])
  ).toEqual([
    ['submitted', 'changes_requested'],
    ['dismissed', 'dismissed'],
    ['submitted', 'commented']
  ])
})

test('on a branch with classic review rules only administrators dismiss', async () => {
  const c = await company()
  c.seed.protect('acme/access', 'main', { as: 'classic', reviews: { count: 1 } })
  const { number } = await openRequest(c)
  const { data } = await c.as('mona').rest.pulls.createReview({ ...AT, pull_number: number, event: 'APPROVE' })
  const dismiss = (login: string) =>
    c.as(login).rest.pulls.dismissReview({ ...AT, pull_number: number, review_id: data.id, message: 'done' })
  expect((await refusal(dismiss('octocat'))).status).toBe(403)
  expect((await dismiss('monalisa')).data.state).toBe('DISMISSED')
})

test("a pending review is its author's secret until it is submitted, and there is one at a time", async () => {
  const c = await company()
  const { number } = await openRequest(c)
  const mona = c.as('mona').rest.pulls
  const { data } = await mona.createReview({ ...AT, pull_number: number, body: 'draft' })
  expect(data.state).toBe('PENDING')
  expect((await refusal(mona.createReview({ ...AT, pull_number: number, event: 'APPROVE' }))).status).toBe(422)
  expect((await c.app.rest.pulls.listReviews({ ...AT, pull_number: number })).data).toEqual([])
  expect((await refusal(c.app.rest.pulls.getReview({ ...AT, pull_number: number, review_id: data.id }))).status).toBe(
    404
  )
  expect(
    (await mona.submitReview({ ...AT, pull_number: number, review_id: data.id, event: 'APPROVE' })).data.state
  ).toBe('APPROVED')
  expect((await mona.updateReview({ ...AT, pull_number: number, review_id: data.id, body: 'yes' })).data.body).toBe(
    'yes'
  )
  await c.github.outbox.settled()
  expect(c.received.filter(d => d.event === 'pull_request_review').map(d => d.payload['action'])).toEqual([
    'submitted',
    'edited'
  ])
})

test('reviews are asked of collaborators only, never of the author, and answering takes the request away', async () => {
  const c = await company()
  c.seed.user('stranger')
  const { number } = await openRequest(c)
  const ask = (more: object) => c.app.rest.pulls.requestReviewers({ ...AT, pull_number: number, ...more })
  expect((await refusal(ask({ reviewers: ['stranger'] }))).status).toBe(422)
  expect((await refusal(ask({ reviewers: ['octocat'] }))).status).toBe(422)
  expect((await refusal(ask({ team_reviewers: ['nobody'] }))).status).toBe(422)
  expect((await ask({ reviewers: ['monalisa', 'mona'] })).data.requested_reviewers?.map(u => u.login)).toEqual([
    'monalisa',
    'mona'
  ])
  await c.app.rest.pulls.removeRequestedReviewers({ ...AT, pull_number: number, reviewers: ['monalisa'] })
  await c.as('mona').rest.pulls.createReview({ ...AT, pull_number: number, event: 'APPROVE' })
  expect((await c.app.rest.pulls.listRequestedReviewers({ ...AT, pull_number: number })).data).toEqual({
    users: [],
    teams: []
  })
})
