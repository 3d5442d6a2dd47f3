import examples from '@octokit/webhooks-examples' with { type: 'json' }
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hintsOf } from '../../src/receive/hints.ts'
import type { Json } from '../../src/model/ports.ts'

const payloads = (examples as unknown as { name: string; examples: Json[] }[]).flatMap(event =>
  event.examples.map(payload => ({ event: event.name, payload }))
)
const repository = { id: 42, name: 'access', owner: { login: 'acme' }, default_branch: 'main' }
const base = { installation: { id: 9 }, repository }
const keys = (event: string, payload: Json) => hintsOf(event, payload, 'd-1').map(({ key }) => key)

test('a pull request event asks to look at that pull request, with just enough to find it', () => {
  const payload = { ...base, action: 'opened', number: 7, pull_request: { number: 7, title: 'Grant me everything' } }
  expect(hintsOf('pull_request', payload, 'd-1')).toEqual([
    {
      lane: 'walk',
      key: 'pull/42/7',
      data: {
        installation: 9,
        repository: { id: 42, owner: 'acme', name: 'access' },
        number: 7,
        reason: 'pull_request.opened',
        delivery: 'd-1'
      }
    }
  ])
})

test.each<[string, Json, string[]]>([
  ['pull_request_review', { ...base, action: 'submitted', pull_request: { number: 7 } }, ['pull/42/7']],
  ['pull_request_review_comment', { ...base, pull_request: { number: 7 } }, ['pull/42/7']],
  ['issue_comment', { ...base, issue: { number: 7, pull_request: { url: '…' } } }, ['pull/42/7']],
  ['issue_comment', { ...base, issue: { number: 7 } }, []],
  ['issues', { ...base, action: 'closed', issue: { number: 7 } }, ['notice/42']],
  ['issues', { ...base, action: 'opened', issue: { number: 7 } }, []],
  ['check_run', { ...base, action: 'rerequested', check_run: { pull_requests: [{ number: 7 }] } }, ['pull/42/7']],
  ['check_run', { ...base, action: 'requested_action', check_run: { pull_requests: [{ number: 7 }] } }, ['pull/42/7']],
  ['check_run', { ...base, action: 'rerequested', check_run: { pull_requests: [] } }, ['sweep/9']],
  ['check_run', { ...base, action: 'completed', check_run: { pull_requests: [{ number: 7 }] } }, []],
  ['check_suite', { ...base, action: 'rerequested', check_suite: { pull_requests: [{ number: 7 }] } }, ['pull/42/7']],
  ['merge_group', { ...base, action: 'checks_requested', merge_group: { head_sha: 'a' } }, ['groups/42']],
  ['merge_group', { ...base, action: 'destroyed', reason: 'merged' }, []],
  ['push', { ...base, ref: 'refs/heads/gh-readonly-queue/main/pr-7-a' }, []],
  ['push', { ...base, ref: 'refs/heads/main' }, ['main/42']],
  ['push', { ...base, ref: 'refs/heads/ledger/2026' }, ['main/42']],
  ['push', { ...base, ref: 'refs/heads/octocat/request' }, []],
  ['push', { ...base, ref: 'refs/tags/main' }, []],
  ['team', { ...base, action: 'edited' }, ['sweep/9']],
  ['membership', { installation: { id: 9 }, action: 'removed' }, ['sweep/9']],
  ['installation', { installation: { id: 9 }, action: 'suspend' }, ['sweep/9']],
  ['repository_ruleset', { ...base, action: 'deleted' }, ['sweep/9']],
  ['star', { ...base, action: 'created' }, []],
  ['ping', { zen: 'Design for failure.' }, []],
  ['pull_request', { repository, pull_request: { number: 7 } }, []]
])('%s %j asks for %j', (event, payload, expected) => {
  expect(keys(event, payload)).toEqual(expected)
})

test.each<[string, Json]>([
  ['a number that is none', { ...base, pull_request: { number: '7' } }],
  ['a negative number', { ...base, pull_request: { number: -7 } }],
  ['a fraction', { ...base, pull_request: { number: 7.5 } }],
  ['a repository without owner', { ...base, repository: { id: 42, name: 'access' }, pull_request: { number: 7 } }],
  ['a name with a path in it', { ...base, repository: { ...repository, name: '../x' }, pull_request: { number: 7 } }],
  ['a name with a NUL in it', { ...base, repository: { ...repository, name: 'a\0' }, pull_request: { number: 7 } }],
  ['an installation that is none', { ...base, installation: { id: '9' }, pull_request: { number: 7 } }],
  ['a payload that is no object', [base]]
])('%s asks for nothing', (_, payload) => {
  expect(keys('pull_request', payload)).toEqual([])
})

test('an action that is no word is left out of the reason', () => {
  const [job] = hintsOf('team', { ...base, action: 'a b\n' }, 'd-1')
  expect(job?.data).toMatchObject({ reason: 'team' })
})

test('a payload may be hostile about prototypes', () => {
  const payload = JSON.parse('{"__proto__":{"installation":{"id":9}},"pull_request":{"number":7}}') as Json
  expect(keys('pull_request', payload)).toEqual([])
  expect(({} as { installation?: unknown }).installation).toBeUndefined()
})

test('every payload that GitHub documents is understood or ignored', () => {
  expect(payloads.length).toBeGreaterThanOrEqual(329)
  const found = payloads.flatMap(({ event, payload }) => {
    const given = { ...(payload as { [name: string]: Json }), installation: { id: 9 } }
    return [...hintsOf(event, payload, 'd-1'), ...hintsOf(event, given, 'd-1')]
  })
  expect(found.length).toBeGreaterThan(50)
  for (const { key } of found) expect(key).toMatch(/^(?:pull\/\d+\/\d+|main\/\d+|groups\/\d+|notice\/\d+|sweep\/\d+)$/)
})

test('no payload at all makes it throw, and keys are always well formed', () => {
  const names = payloads.map(({ event }) => event)
  const garbage = fc.jsonValue().map(value => value as Json)
  const near = fc.record(
    {
      action: garbage,
      installation: fc.oneof(garbage, fc.record({ id: fc.oneof(garbage, fc.nat()) })),
      repository: fc.oneof(garbage, fc.record({ id: fc.oneof(garbage, fc.nat()), name: garbage, owner: garbage })),
      pull_request: fc.oneof(garbage, fc.record({ number: garbage })),
      issue: garbage,
      check_run: fc.oneof(garbage, fc.record({ pull_requests: garbage })),
      ref: garbage
    },
    { requiredKeys: [] }
  )
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.oneof(garbage, near), (event, payload) => {
      const jobs = hintsOf(event, payload as Json, 'd-1')
      return jobs.every(({ key }) => /^(?:pull\/\d+\/\d+|main\/\d+|notice\/\d+|sweep\/\d+)$/.test(key))
    }),
    { numRuns: 2000 }
  )
})
