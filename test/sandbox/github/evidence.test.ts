// The local GitHub's two lists that say who did what: pushes to a branch, and dismissals of reviews.
import { expect, test } from 'vitest'
import { APP, AT, company, octokitFor, openRequest, refusal } from './world.ts'

test('the activity of a branch names every push, newest first, and its deletion, and goes on at the cursor', async () => {
  const c = await company()
  await openRequest(c)
  c.seed.commit('acme/access', 'request', { 'requests/r1.yml': 'b' }, { by: 'mona' })
  c.seed.commit('acme/access', 'request', { 'requests/r1.yml': 'c' }, { by: 'octocat', force: true })
  await c.app.rest.git.deleteRef({ ...AT, ref: 'heads/request' })
  const asked = { ...AT, ref: 'refs/heads/request', per_page: 3 }
  const first = await c.app.rest.repos.listActivities(asked)
  const after = /[?&]after=([^&>]+)[^>]*>; rel="next"/.exec(first.headers.link ?? '')?.[1] ?? ''
  const second = await c.app.rest.repos.listActivities({ ...asked, after })
  expect([...first.data, ...second.data].map(one => [one.activity_type, one.actor?.login])).toEqual([
    ['branch_deletion', 'addendum[bot]'],
    ['force_push', 'octocat'],
    ['push', 'mona'],
    ['branch_creation', 'octocat']
  ])
  expect(second.headers.link).toBeUndefined()
  expect((await c.app.rest.repos.listActivities({ ...AT, ref: 'nothing' })).data).toEqual([])
})

test('the events of a pull request say who dismissed which review, and what it was', async () => {
  const c = await company()
  const { number } = await openRequest(c)
  const review = async (login: string, event: 'APPROVE' | 'REQUEST_CHANGES') =>
    (await c.as(login).rest.pulls.createReview({ ...AT, pull_number: number, event, body: 'x' })).data.id
  const objection = await review('mona', 'REQUEST_CHANGES')
  const dismissal = { ...AT, pull_number: number, review_id: objection, message: 'Settled' }
  await c.as('octocat').rest.pulls.dismissReview(dismissal)
  c.seed.protect('acme/access', 'main', { as: 'classic', reviews: { count: 1, dismissStale: true } })
  const approval = await review('mona', 'APPROVE')
  const push = c.seed.commit('acme/access', 'request', { 'requests/r1.yml': 'b' }, { by: 'octocat' })
  const { data } = await c.app.request('GET /repos/{owner}/{repo}/issues/{issue_number}/events', {
    ...AT,
    issue_number: number
  })
  const told = data.map(one => ('dismissed_review' in one ? [one.event, one.actor.login, one.dismissed_review] : []))
  const stale = { dismissal_message: null, dismissal_commit_id: push }
  expect(told).toEqual([
    ['review_dismissed', 'octocat', { state: 'changes_requested', review_id: objection, dismissal_message: 'Settled' }],
    ['review_dismissed', 'octocat', { state: 'approved', review_id: approval, ...stale }]
  ])
})

test('each list asks for its permission', async () => {
  const without = async (permissions: Record<string, 'read' | 'write'>) => {
    const c = await company({ app: { ...APP, permissions } })
    return { app: octokitFor(c.github, c.installationToken), number: (await openRequest(c)).number }
  }
  const blind = await without({ issues: 'read', pull_requests: 'read' })
  expect((await refusal(blind.app.rest.repos.listActivities(AT))).status).toBe(403)
  expect((await blind.app.rest.issues.listEvents({ ...AT, issue_number: blind.number })).status).toBe(200)
  const deaf = await without({ contents: 'read' })
  expect((await deaf.app.rest.repos.listActivities(AT)).status).toBe(200)
  expect((await refusal(deaf.app.rest.issues.listEvents({ ...AT, issue_number: deaf.number }))).status).toBe(403)
})
