// The local GitHub's HTTP: tags, pages, limits, and requests that fail on demand.
import { describe, expect, test } from 'vitest'
import { AT, BASE, company, octokitFor, openRequest, refusal } from './world.ts'

const OPERATION = 'repos/get'

describe('answers', () => {
  test('carry a tag, and cost nothing when nothing changed', async () => {
    const c = await company()
    const first = await c.app.rest.repos.get(AT)
    const used = Number(first.headers['x-ratelimit-used'])
    const again = (): Promise<Response> =>
      c.github.fetch(
        new Request(`${BASE}/repos/acme/access`, {
          headers: { authorization: `token ${c.installationToken}`, 'if-none-match': first.headers.etag ?? '' }
        })
      )
    const unchanged = await again()
    expect([unchanged.status, await unchanged.text(), unchanged.headers.get('x-ratelimit-used')]).toEqual([
      304,
      '',
      String(used)
    ])
    expect(unchanged.headers.get('date')).toBe('Sun, 22 Nov 2026 12:00:00 GMT')
    await c.as('monalisa').rest.repos.update({ ...AT, delete_branch_on_merge: true })
    expect((await again()).status).toBe(200)
    expect(c.github.counts().get(OPERATION)).toEqual({ total: 3, notModified: 1, writes: 0 })
    c.github.resetCounts()
    expect(c.github.counts().size).toBe(0)
  })
  test('come in pages of at most a hundred, linked to each other', async () => {
    const c = await company()
    for (let i = 1; i <= 205; i++) await c.app.rest.issues.create({ ...AT, title: `${i}` })
    const page = await c.app.rest.issues.listForRepo({ ...AT, per_page: 500, page: 2 })
    expect(page.data).toHaveLength(100)
    expect((page.headers.link ?? '').match(/[?&]page=\d+|rel="\w+"/g)).toEqual([
      '&page=1',
      'rel="prev"',
      '&page=3',
      'rel="next"',
      '&page=3',
      'rel="last"',
      '&page=1',
      'rel="first"'
    ])
    expect(await c.app.paginate(c.app.rest.issues.listForRepo, { ...AT, per_page: 100 })).toHaveLength(205)
    expect((await c.app.rest.issues.listForRepo(AT)).data).toHaveLength(30)
  })
  test("refuse what GitHub's description refuses, and what is no JSON", async () => {
    const c = await company()
    const wrong = await refusal(
      c.app.request('POST /repos/{owner}/{repo}/issues', { ...AT, body: 'no title' } as never)
    )
    expect(wrong).toMatchObject({
      status: 422,
      message: expect.stringMatching(/^Validation Failed: .*missing_field/) as string
    })
    const response = await c.github.fetch(
      new Request(`${BASE}/repos/acme/access/issues`, {
        method: 'POST',
        body: '{',
        headers: { authorization: `token ${c.installationToken}` }
      })
    )
    expect(response.status).toBe(400)
    expect((await c.github.fetch(new Request(`${BASE}/nothing/here`))).status).toBe(404)
    expect(c.github.violations).toEqual([])
  })
})

describe('limits', () => {
  test('are counted by person or installation and hour, and asking for them is free', async () => {
    const c = await company({ requestsPerHour: 3 })
    const left = async () => (await c.app.rest.rateLimit.get()).data.rate.remaining
    expect(await left()).toBe(3)
    for (let i = 0; i < 3; i++) await c.app.rest.repos.get(AT)
    expect(await left()).toBe(0)
    const no = await refusal(c.app.rest.repos.get(AT))
    expect(no).toMatchObject({ status: 403, headers: { 'x-ratelimit-remaining': '0' } })
    const second = await c.asApp.rest.apps.createInstallationAccessToken({ installation_id: c.installationId })
    expect((await refusal(octokitFor(c.github, second.data.token).rest.repos.get(AT))).status).toBe(403)
    expect((await c.as('mona').rest.repos.get(AT)).status).toBe(200)
    c.clock.forward(3600)
    expect((await c.as('mona').rest.repos.get(AT)).headers['x-ratelimit-remaining']).toBe('2')
  })
  test('hold writes apart when asked to', async () => {
    const c = await company({ writeSpacingMs: 3000 })
    c.clock.forward(10)
    const write = () => c.app.rest.issues.create({ ...AT, title: 'x' })
    await write()
    expect(await refusal(write())).toMatchObject({ status: 403, headers: { 'retry-after': '3' } })
    expect((await c.app.rest.repos.get(AT)).status).toBe(200)
    c.clock.forward(3)
    expect((await write()).status).toBe(201)
  })
})

