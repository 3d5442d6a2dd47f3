// The GitHub provider against the contract and a GitHub behind nock: what is foreign, pending, or not to be told.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Entitlement } from '../../src/model/entitlement.ts'
import { openGitHub, type GitHubSettings } from '../../src/providers/github.ts'
import type { Provider } from '../../src/providers/provider.ts'
import { describeProvider, held, type Stage } from './contract.ts'
import { openHost, type Host } from './github-host.ts'
import { keepingLog } from './keeping-log.ts'

const settings: GitHubSettings = {
  kind: 'github',
  token: 'ghp_sesame',
  teams: { 'acme/oncall': { managed: true, roles: ['member', 'maintainer'], permanent: [2] } },
  repositories: { 'acme/payments': { managed: true, roles: ['triage', 'write'], permanent: [2] } }
}
const octocat = '583231'
const onTeam: Entitlement = { provider: 'github', identity: octocat, resource: 'team:acme/oncall', role: 'member' }
const onRepository: Entitlement = { ...onTeam, resource: 'repo:acme/payments', role: 'write' }
const until = new Date('2096-11-22T15:00:00Z')
const refusal = { code: 'provider.refused' }
const open = (changes: Partial<GitHubSettings> = {}) =>
  openGitHub('github', { ...settings, ...changes }, { log: keepingLog() })
const skips = { 'native expiry': 'GitHub has none for a membership or a collaborator' }

async function stage(e: Entitlement): Promise<Stage> {
  const host = openHost()
  const provider = await open()
  const team = e.resource.startsWith('team:')
  return {
    provider,
    entitlement: e,
    other: { ...e, identity: '480938' },
    refused: [
      ...['octocat', '0583231', '5.83231e5', '-1', '99999999999999999'].map(identity => ({ ...e, identity })),
      ...['team:acme/payments', 'repo:acme/oncall', e.resource.toUpperCase()].map(resource => ({ ...e, resource })),
      { ...e, role: 'admin' }
    ],
    missing: { ...e, identity: '404404' },
    ...(team ? { foreign: { ...e, identity: '2' } } : {}),
    reopen: () => open(),
    giveForeign: async given => {
      if (team) host.team.set(Number(given.identity), { role: 'member', state: 'active' })
      else host.indirect.set(Number(given.identity), 'maintain')
    },
    works: async given => {
      const id = Number(given.identity)
      return team ? host.team.get(id)?.state === 'active' : host.collaborators.has(id) || host.indirect.has(id)
    },
    clear: async () => host.clear(),
    close: async () => host.close()
  }
}

describeProvider('github team', () => stage(onTeam), skips)
describeProvider('github repository', () => stage(onRepository), skips)

