import { generateKeyPairSync } from 'node:crypto'
import { Probot } from 'probot'
import { beforeEach, expect, test } from 'vitest'
import { createProbot } from '../../src/app/probot.ts'
import { createLog } from '../../src/log.ts'
import { Fault } from '../../src/model/fault.ts'
import { gitHubLimits } from '../../src/read/budget.ts'
import { budgetOf, openInstallation } from '../../src/read/github.ts'
import type { GitHub } from '../../src/read/github.ts'
import { moveDate } from '../../src/sandbox/clock.ts'
import { createGitHub } from '../../src/sandbox/github/github.ts'
import { keptLog, quickClock } from './time.ts'

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const privateKey = keys.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
const at = { owner: 'acme', repo: 'access' }

/**
 * acme/access on a GitHub that refuses writes closer than a second, with one pull request's worth of issue to write
 * on.
 */
async function bench(options: { requestsPerHour?: number } = {}) {
  const clock = quickClock()
  // Octokit signs as the app by `Date`.
  moveDate({ ...clock, offsetMs: () => 0, moveTo: () => undefined, onAdvance: () => () => undefined })
  const log = keptLog()
  const asked: string[] = []
  const permissions = {
    contents: 'write',
    issues: 'write',
    checks: 'write',
    pull_requests: 'write',
    metadata: 'read'
  } as const
  const app = {
    id: 4242,
    slug: 'addendum',
    name: 'Addendum',
    privateKeyPem: privateKey,
    webhookSecret: 'a secret of the tests',
    permissions,
    events: []
  }
  const deliver = async (): Promise<Response> => new Response('ok')
  const github = createGitHub({
    clock,
    app,
    deliver,
    webhookUrl: 'http://127.0.0.1:1/hook',
    writeSpacingMs: 1000,
    ...options
  })
  github.seed.organization('acme')
  github.seed.user('octocat')
  const { id } = github.seed.repository('acme', 'access', { files: { 'README.md': '# access\n' }, author: 'octocat' })
  github.seed.install('acme', ['acme/access'])
  const fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(url, init)
    const response = await github.fetch(request)
    asked.push(`${response.status} ${request.method} ${new URL(request.url).host}${new URL(request.url).pathname}`)
    return response
  }
  const probot = createProbot({
    appId: 4242,
    privateKey,
    baseUrl: 'http://github.local/api/v3',
    log: createLog('silent'),
    fetch: fetch as typeof globalThis.fetch
  })
  const root = await probot.auth()
  const installations = await root.request('GET /app/installations')
  const installation = Number(installations.data[0]?.id)
  const open = (): GitHub => openInstallation(root, installation, { clock, log, limits: gitHubLimits })
  asked.length = 0
  return { clock, log, github, asked, id, open, root }
}

const minted = (asked: string[]): number => asked.filter(one => one.endsWith('/access_tokens')).length
const faultOf = async (work: Promise<unknown>): Promise<Fault> => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown
  )
  if (!(error instanceof Fault)) throw new Error(`no Fault: ${String(error)}`)
  return error
}

let world: Awaited<ReturnType<typeof bench>>
beforeEach(async () => {
  world = await bench()
})

test('however many ask at once, GitHub never refuses a write for coming too soon', async () => {
  const { clock, asked, open } = world
  const octokit = open()
  const began = clock.ms()
  const issue = (n: number): Promise<unknown> =>
    octokit.request('POST /repos/{owner}/{repo}/issues', { ...at, title: `Issue ${n}` })
  await clock.run(Promise.all(Array.from({ length: 15 }, (_, n) => issue(n))))
  expect(asked.filter(one => one.includes(' POST ') && !one.endsWith('/access_tokens'))).toHaveLength(15)
  expect(asked.filter(one => !one.startsWith('20'))).toEqual([])
  expect(clock.ms() - began).toBe(14_000)
  expect(budgetOf(octokit)).toMatchObject({ contentLastHour: 15, refused: 0, putOff: 0, limit: 5000 })
})

test('a token is minted once for all, at the configured host, and again before it is an hour old', async () => {
  const { clock, asked, open } = world
  const octokit = open()
  const look = (): Promise<unknown> => octokit.request('GET /repos/{owner}/{repo}', at)
  await clock.run(Promise.all([look(), look(), look()]))
  expect(minted(asked)).toBe(1)
  clock.set(clock.ms() + 54 * 60_000)
  await clock.run(look())
  expect(minted(asked)).toBe(1)
  clock.set(clock.ms() + 2 * 60_000)
  await clock.run(look())
  expect(minted(asked)).toBe(2)
  expect(asked.every(one => one.includes(' github.local/api/v3/'))).toBe(true)
})

