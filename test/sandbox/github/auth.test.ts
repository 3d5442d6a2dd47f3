// The local GitHub's door: who is let in, and who may do what.
import { generateKeyPairSync } from 'node:crypto'
import { Probot, ProbotOctokit } from 'probot'
import { describe, expect, test } from 'vitest'
import { operations as described } from '../../../src/sandbox/github/description/description.ts'
import { operations } from '../../../src/sandbox/github/operations/index.ts'
import { ruledOperations } from '../../../src/sandbox/github/permissions.ts'
import { APP, AT, BASE, company, jwt, keys, octokitFor, openRequest, refusal } from './world.ts'

const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } })

describe('the app proves itself with a JWT', async () => {
  const c = await company()
  const now = Math.floor(c.clock.now().getTime() / 1000)
  const ask = async (token: string): Promise<{ status: number; message: string | undefined }> => {
    const response = await c.github.fetch(new Request(`${BASE}/app`, bearer(token)))
    return { status: response.status, message: ((await response.json()) as { message?: string }).message }
  }
  const good = { iss: APP.id, iat: now - 30, exp: now + 300 }

  test('a right one is let in, with the issuer as number or text', async () => {
    expect((await ask(jwt(good))).status).toBe(200)
    expect((await ask(jwt({ ...good, iss: String(APP.id) }))).status).toBe(200)
  })
  test("one that ends more than ten minutes from now is refused with GitHub's words", async () => {
    expect(await ask(jwt({ ...good, exp: now + 1200 }))).toEqual({
      status: 401,
      message: "'Expiration time' claim ('exp') is too far in the future"
    })
  })
  test('one that has ended, or is issued in the future, is refused', async () => {
    expect((await ask(jwt({ ...good, exp: now - 1 }))).status).toBe(401)
    expect((await ask(jwt({ ...good, iat: now + 120 }))).message).toMatch(/'Issued at' claim/)
  })
  test('one signed by another key, or by none, is refused', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem'
    }) as string
    expect((await ask(jwt(good, { key: other }))).status).toBe(401)
    expect((await ask(jwt(good, { header: { alg: 'none' } }))).status).toBe(401)
    expect((await ask('a.b.c')).status).toBe(401)
  })
  test('one of another app finds no integration', async () => {
    expect((await ask(jwt({ ...good, iss: 1 }))).status).toBe(404)
  })
  test("it opens nothing but the app's own operations", async () => {
    expect(await refusal(c.asApp.rest.repos.get(AT))).toMatchObject({ status: 403 })
    expect((await refusal(c.as('mona').rest.apps.getAuthenticated())).status).toBe(401)
  })
})

test.each([
  ['behind', 40],
  ['ahead', -40]
])('Octokit corrects a clock that is %s, as it does on GitHub', async (_, days) => {
  const c = await company()
  c.clock.forward(days * 86_400)
  const probot = new Probot({
    appId: APP.id,
    privateKey: keys.privateKey,
    secret: APP.webhookSecret,
    baseUrl: BASE,
    logLevel: 'fatal',
    Octokit: ProbotOctokit.defaults((defaults: { throttle?: object }) => ({
      ...defaults,
      request: { fetch: (url: string, init: RequestInit) => c.github.fetch(new Request(url, init)) },
      throttle: { ...defaults.throttle, enabled: false },
      retry: { enabled: false }
    }))
  })
  expect((await (await probot.auth()).request('GET /app')).data?.slug).toBe('addendum')
  const octokit = await probot.auth(c.installationId)
  expect((await octokit.request('GET /repos/{owner}/{repo}', AT)).data.full_name).toBe('acme/access')
})