describe('faults', () => {
  test('answer an error before or after the effect', async () => {
    const c = await company()
    const write = () => c.app.rest.issues.create({ ...AT, title: 'x' })
    const count = async () => (await c.app.rest.issues.listForRepo(AT)).data.length
    c.github.faults.fail({ kind: 'status', status: 502 }, { operation: 'issues/create' })
    expect((await refusal(write())).status).toBe(502)
    expect(await count()).toBe(0)
    c.github.faults.fail({ kind: 'status', status: 500, when: 'after' }, { operation: 'issues/create' })
    expect((await refusal(write())).status).toBe(500)
    expect(await count()).toBe(1)
    c.github.faults.fail({ kind: 'status', status: 429, retryAfterSeconds: 7 })
    expect(await refusal(write())).toMatchObject({ status: 429, headers: { 'retry-after': '7' } })
    expect((await write()).status).toBe(201)
  })
  test('time out before or after the effect', async () => {
    const c = await company()
    const write = () => c.app.rest.issues.create({ ...AT, title: 'x' })
    c.github.faults.fail({ kind: 'timeout', when: 'before' }, { operation: 'issues/create' })
    await expect(write()).rejects.toThrow()
    c.github.faults.fail({ kind: 'timeout', when: 'after' }, { operation: 'issues/create' })
    await expect(write()).rejects.toThrow()
    expect((await c.app.rest.issues.listForRepo(AT)).data).toHaveLength(1)
  })
  test("show yesterday's list, or nothing yet of what was just made", async () => {
    const c = await company()
    const { number } = await openRequest(c)
    c.github.faults.fail({ kind: 'stale' }, { operation: 'pulls/list-reviews' })
    const list = async () => (await c.app.rest.pulls.listReviews({ ...AT, pull_number: number })).data.length
    await c.as('mona').rest.pulls.createReview({ ...AT, pull_number: number, event: 'APPROVE' })
    expect(await list()).toBe(0)
    expect(await list()).toBe(1)
    await c.as('monalisa').rest.pulls.createReview({ ...AT, pull_number: number, event: 'APPROVE' })
    c.github.faults.fail({ kind: 'stale' }, { operation: 'pulls/list-reviews' })
    expect(await list()).toBe(1)
    expect(await list()).toBe(2)
    c.github.faults.hideNew('pulls/get')
    expect((await refusal(c.app.rest.pulls.get({ ...AT, pull_number: number }))).status).toBe(404)
    expect((await c.app.rest.pulls.get({ ...AT, pull_number: number })).status).toBe(200)
  })
  test('end tokens early, and let a test step in between', async () => {
    const c = await company()
    const { number, head } = await openRequest(c)
    const stop = c.github.faults.before('pulls/merge', () => {
      c.seed.commit('acme/access', 'request', { evil: '1' }, { by: 'octocat' })
    })
    expect((await refusal(c.app.rest.pulls.merge({ ...AT, pull_number: number, sha: head }))).status).toBe(409)
    stop()
    const { data } = await c.app.rest.pulls.get({ ...AT, pull_number: number })
    const seen: unknown[] = []
    c.github.faults.after('pulls/merge', occasion => void seen.push(occasion.params['pull_number']))
    await c.app.rest.pulls.merge({ ...AT, pull_number: number, sha: data.head.sha })
    expect(seen).toEqual([String(number)])
    c.github.faults.expireTokens()
    expect((await refusal(c.app.rest.repos.get(AT))).status).toBe(401)
    c.github.faults.fail({ kind: 'status', status: 500 })
    c.github.faults.clear()
    expect((await octokitFor(c.github, c.tokens['mona']).rest.repos.get(AT)).status).toBe(200)
  })
})
