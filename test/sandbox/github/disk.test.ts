// The local GitHub on disk: real `git clone` and `git push` over HTTP, and a restart that forgets nothing.
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createGitHub } from '../../../src/sandbox/github/github.ts'
import { serve } from '../../../src/sandbox/github/serve.ts'
import { APP, AT, company, octokitFor, openRequest } from './world.ts'
import type { Company } from './world.ts'

let directory: string
let served: { url: string; close(): Promise<void> } | undefined

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'local-github-'))
})
afterEach(async () => {
  await served?.close()
  served = undefined
  await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

interface Outcome {
  code: number
  out: string
  err: string
}

function git(cwd: string, ...args: string[]): Promise<Outcome> {
  const env = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: directory,
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Octocat',
    GIT_AUTHOR_EMAIL: 'octocat@acme.test',
    GIT_COMMITTER_NAME: 'Octocat',
    GIT_COMMITTER_EMAIL: 'octocat@acme.test'
  }
  return new Promise(resolve => {
    execFile('git', args, { cwd, env }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err })
    )
  })
}

async function hosted(options = {}): Promise<Company & { address: (login: string) => string }> {
  const c = await company({ directory: join(directory, 'github'), ...options })
  served = await serve(c.github)
  const { host } = new URL(served.url)
  return { ...c, address: login => `http://${login}:${c.tokens[login] ?? 'wrong'}@${host}/acme/access.git` }
}

async function clone(c: { address: (login: string) => string }, login = 'octocat'): Promise<string> {
  const folder = join(directory, `clone-${login}`)
  expect(await git(directory, 'clone', '-q', c.address(login), folder)).toMatchObject({ code: 0 })
  return folder
}

test('a clone holds what the API wrote, and git finds nothing wrong with it', async () => {
  const c = await hosted()
  const { number } = await openRequest(c)
  const { data } = await c.app.rest.pulls.merge({ ...AT, pull_number: number })
  const folder = await clone(c)
  expect((await git(folder, 'rev-parse', 'HEAD')).out.trim()).toBe(data.sha)
  expect((await git(folder, 'ls-files')).out.split('\n')).toContain('requests/r1.yml')
  expect(await git(folder, 'fsck', '--strict', '--full')).toMatchObject({ code: 0 })
  expect((await git(folder, 'fetch', '-q', 'origin', 'refs/pull/1/head')).code).toBe(0)
})

test('a push moves the pull request, tells the app, and is read back through the API', async () => {
  const c = await hosted()
  const folder = await clone(c)
  const commit = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text)
    await git(folder, 'add', '.')
    await git(folder, 'commit', '-q', '-m', `Write ${name}`)
    return (await git(folder, 'rev-parse', 'HEAD')).out.trim()
  }
  await git(folder, 'switch', '-q', '-c', 'topic')
  const first = await commit('request.yml', 'one')
  expect(await git(folder, 'push', '-q', 'origin', 'topic')).toMatchObject({ code: 0 })
  const { data } = await c.as('octocat').rest.pulls.create({ ...AT, title: 'x', head: 'topic', base: 'main' })
  expect(data.head.sha).toBe(first)
  const second = await commit('request.yml', 'two')
  await git(folder, 'push', '-q', 'origin', 'topic')
  expect((await c.app.rest.pulls.get({ ...AT, pull_number: data.number })).data.head.sha).toBe(second)
  await git(folder, 'commit', '-q', '--amend', '-m', 'Say it better')
  expect((await git(folder, 'push', '-q', 'origin', 'topic')).code).not.toBe(0)
  expect((await git(folder, 'push', '-q', '--force', 'origin', 'topic')).code).toBe(0)
  expect(
    (await c.app.rest.pulls.listCommits({ ...AT, pull_number: data.number })).data.map(x => [
      x.commit.message.trim(),
      x.author?.login
    ])
  ).toEqual([
    ['Write request.yml', 'octocat'],
    ['Say it better', 'octocat']
  ])
  await git(folder, 'push', '-q', 'origin', ':topic')
  expect((await c.app.rest.pulls.get({ ...AT, pull_number: data.number })).data.state).toBe('closed')
  await c.github.outbox.settled()
  expect(c.received.map(d => [d.event, d.payload['action']].filter(x => x !== undefined).join('.'))).toEqual([
    'create',
    'push',
    'pull_request.opened',
    'push',
    'pull_request.synchronize',
    'push',
    'pull_request.synchronize',
    'delete',
    'push',
    'pull_request.closed'
  ])
  expect(c.received[5]?.payload).toMatchObject({ forced: true, pusher: { name: 'octocat' } })
  expect((await c.app.rest.repos.listActivities(AT)).data.map(a => a.activity_type)).toEqual([
    'branch_deletion',
    'force_push',
    'push',
    'branch_creation'
  ])
})

test('readers clone but do not push, strangers do neither', async () => {
  const c = await hosted()
  const folder = await clone(c, 'hubot')
  await git(folder, 'commit', '-q', '--allow-empty', '-m', 'x')
  expect(await git(folder, 'push', '-q', 'origin', 'HEAD:refs/heads/x')).toMatchObject({
    code: 128,
    err: expect.stringContaining('403') as string
  })
  const stranger = c.seed.user('stranger')
  const { host } = new URL(served?.url ?? '')
  for (const credential of [`stranger:${stranger.token}@`, 'octocat:wrong@', '']) {
    expect(
      (await git(directory, 'clone', '-q', `http://${credential}${host}/acme/access.git`, 'nothing')).code,
      credential
    ).toBe(128)
  }
  expect(
    await git(
      directory,
      'clone',
      '-q',
      `http://x-access-token:${c.installationToken}@${host}/acme/access.git`,
      'by-app'
    )
  ).toMatchObject({ code: 0 })
})

