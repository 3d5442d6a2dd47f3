// Test builder: a small company on a local GitHub, with Octokits for its people and for the app.
import { createSign, generateKeyPairSync } from 'node:crypto'
import { Octokit } from '@octokit/rest'
import { createGitHub } from '../../../src/sandbox/github/github.ts'
import type { GitHubOptions, LocalGitHub } from '../../../src/sandbox/github/github.ts'

/** A clock that moves only when told. */
export interface TestClock {
  now(): Date
  forward(seconds: number): void
}

/** Starts at noon of 22 November 2026, UTC. */
export function testClock(): TestClock {
  let at = Date.UTC(2026, 10, 22, 12)
  return {
    now: () => new Date(at),
    forward: seconds => {
      at += seconds * 1000
    }
  }
}

export const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' }
})

export const APP: GitHubOptions['app'] = {
  id: 4242,
  slug: 'addendum',
  name: 'Addendum',
  privateKeyPem: keys.publicKey,
  webhookSecret: 'a-secret-for-tests',
  permissions: {
    contents: 'write',
    pull_requests: 'write',
    checks: 'write',
    issues: 'write',
    members: 'read',
    administration: 'read'
  },
  events: [
    'pull_request',
    'pull_request_review',
    'push',
    'create',
    'delete',
    'check_run',
    'issue_comment',
    'issues',
    'team',
    'membership',
    'member',
    'organization',
    'repository',
    'repository_ruleset',
    'branch_protection_rule'
  ]
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A JWT as an app signs it. */
export function jwt(
  claims: Record<string, unknown>,
  { header = { alg: 'RS256', typ: 'JWT' } as object, key = keys.privateKey } = {}
): string {
  const text = `${base64url(header)}.${base64url(claims)}`
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`
}

export const BASE = 'http://github.local/api/v3'

/** An Octokit that speaks to a local GitHub with some credential (none: anonymous). */
export const octokitFor = (github: LocalGitHub, auth?: string): Octokit =>
  new Octokit({
    baseUrl: BASE,
    ...(auth === undefined ? {} : { auth }),
    request: { fetch: (url: string, init: RequestInit) => github.fetch(new Request(url, init)) },
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  })

/** A received delivery. */
export interface Received {
  event: string
  guid: string
  payload: Record<string, unknown>
  headers: Headers
  body: string
}

/**
 * acme/access with octocat (engineer), mona (lead, code owner), hubot (reader) and monalisa (administrator); the app
 * is installed.
 */
export async function company(options: Partial<GitHubOptions> = {}) {
  const clock = testClock()
  const received: Received[] = []
  const github = createGitHub({
    clock,
    app: APP,
    webhookUrl: 'http://127.0.0.1:1/hook',
    deliver: async request => {
      const body = await request.text()
      received.push({
        event: request.headers.get('x-github-event') ?? '',
        guid: request.headers.get('x-github-delivery') ?? '',
        body,
        payload: JSON.parse(body) as Record<string, unknown>,
        headers: request.headers
      })
      return new Response('ok', { status: 202 })
    },
    ...options
  })
  const { seed } = github
  seed.organization('acme')
  const tokens = Object.fromEntries(
    ['octocat', 'mona', 'hubot', 'monalisa'].map(login => [
      login,
      seed.user(login, { email: `${login}@acme.test` }).token
    ])
  )
  seed.member('acme', 'monalisa', 'admin')
  for (const login of ['octocat', 'mona', 'hubot']) seed.member('acme', login)
  seed.team('acme', 'leads', { members: ['mona'] })
  seed.repository('acme', 'access', {
    author: 'monalisa',
    files: {
      'README.md': 'Access\n',
      '.github/CODEOWNERS': '/requests/ @acme/leads\n',
      'contracts/payments.yml': 'id: payments\n'
    }
  })
  seed.collaborator('acme/access', 'octocat', 'write')
  seed.teamRepository('acme/leads', 'acme/access', 'write')
  const installationId = seed.install('acme', ['access'])
  const appJwt = (): string => {
    const now = Math.floor(clock.now().getTime() / 1000)
    return jwt({ iss: APP.id, iat: now - 30, exp: now + 300 })
  }
  const asApp = octokitFor(github, appJwt())
  const { data: installationToken } = await asApp.rest.apps.createInstallationAccessToken({
    installation_id: installationId
  })
  const as = (login: string): Octokit => octokitFor(github, tokens[login])
  await github.outbox.settled()
  received.length = 0
  return {
    github,
    seed,
    clock,
    received,
    tokens,
    installationId,
    asApp,
    appJwt,
    app: octokitFor(github, installationToken.token),
    installationToken: installationToken.token,
    as
  }
}

export type Company = Awaited<ReturnType<typeof company>>

export const AT = { owner: 'acme', repo: 'access' }

/** Opens a pull request that adds one request file, pushed and opened by octocat. */
export async function openRequest(
  c: Company,
  branch = 'request',
  files: Record<string, string> = { 'requests/r1.yml': 'kind: AccessRequest\n' }
) {
  const head = c.seed.commit('acme/access', branch, files, { by: 'octocat' })
  const { data } = await c
    .as('octocat')
    .rest.pulls.create({ ...AT, title: `Ask for ${branch}`, head: branch, base: 'main' })
  return { number: data.number, head, data }
}

/** The status that a promise was refused with; a promise that holds is an error of the test. */
export async function refusal(
  promise: Promise<unknown>
): Promise<{ status: number; message: string; headers: Record<string, string> }> {
  try {
    await promise
  } catch (error) {
    const { status, message, response } = error as {
      status: number
      message: string
      response?: { headers: Record<string, string> }
    }
    return { status, message, headers: response?.headers ?? {} }
  }
  throw new Error('it was not refused')
}

/** The stored repository, for tests that look behind the API. */
export function stored(github: LocalGitHub, name = 'access') {
  const found = Object.values(github.world.state.repositories).find(r => r.name === name)
  if (found === undefined) throw new Error(`no repository ${name}`)
  return { repository: found, git: github.world.git(found) }
}
