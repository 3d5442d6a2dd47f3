// The local GitHub, one pull request from branch to merge, seen through Octokit.
import { createHash, createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { APP, AT, company, openRequest } from './world.ts'

test('a pull request lives from its opening to its merge, and the app hears each step', async () => {
  const c = await company()
  const { number, head } = await openRequest(c)
  const opened = await c.app.rest.pulls.get({ ...AT, pull_number: number })
  expect(opened.data).toMatchObject({
    state: 'open',
    mergeable: true,
    mergeable_state: 'clean',
    commits: 1,
    changed_files: 1,
    head: { sha: head }
  })
  expect(opened.data.requested_teams?.map(t => t.slug)).toEqual(['leads'])

  const check = await c.app.rest.checks.create({ ...AT, name: 'addendum', head_sha: head, status: 'in_progress' })
  await c.app.rest.checks.update({
    ...AT,
    check_run_id: check.data.id,
    conclusion: 'success',
    output: { title: 'Fine', summary: 'All rules hold.' }
  })
  await c.app.rest.issues.createComment({ ...AT, issue_number: number, body: 'Hello' })
  await c.as('mona').rest.pulls.createReview({ ...AT, pull_number: number, event: 'APPROVE' })
  const merged = await c.app.rest.pulls.merge({ ...AT, pull_number: number, sha: head })

  const tip = await c.app.rest.repos.getBranch({ ...AT, branch: 'main' })
  expect(tip.data.commit.sha).toBe(merged.data.sha)
  expect(tip.data.commit.parents).toHaveLength(2)
  expect(tip.data.commit.commit.verification).toMatchObject({ verified: true })
  expect(tip.data.commit.commit.committer).toMatchObject({ email: 'noreply@github.com' })
  const after = await c.app.rest.pulls.get({ ...AT, pull_number: number })
  expect(after.data).toMatchObject({
    state: 'closed',
    merged: true,
    merge_commit_sha: merged.data.sha,
    commits: 1,
    changed_files: 1
  })

  await c.github.outbox.settled()
  expect(c.received.map(d => [d.event, d.payload['action']].filter(x => x !== undefined).join('.'))).toEqual([
    'create',
    'push',
    'pull_request.opened',
    'pull_request.review_requested',
    'check_run.created',
    'check_run.completed',
    'issue_comment.created',
    'pull_request_review.submitted',
    'pull_request.closed',
    'push'
  ])
  expect(c.github.violations).toEqual([])
})

test("deliveries carry GitHub's headers, their own GUID, and a signature over the exact bytes", async () => {
  const c = await company()
  await openRequest(c)
  await c.github.outbox.settled()
  expect(new Set(c.received.map(d => d.guid)).size).toBe(c.received.length)
  for (const { headers, body, payload } of c.received) {
    expect(headers.get('x-hub-signature-256')).toBe(
      `sha256=${createHmac('sha256', APP.webhookSecret).update(body).digest('hex')}`
    )
    expect(headers.get('x-github-hook-installation-target-id')).toBe(String(APP.id))
    expect(payload).toMatchObject({
      repository: { full_name: 'acme/access' },
      organization: { login: 'acme' },
      installation: { id: c.installationId }
    })
  }
})

test('with a given clock and source of randomness, the same story leaves the same bytes', async () => {
  const story = async (): Promise<string[]> => {
    let drawn = 0
    const random = (bytes: number): Buffer =>
      createHash('shake256', { outputLength: bytes }).update(`${drawn++}`).digest()
    const c = await company({ random })
    const { number } = await openRequest(c)
    const { data } = await c.app.rest.pulls.merge({ ...AT, pull_number: number })
    await c.github.outbox.settled()
    return [data.sha, ...c.received.flatMap(d => [d.guid, d.body])]
  }
  expect(await story()).toEqual(await story())
})
