// The GitHub provider against the local GitHub over real HTTP: a team on a GitHub that was not made for this test.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Entitlement } from '../../src/model/entitlement.ts'
import { openGitHub } from '../../src/providers/github.ts'
import type { Provider } from '../../src/providers/provider.ts'
import type { LocalGitHub } from '../../src/sandbox/github/github.ts'
import { createGitHub } from '../../src/sandbox/github/github.ts'
import { serve } from '../../src/sandbox/github/serve.ts'
import { APP, testClock } from '../sandbox/github/world.ts'
import { keepingLog } from './keeping-log.ts'

const until = new Date('2096-11-22T15:00:00Z')
let github: LocalGitHub
let provider: Provider
let close: () => Promise<void>
const ids = new Map<string, number>()

beforeAll(async () => {
  github = createGitHub({ clock: testClock(), app: APP })
  const { seed } = github
  const admin = seed.user('monalisa')
  for (const login of ['octocat', 'hubot', 'mona']) ids.set(login, seed.user(login).id)
  seed.organization('acme')
  seed.member('acme', 'monalisa', 'admin')
  for (const login of ['octocat', 'hubot']) seed.member('acme', login)
  seed.team('acme', 'oncall', { members: ['hubot'] })
  const served = await serve(github)
  close = served.close
  provider = await openGitHub(
    'github',
    {
      kind: 'github',
      api: `${served.url}/api/v3`,
      token: admin.token,
      teams: { 'acme/oncall': { managed: true, roles: ['member'], permanent: [ids.get('hubot') ?? 0] } }
    },
    { log: keepingLog() }
  )
})
afterAll(() => close())

const held = (login: string): Entitlement => ({
  provider: 'github',
  identity: String(ids.get(login)),
  resource: 'team:acme/oncall',
  role: 'member'
})

test('a team membership is given once, read back, and taken', async () => {
  const e = held('octocat')
  expect(await provider.inspect(e)).toEqual({ state: 'absent' })
  expect(await provider.grant(e, until, 'k')).toMatchObject({ changed: true })
  expect(await provider.grant(e, until, 'k')).toMatchObject({ changed: false })
  expect(await provider.inspect(e)).toEqual({ state: 'present' })
  expect(await provider.revoke(e)).toMatchObject({ changed: true })
  expect(await provider.revoke(e)).toMatchObject({ changed: false })
  expect(await provider.inspect(e)).toEqual({ state: 'absent' })
})

test('a renamed person is still the same person', async () => {
  await provider.grant(held('octocat'), until, 'k')
  github.seed.rename('octocat', 'octocat-renamed')
  expect(await provider.inspect(held('octocat'))).toEqual({ state: 'present' })
  expect(await provider.revoke(held('octocat'))).toMatchObject({ changed: true })
})

test('who is permanent is foreign and stays, and a stranger is refused', async () => {
  expect(await provider.inspect(held('hubot'))).toEqual({ state: 'foreign' })
  expect(await provider.revoke(held('hubot'))).toMatchObject({ changed: false })
  expect(await provider.inspect(held('hubot'))).toEqual({ state: 'foreign' })
  await expect(provider.grant(held('mona'), until, 'k')).rejects.toMatchObject({ code: 'provider.refused' })
})

test("the local GitHub saw nothing that GitHub's description forbids", () => {
  expect(github.violations).toEqual([])
})