describe('installation tokens', () => {
  test('end one hour after they were made, by the clock', async () => {
    const c = await company()
    c.clock.forward(3599)
    expect((await c.app.rest.repos.get(AT)).status).toBe(200)
    c.clock.forward(1)
    expect(await refusal(c.app.rest.repos.get(AT))).toMatchObject({
      status: 401,
      message: expect.stringMatching(/Bad credentials/) as string
    })
  })
  test('can be narrowed to repositories and permissions, and never widened', async () => {
    const c = await company()
    c.seed.repository('acme', 'other', { files: { a: 'a' }, author: 'mona' })
    const mint = (more: object) =>
      c.asApp.rest.apps.createInstallationAccessToken({ installation_id: c.installationId, ...more })
    const { data } = await mint({ repositories: ['access'], permissions: { contents: 'read' } })
    expect(data).toMatchObject({
      permissions: { contents: 'read', metadata: 'read' },
      repositories: [{ full_name: 'acme/access' }],
      expires_at: '2026-11-22T13:00:00Z'
    })
    const narrow = octokitFor(c.github, data.token)
    expect((await narrow.rest.repos.getContent({ ...AT, path: 'README.md' })).status).toBe(200)
    expect(await refusal(narrow.rest.git.createBlob({ ...AT, content: 'x' }))).toMatchObject({
      status: 403,
      message: expect.stringMatching(/^Resource not accessible by integration/) as string
    })
    expect((await refusal(narrow.rest.pulls.list(AT))).status).toBe(403)
    expect((await refusal(mint({ repositories: ['other'] }))).status).toBe(422)
    expect((await refusal(mint({ permissions: { administration: 'write' } }))).status).toBe(422)
    expect((await refusal(c.app.rest.repos.get({ owner: 'acme', repo: 'other' }))).status).toBe(404)
  })
  test('can be revoked, and die with a suspension or an uninstallation', async () => {
    const c = await company()
    await c.asApp.rest.apps.suspendInstallation({ installation_id: c.installationId })
    expect((await refusal(c.app.rest.repos.get(AT))).status).toBe(403)
    await c.asApp.rest.apps.unsuspendInstallation({ installation_id: c.installationId })
    await c.app.rest.apps.revokeInstallationAccessToken()
    expect((await refusal(c.app.rest.repos.get(AT))).status).toBe(401)
    await c.asApp.rest.apps.deleteInstallation({ installation_id: c.installationId })
    expect((await refusal(c.asApp.rest.apps.getInstallation({ installation_id: c.installationId }))).status).toBe(404)
    await c.github.outbox.settled()
    expect(c.received.map(d => d.payload['action'])).toEqual(['suspend', 'unsuspend', 'deleted'])
  })
})

describe('people', () => {
  test('with an unknown token are refused, whatever they ask', async () => {
    const c = await company()
    expect(
      (await refusal(octokitFor(c.github, 'ghp_unknown').rest.users.getByUsername({ username: 'mona' }))).status
    ).toBe(401)
    expect(
      (await refusal(octokitFor(c.github, '__proto__').rest.users.getByUsername({ username: 'mona' }))).status
    ).toBe(401)
  })
  test('without access to a private repository learn nothing of it', async () => {
    const c = await company()
    const stranger = octokitFor(c.github, c.seed.user('stranger').token)
    expect((await refusal(stranger.rest.repos.get(AT))).status).toBe(404)
    for (const repo of ['access', 'nothing']) {
      expect((await refusal(octokitFor(c.github).rest.repos.get({ owner: 'acme', repo }))).status).toBe(404)
    }
    expect((await refusal(stranger.rest.repos.get({ owner: 'acme', repo: 'nothing' }))).status).toBe(404)
  })
  test('who only read may comment and open issues, not write, merge or check', async () => {
    const c = await company()
    const { number, head } = await openRequest(c)
    const hubot = c.as('hubot').rest
    expect((await hubot.issues.createComment({ ...AT, issue_number: number, body: 'hm' })).status).toBe(201)
    expect((await refusal(hubot.pulls.merge({ ...AT, pull_number: number }))).status).toBe(403)
    expect((await refusal(hubot.git.createRef({ ...AT, ref: 'refs/heads/x', sha: head }))).status).toBe(403)
    expect((await refusal(hubot.issues.addLabels({ ...AT, issue_number: number, labels: ['x'] }))).status).toBe(403)
    expect(
      (await refusal(c.as('monalisa').rest.checks.create({ ...AT, name: 'addendum', head_sha: head }))).status
    ).toBe(403)
  })
  test('of an archived repository write nothing', async () => {
    const c = await company()
    await c.as('monalisa').rest.repos.update({ ...AT, archived: true })
    expect((await refusal(c.as('octocat').rest.issues.create({ ...AT, title: 'x' }))).status).toBe(403)
  })
})

test('every operation of the description has a permission and a handler', () => {
  const ids = described().map(o => o.id)
  expect(ids.filter(id => !ruledOperations().includes(id))).toEqual([])
  expect(ids.filter(id => operations[id] === undefined && id !== 'rate-limit/get')).toEqual([])
  // Answered as soon as the cut of the description holds them.
  expect(Object.keys(operations).filter(id => !ids.includes(id))).toEqual([])
})