test('a protected branch takes no direct push, no rewrite and no deletion, and says why', async () => {
  const c = await hosted()
  const folder = await clone(c, 'monalisa')
  c.seed.protect('acme/access', 'main', { reviews: { count: 1 } })
  c.seed.protect('acme/access', 'ledger', { blockForcePush: true, blockDeletion: true })
  await git(folder, 'commit', '-q', '--allow-empty', '-m', 'x')
  const direct = await git(folder, 'push', 'origin', 'HEAD:main', 'HEAD:refs/heads/other')
  expect(direct.code).toBe(1)
  expect(direct.err).toMatch(/GH006: Protected branch update failed for refs\/heads\/main/)
  expect((await c.app.rest.repos.listBranches(AT)).data.map(b => b.name)).toEqual(['main'])
  expect((await git(folder, 'push', '-q', 'origin', 'HEAD:refs/heads/ledger')).code).toBe(0)
  await git(folder, 'commit', '-q', '--amend', '--allow-empty', '-m', 'y')
  const rewrite = await git(folder, 'push', '--force', 'origin', 'HEAD:refs/heads/ledger')
  expect(rewrite.err).toMatch(/Cannot force-push/)
  expect((await git(folder, 'push', 'origin', ':ledger')).err).toMatch(/Cannot delete/)
  await git(folder, 'reset', '-q', '--hard', 'origin/ledger')
  await git(folder, 'commit', '-q', '--allow-empty', '-m', 'z')
  expect((await git(folder, 'push', '-q', 'origin', 'HEAD:refs/heads/ledger')).code).toBe(0)
  expect((await git(folder, 'push', 'origin', 'HEAD:refs/pull/1/head')).code).not.toBe(0)
})

test('API writes and a packed repository agree', async () => {
  const c = await hosted()
  const { number } = await openRequest(c)
  const [id = ''] = await readdir(join(directory, 'github', 'repositories'))
  const bare = join(directory, 'github', 'repositories', id)
  await git(bare, 'gc', '-q', '--prune=now')
  const again = createGitHub({ clock: c.clock, app: APP, directory: join(directory, 'github') })
  const app = octokitFor(again, c.installationToken)
  expect((await app.rest.pulls.listFiles({ ...AT, pull_number: number })).data.map(f => f.filename)).toEqual([
    'requests/r1.yml'
  ])
  await app.rest.git.deleteRef({ ...AT, ref: 'heads/request' })
  expect((await git(bare, 'for-each-ref', '--format=%(refname)')).out.trim().split('\n')).toEqual([
    'refs/heads/main',
    'refs/pull/1/head'
  ])
  await app.rest.repos.createOrUpdateFileContents({ ...AT, path: 'x', message: 'x', content: 'eA==' })
  expect((await git(bare, 'show', 'main:x')).out).toBe('x')
  expect(await git(bare, 'fsck', '--strict')).toMatchObject({ code: 0 })
})

test('a killed GitHub starts again with all it knew, and sends what it still owed', async () => {
  const c = await company({ directory: join(directory, 'github') })
  const { number, head } = await openRequest(c)
  await c.as('mona').rest.pulls.createReview({ ...AT, pull_number: number, event: 'APPROVE' })
  await c.github.outbox.settled()
  c.github.outbox.pause()
  await c.app.rest.checks.create({ ...AT, name: 'addendum', head_sha: head, conclusion: 'success' })
  const owed: string[] = []
  const again = createGitHub({
    clock: c.clock,
    app: APP,
    directory: join(directory, 'github'),
    deliver: request => {
      owed.push(request.headers.get('x-github-event') ?? '')
      return Promise.resolve(new Response())
    }
  })
  await again.outbox.settled()
  expect(owed).toEqual(['check_run', 'check_run'])
  const app = octokitFor(again, c.installationToken)
  expect(
    (await app.rest.pulls.listReviews({ ...AT, pull_number: number })).data.map(r => [r.user?.login, r.commit_id])
  ).toEqual([['mona', head]])
  const { data } = await app.rest.pulls.merge({ ...AT, pull_number: number, sha: head })
  expect((await app.rest.git.getCommit({ ...AT, commit_sha: data.sha })).data.verification.verified).toBe(true)
  expect([c.github.fresh, again.fresh]).toEqual([true, false])
  expect(again.seed.tokenOf('mona')).toBe(c.tokens['mona'])
  const ids = again.outbox.deliveries().map(d => d.id)
  expect(new Set(ids).size).toBe(ids.length)
})

test('over HTTP a simulated time-out cuts the connection, and the rest goes on', async () => {
  const c = await hosted()
  const url = `${served?.url ?? ''}/api/v3/repos/acme/access`
  const headers = { authorization: `Bearer ${c.tokens['mona'] ?? ''}` }
  c.github.faults.fail({ kind: 'timeout', when: 'before' })
  await expect(fetch(url, { headers })).rejects.toThrow()
  const answer = await fetch(url, { headers })
  expect(((await answer.json()) as { clone_url: string }).clone_url).toBe(`${served?.url ?? ''}/acme/access.git`)
})
