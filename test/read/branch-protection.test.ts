// The rules over the branches as GitHub answers them: what is refused is unknown, what is limited is tried again, and little is asked.
import { ProbotOctokit } from 'probot'
import { expect, test } from 'vitest'
import { createLog } from '../../src/log.ts'
import { readBranchProtection } from '../../src/read/branch-protection.ts'
import type { Eyes } from '../../src/read/branch-protection.ts'
import { remembering } from '../../src/read/github.ts'
import type { Repository } from '../../src/read/repository.ts'

const start = new Date('2026-11-23T10:00:00Z')
const app: Eyes = { as: 'app', app: 4242 }

type Answers = Record<string, { status: number; body: unknown; headers?: Record<string, string> }>

/** A repository whose GitHub gives these answers by path; what is not listed is an empty list. */
function repository(answers: Answers): { repository: Repository; asked: string[] } {
  const asked: string[] = []
  const fetch = async (url: string): Promise<Response> => {
    const { pathname, searchParams } = new URL(url)
    const path = decodeURIComponent(pathname).replace('/repos/acme/access/', '')
    asked.push(path)
    const paged = answers[`${path}?page=${searchParams.get('page') ?? '1'}`] ??
      answers[path] ?? { status: 200, body: [] }
    const headers = { 'content-type': 'application/json', ...paged.headers }
    return new Response(JSON.stringify(paged.body), { status: paged.status, headers })
  }
  const octokit = new ProbotOctokit({
    auth: { token: 'of nobody' },
    request: { fetch },
    throttle: { enabled: false },
    retry: { enabled: false },
    log: createLog('silent')
  } as never)
  const clock = { now: () => start, sleep: async () => undefined }
  const github = remembering(octokit, { clock, log: createLog('silent'), limits: null })
  return {
    asked,
    repository: {
      github,
      installation: 1,
      id: 7,
      owner: 'acme',
      name: 'access',
      defaultBranch: 'main',
      deletesMergedBranches: true,
      app: 4242,
      bot: { id: 90, login: 'addendum[bot]' }
    }
  }
}

const deletion = [{ type: 'deletion', ruleset_id: 5, ruleset_source_type: 'Organization' }]

test.each([
  [403, { message: 'Upgrade to GitHub Pro or make this repository public to enable this feature.' }],
  [404, { message: 'Not Found' }]
])('rules that GitHub answers with %i are unknown, and not none', async (status, body) => {
  const { repository: access } = repository({ 'rules/branches/main': { status, body } })
  expect(await readBranchProtection(access, app, { now: start })).toEqual({ app: 4242, main: null, ledger: [] })
})

test.each([
  [429, {}, 'github.limited'],
  [403, { 'x-ratelimit-remaining': '0' }, 'github.limited'],
  [500, {}, 'github.unavailable'],
  [401, {}, 'github.forbidden']
])('an answer of %i %j is no answer: the walk is tried again', async (status, headers, code) => {
  const { repository: access } = repository({ 'rules/branches/main': { status, body: { message: 'no' }, headers } })
  await expect(readBranchProtection(access, app, { now: start })).rejects.toMatchObject({ code })
})

test('asks for the ledger of the year, whether or not it is there, and for every page of rules', async () => {
  const page = Array.from({ length: 100 }, () => deletion[0])
  const { repository: access, asked } = repository({
    'rules/branches/main?page=1': { status: 200, body: page },
    'rules/branches/main?page=2': { status: 200, body: [{ type: 'non_fast_forward', ruleset_id: 5 }] }
  })
  const { main } = await readBranchProtection(access, app, { now: start })
  expect(asked).toContain('rules/branches/ledger/2026')
  expect(main?.[0]?.rules.map(rule => rule.type)).toContain('non_fast_forward')
})

test('a ruleset from above that is not shown guards, and nobody knows who may pass it', async () => {
  const { repository: access } = repository({
    'rules/branches/main': { status: 200, body: deletion },
    'rulesets/5': { status: 404, body: { message: 'Not Found' } }
  })
  const { main } = await readBranchProtection(access, app, { now: start })
  expect(main).toEqual([{ name: 'ruleset 5', rules: [{ type: 'deletion' }], bypass: null, app: 'unknown' }])
})

test('rulesets are asked for again after five minutes, or when one is new, or when it must be fresh', async () => {
  const { repository: access, asked } = repository({
    'rules/branches/main': { status: 200, body: deletion },
    'rulesets/5': { status: 200, body: { id: 5, name: 'ours', current_user_can_bypass: 'never' } }
  })
  const later = (ms: number): Date => new Date(start.getTime() + ms)
  const times = (): number => asked.filter(path => path === 'rulesets/5').length
  await readBranchProtection(access, app, { now: start })
  await readBranchProtection(access, app, { now: later(299_000) })
  expect(times()).toBe(1)
  await readBranchProtection(access, app, { now: later(300_000) })
  expect(times()).toBe(2)
  await readBranchProtection(access, app, { now: later(300_001), fresh: true })
  expect(times()).toBe(3)
  // The rules themselves were read each time.
  expect(asked.filter(path => path === 'rules/branches/main')).toHaveLength(4)
})

test.each<[object, Eyes['as'], string, number | null]>([
  [{ current_user_can_bypass: 'always' }, 'app', 'always', null],
  [{ current_user_can_bypass: 'pull_requests_only' }, 'app', 'pull_request', null],
  [{ current_user_can_bypass: 'something new' }, 'app', 'unknown', null],
  [{}, 'app', 'unknown', null],
  // What an administrator may do says nothing of the app.
  [{ current_user_can_bypass: 'always' }, 'administrator', 'unknown', null],
  [{ current_user_can_bypass: 'always', bypass_actors: [] }, 'administrator', 'never', 0],
  [
    { bypass_actors: [{ actor_id: 4242, actor_type: 'Integration', bypass_mode: 'exempt' }] },
    'administrator',
    'exempt',
    1
  ],
  [{ bypass_actors: [{ actor_id: 4242, actor_type: 'Team', bypass_mode: 'always' }] }, 'administrator', 'never', 1]
])('of %j, seen as %s, the app may pass it: %s', async (ruleset, as, passage, count) => {
  const { repository: access } = repository({
    'rules/branches/main': { status: 200, body: deletion },
    'rulesets/5': { status: 200, body: { id: 5, name: 'ours', ...ruleset } }
  })
  const { main } = await readBranchProtection(access, { as, app: 4242 }, { now: start })
  expect(main?.[0]?.app).toBe(passage)
  expect(main?.[0]?.bypass?.length ?? null).toBe(count)
})