test('a token that GitHub takes no more is replaced once, and the request repeated (fault 37)', async () => {
  const { clock, asked, open, github } = world
  const octokit = open()
  await clock.run(octokit.request('GET /repos/{owner}/{repo}', at))
  github.faults.expireTokens()
  asked.length = 0
  const made = await clock.run(octokit.request('POST /repos/{owner}/{repo}/issues', { ...at, title: 'Once' }))
  expect(made.status).toBe(201)
  expect(asked.map(one => one.slice(0, 3))).toEqual(['401', '201', '201'])
  github.faults.expireTokens()
  asked.length = 0
  await clock.run(
    Promise.all(Array.from({ length: 5 }, () => octokit.request('GET /repos/{owner}/{repo}/branches', at)))
  )
  expect(minted(asked)).toBe(1)
})

test('where a new token is refused as well, the work waits for its next turn', async () => {
  const { clock, asked, open, github } = world
  github.faults.after('apps/create-installation-access-token', () => github.faults.expireTokens())
  const fault = await clock.run(faultOf(open().request('GET /repos/{owner}/{repo}', at)))
  expect([fault.code, fault.retry]).toEqual(['github.forbidden', true])
  expect(minted(asked)).toBe(2)
})

test('an app that is not installed any more is told from a file that is not there (reliability fault 32)', async () => {
  const { clock, root, log } = world
  const octokit = openInstallation(root, 99_999, { clock, log, limits: null })
  expect(
    (await clock.run(faultOf(octokit.request('GET /repos/{owner}/{repo}/contents/{path}', { ...at, path: 'x' })))).code
  ).toBe('github.forbidden')
})

test('retry-after silences the installation, and is told to the queue', async () => {
  const { clock, asked, open, github } = world
  const octokit = open()
  github.faults.fail({ kind: 'status', status: 403, retryAfterSeconds: 90 }, { operation: 'repos/get' })
  const began = clock.ms()
  const fault = await clock.run(faultOf(octokit.request('GET /repos/{owner}/{repo}', at)))
  expect([fault.code, fault.retryAt?.getTime()]).toEqual(['github.limited', began + 90_000])
  asked.length = 0
  expect(
    (await clock.run(faultOf(octokit.request('POST /repos/{owner}/{repo}/issues', { ...at, title: 'No' })))).code
  ).toBe('github.limited')
  expect(asked).toEqual([])
  clock.set(began + 90_000)
  expect((await clock.run(octokit.request('GET /repos/{owner}/{repo}', at))).status).toBe(200)
  expect(budgetOf(octokit)).toMatchObject({ refused: 1, pausedUntil: null })
})

test('the primary limit is never run into: its last tenth is kept', async () => {
  const { clock, asked, open } = await bench({ requestsPerHour: 20 })
  const octokit = open()
  let fault: Fault | undefined
  for (let n = 0; n < 30 && fault === undefined; n += 1) {
    const asking = octokit.request('GET /repos/{owner}/{repo}/commits', { ...at, page: n + 1 })
    fault = await clock.run(
      asking.then(
        () => undefined,
        (error: unknown) => error as Fault
      )
    )
  }
  expect(fault?.code).toBe('github.limited')
  expect(asked.filter(one => one.startsWith('200'))).toHaveLength(18)
  expect(asked.filter(one => !one.startsWith('20'))).toEqual([])
})

test('what is remembered under a name that never changes costs nothing, not even a turn', async () => {
  const { clock, asked, open } = world
  const octokit = open()
  const { data } = await clock.run(
    octokit.request('GET /repos/{owner}/{repo}/branches/{branch}', { ...at, branch: 'main' })
  )
  const tree = { ...at, tree_sha: data.commit.commit.tree.sha }
  const first = await clock.run(octokit.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', tree))
  asked.length = 0
  const again = await clock.run(octokit.request('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', tree))
  expect(again.data).toEqual(first.data)
  expect(asked).toEqual([])
})

test('an Octokit that never came through here has no budget to show', () => {
  const probot = new Probot({ appId: 1, privateKey, log: createLog('silent') })
  expect(budgetOf(probot as unknown as GitHub)).toBeUndefined()
})