describe('GitHub', () => {
  let host: Host
  let provider: Provider
  beforeAll(async () => {
    host = openHost()
    provider = await open()
  })
  beforeEach(() => host.clear())
  afterAll(() => host.close())

  test('a stranger is invited, the invitation counts as held, and is withdrawn at the end', async () => {
    const e = { ...onRepository, identity: '9' }
    expect((await provider.grant(e, until, 'k')).detail).toContain('invited')
    expect(await provider.inspect(e)).toEqual({ state: 'present' })
    expect(await provider.grant(e, until, 'k')).toMatchObject({ changed: false })
    expect(await held(provider)).toHaveLength(1)
    expect((await provider.revoke(e)).detail).toContain('withdrawn')
    expect(host.invitations.size).toBe(0)
  })

  test('an invitation that is accepted while it is being withdrawn does not escape', async () => {
    const e = { ...onRepository, identity: '9' }
    await provider.grant(e, until, 'k')
    host.beforeOnce(/^DELETE .*invitations/, () => {
      host.invitations.clear()
      host.collaborators.set(9, 'write')
    })
    expect(await provider.revoke(e)).toMatchObject({ changed: true })
    expect(host.collaborators.size).toBe(0)
  })

  test('an invitation that has run out is not access, and is made anew', async () => {
    host.invitations.set(70, { invitee: 9, role: 'write', expired: true })
    const e = { ...onRepository, identity: '9' }
    expect(await provider.inspect(e)).toEqual({ state: 'absent' })
    expect(await held(provider)).toEqual([])
    expect(await provider.grant(e, until, 'k')).toMatchObject({ changed: true })
  })

  test('a pending team membership counts as held, is listed, and is removed', async () => {
    host.team.set(583231, { role: 'member', state: 'pending' })
    expect(await provider.inspect(onTeam)).toEqual({ state: 'present' })
    expect(await held(provider)).toHaveLength(1)
    expect((await provider.revoke(onTeam)).detail).toContain('withdrawn')
    expect(host.team.size).toBe(0)
  })

  test.each([
    ['is not a member of the organisation', 9, undefined],
    ['has not yet joined it', 480938, { role: 'member', state: 'pending' }],
    ['owns it', 480938, { role: 'admin', state: 'active' }]
  ] as const)('who %s is not added to a team, and nobody is invited', async (_, id, membership) => {
    if (membership) host.organization.set(id, membership)
    await expect(provider.grant({ ...onTeam, identity: String(id) }, until, 'k')).rejects.toMatchObject(refusal)
    expect(host.team.size).toBe(0)
    expect(host.requests.filter(line => !line.startsWith('GET'))).toEqual([])
  })

  test('who is permanent is never granted to, so that they can never be taken from', async () => {
    const e = { ...onTeam, identity: '2' }
    expect(await provider.inspect(e)).toEqual({ state: 'absent' })
    await expect(provider.grant(e, until, 'k')).rejects.toMatchObject({ code: 'provider.refused' })
  })

  test('under a stronger role that this instance also grants, the weaker is foreign', async () => {
    const stronger = { ...onTeam, role: 'maintainer' }
    await provider.grant(onTeam, until, 'k1')
    expect(await provider.inspect(stronger)).toEqual({ state: 'absent' })
    expect(await provider.revoke(stronger)).toMatchObject({ changed: false })
    await provider.grant(stronger, until, 'k2')
    expect(await provider.inspect(onTeam)).toEqual({ state: 'foreign' })
    expect(await provider.revoke(onTeam)).toMatchObject({ changed: false })
    expect(await held(provider)).toHaveLength(1)
    expect(await provider.revoke(stronger)).toMatchObject({ changed: true })
    expect(host.team.size).toBe(0)
  })

  test('a grantee whom somebody promotes to a role that is not granted here does not escape the end', async () => {
    await provider.grant(onRepository, until, 'k')
    host.collaborators.set(583231, 'admin')
    expect(await provider.inspect(onRepository)).toEqual({ state: 'present' })
    expect(await provider.revoke(onRepository)).toMatchObject({ changed: true })
    expect(host.collaborators.size).toBe(0)
  })

  test('a grantee whom somebody demotes is still ours, and granting again restores the role', async () => {
    await provider.grant({ ...onRepository, role: 'triage' }, until, 'k')
    host.collaborators.set(583231, 'read')
    expect(await provider.inspect({ ...onRepository, role: 'triage' })).toEqual({ state: 'present' })
    expect(await provider.grant({ ...onRepository, role: 'triage' }, until, 'k')).toMatchObject({ changed: true })
    expect(host.collaborators.get(583231)).toBe('triage')
  })

  test('what a team gives besides is left and said, and less than what is asked for is no obstacle', async () => {
    host.indirect.set(583231, 'read')
    expect(await provider.inspect(onRepository)).toEqual({ state: 'absent' })
    expect(await provider.grant(onRepository, until, 'k')).toMatchObject({ changed: true })
    expect((await provider.revoke(onRepository)).detail).toContain('not made by us')
    expect(host.indirect.size).toBe(1)
  })

  test('a login that changes hands during a grant leaves it unconfirmed, its new owner listed', async () => {
    host.beforeOnce(/^PUT /, () => {
      host.users.set(583231, 'octocat-renamed')
      host.users.set(9, 'octocat')
    })
    await expect(provider.grant(onTeam, until, 'k')).rejects.toMatchObject({ code: 'provider.unconfirmed' })
    expect(await held(provider)).toEqual([`github\0${9}\0team:acme/oncall\0member`])
    host.users.set(583231, 'octocat')
    host.users.set(9, 'mona')
  })

  test('a team or repository that cannot be seen is not known to be empty', async () => {
    const blind = await open({
      teams: { 'acme/gone': { managed: true, roles: ['member'] } },
      repositories: { 'acme/gone': { managed: true, roles: ['write'] } }
    })
    for (const e of [
      { ...onTeam, resource: 'team:acme/gone' },
      { ...onRepository, resource: 'repo:acme/gone' }
    ]) {
      expect(await blind.inspect(e)).toMatchObject({ state: 'unknown' })
      await expect(blind.revoke(e)).rejects.toMatchObject({ code: 'provider.unconfirmed', retry: true })
    }
    await expect(held(blind)).rejects.toMatchObject({ code: 'provider.unconfirmed' })
  })

  test('a success without effect is not believed', async () => {
    await provider.grant(onTeam, until, 'k')
    host.answerOnce(/^DELETE /, 204)
    await expect(provider.revoke(onTeam)).rejects.toMatchObject({ code: 'provider.unconfirmed', retry: true })
    host.clear()
    host.answerOnce(/^PUT /, 200)
    await expect(provider.grant(onTeam, until, 'k')).rejects.toMatchObject({ code: 'provider.unconfirmed' })
  })

  test('an answer that is lost after its effect is found done on the next attempt', async () => {
    host.answerOnce(/^PUT /, 502, {}, true)
    await expect(provider.grant(onRepository, until, 'k')).rejects.toMatchObject({ code: 'provider.unavailable' })
    expect(await provider.grant(onRepository, until, 'k')).toMatchObject({ changed: false })
  })

  const date = 'Sun, 22 Nov 2026 15:00:00 GMT'
  test.each([
    [429, { 'retry-after': '30', date }, new Date('2026-11-22T15:00:30Z')],
    [403, { 'retry-after': '60', date }, new Date('2026-11-22T15:01:00Z')],
    [403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795363200' }, new Date(1795363200_000)],
    [429, {}, undefined]
  ] as const)("a limit (%i %o) says when to come back, by GitHub's own clock", async (status, headers, retryAt) => {
    host.answerOnce(/^GET .*memberships/, status, headers)
    const fault = await provider.inspect(onTeam).catch((error: unknown) => error)
    expect(fault).toMatchObject({ code: 'provider.unavailable', retry: true, retryAt })
  })

  test.each([
    [401, 'provider.refused', false],
    [403, 'provider.refused', false],
    [422, 'provider.refused', false],
    [301, 'provider.refused', false],
    [409, 'provider.unavailable', true],
    [500, 'provider.unavailable', true],
    [503, 'provider.unavailable', true]
  ])('%i is %s', async (status, code, retry) => {
    host.answerOnce(/^GET .*memberships/, status, status === 301 ? { location: 'https://example.com/' } : {})
    const fault = await provider.inspect(onTeam).catch((error: unknown) => error)
    expect(fault).toMatchObject({ code, retry })
    expect(String(fault)).not.toContain('sesame')
    expect(host.requests).toHaveLength(2)
  })

  test("an organisation's number is not a person", async () => {
    host.answerOnce(/^GET \/user\/583231/, 200)
    await expect(provider.grant(onTeam, until, 'k')).rejects.toMatchObject({ code: 'provider.refused' })
  })

  test.each([
    ['an address that is no URL', { api: 'github' }],
    ['plain http', { api: 'http://github.example.com/api/v3' }],
    ['a team without an organisation', { teams: { oncall: { managed: true, roles: ['member'] } } }],
    ['a team that climbs', { teams: { 'acme/..': { managed: true, roles: ['member'] } } }],
    ['a role that GitHub has not', { teams: { 'acme/oncall': { managed: true, roles: ['owner'] } } }],
    ['no role', { repositories: { 'acme/payments': { managed: true, roles: [] } } }],
    ['one team twice', { teams: { ...settings.teams, 'Acme/OnCall': { managed: true, roles: ['member'] } } }]
  ] as [string, Partial<GitHubSettings>][])('refuses to open with %s', async (_, changes) => {
    await expect(open(changes)).rejects.toMatchObject({ code: 'provider.refused', retry: false })
  })

  test("as a GitHub App it asks for its own installation's token at the same host", async () => {
    const { generateKeyPairSync } = await import('node:crypto')
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' }
    })
    const { default: nock } = await import('nock')
    const minted = nock('https://github.example.com').post('/api/v3/app/installations/42/access_tokens').reply(201, {
      token: 'ghs_sesame',
      expires_at: '2096-11-22T16:00:00Z',
      permissions: {},
      repository_selection: 'all'
    })
    const asked = nock('https://github.example.com', { reqheaders: { authorization: 'token ghs_sesame' } })
      .get('/api/v3/user/583231')
      .reply(404, { message: 'Not Found' })
    const provider = await open({
      token: undefined,
      app: { id: '1', installation: '42', privateKey },
      api: 'https://github.example.com/api/v3'
    })
    expect(await provider.inspect(onTeam)).toEqual({ state: 'absent' })
    expect(minted.isDone() && asked.isDone()).toBe(true)
  })
})
