// Story 22: what the app asks of GitHub: the permissions of app.yml and no other, and of a server that is no GitHub only the core.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { coreOperations } from '../../src/sandbox/github/core.ts'
import { at } from '../house.ts'
import type { House } from '../house.ts'
import { breakGlass } from './emergencies.ts'
import {
  ask,
  approve,
  checks,
  fate,
  granted,
  hour,
  minute,
  propose,
  remove,
  requestPath,
  requestText,
  story,
  told
} from './company.ts'
import { addQueue, enqueue } from './queue.ts'

/** What only GitHub itself is asked beyond the core. */
const beyond = new Set([
  'repos/get-repo-ruleset',
  'repos/list-activities',
  'issues/list-for-repo',
  'issues/list-events'
])

/** Every operation that the app may use, with the permission that GitHub asks for it (docs: permissions required for GitHub Apps). */
const allowed: Record<string, string> = {
  'apps/get-authenticated': 'app',
  'apps/list-installations': 'app',
  'apps/create-installation-access-token': 'app',
  'apps/list-repos-accessible-to-installation': 'metadata:read',
  'apps/get-webhook-config-for-app': 'app',
  'apps/list-webhook-deliveries': 'app',
  'apps/redeliver-webhook-delivery': 'app',
  'rate-limit/get': 'metadata:read',
  'users/get-by-username': 'metadata:read',
  'repos/get': 'metadata:read',
  'repos/get-branch-rules': 'metadata:read',
  'repos/get-repo-ruleset': 'metadata:read',
  'repos/get-collaborator-permission-level': 'metadata:read',
  'repos/get-branch': 'contents:read',
  'repos/list-commits': 'contents:read',
  'repos/list-activities': 'contents:read',
  'repos/list-pull-requests-associated-with-commit': 'pull_requests:read',
  'git/get-ref': 'contents:read',
  'git/list-matching-refs': 'contents:read',
  'git/get-commit': 'contents:read',
  'git/get-tree': 'contents:read',
  'git/get-blob': 'contents:read',
  'git/create-ref': 'contents:write',
  'git/update-ref': 'contents:write',
  'git/delete-ref': 'contents:write',
  'git/create-commit': 'contents:write',
  'git/create-tree': 'contents:write',
  'pulls/merge': 'contents:write',
  'pulls/list': 'pull_requests:read',
  'pulls/get': 'pull_requests:read',
  'pulls/list-files': 'pull_requests:read',
  'pulls/list-commits': 'pull_requests:read',
  'pulls/list-reviews': 'pull_requests:read',
  'pulls/create': 'pull_requests:write',
  'pulls/request-reviewers': 'pull_requests:write',
  'issues/list-comments': 'pull_requests:read',
  'issues/create-comment': 'pull_requests:write',
  'issues/update-comment': 'pull_requests:write',
  'issues/list-for-repo': 'issues:read',
  'issues/list-events': 'pull_requests:read',
  'issues/get': 'issues:read',
  'issues/create': 'issues:write',
  'issues/update': 'issues:write',
  'issues/create-label': 'issues:write',
  'checks/list-for-ref': 'checks:read',
  'checks/create': 'checks:write',
  'checks/update': 'checks:write',
  'orgs/get-membership-for-user': 'members:read',
  'teams/list-members-in-org': 'members:read',
  'teams/check-permissions-for-repo-in-org': 'members:read'
}

/** Events that GitHub sends only to an app with a permission that no operation asks for (docs: webhook events, `merge_group`). */
const heard: Record<string, string> = { merge_group: 'merge_queues:read' }

const manifest = parse(readFileSync(new URL('../../app.yml', import.meta.url), 'utf8')) as {
  default_permissions: Record<string, string>
}

story(
  'a day of all kinds uses the operations that are listed, and every permission of app.yml and no other',
  breakGlass('{approvals: none, max: 1h, review: 1d}'),
  async house => {
    await day(house)
    const used = [...new Set(house.asked.filter(one => one.status < 300).map(one => one.operation))].sort()
    expect(used.filter(operation => allowed[operation] === undefined)).toEqual([])
    const needed = new Map<string, string>()
    const events = new Set(house.github.outbox.deliveries().map(({ event }) => event))
    const asking = [...used.map(one => allowed[one] ?? ''), ...[...events].map(event => heard[event] ?? '')]
    for (const permission of asking) {
      const [name = '', level = ''] = permission.split(':')
      if (level !== '' && needed.get(name) !== 'write') needed.set(name, level)
    }
    expect(Object.fromEntries([...needed].sort())).toEqual(
      Object.fromEntries(Object.entries(manifest.default_permissions).sort())
    )
  }
)

test('every operation that the app may use is of the core, or is named as beyond it', () => {
  const outside = Object.keys(allowed).filter(operation => !coreOperations.has(operation))
  expect(outside.sort()).toEqual([...beyond].sort())
})

story(
  'a server that is only shaped like GitHub is asked for nothing but the core, and all goes on there',
  { ...breakGlass('{approvals: none, max: 1h, review: 1d}'), version: null },
  async house => {
    await day(house)
    expect([...new Set(house.asked.map(one => one.operation))].filter(one => !coreOperations.has(one))).toEqual([])
    expect(house.github.violations).toEqual([])
  }
)

story(
  'GitHub refuses nothing but the classic protection, which only administrators may read',
  breakGlass('{approvals: none, max: 1h, review: 1d}'),
  async house => {
    await day(house)
    const refused = house.asked.filter(one => one.status === 401 || one.status === 403).map(one => one.operation)
    expect([...new Set(refused)]).toEqual(['repos/get-branch-protection'])
  }
)

/**
 * A grant that expires, one that is ended, one that is refused, a second approver who objected before, break-glass, a
 * document by a merge queue, a push, a restart.
 */
async function day(house: House): Promise<void> {
  await granted(house, { duration: '1h' })
  await house.advance(2 * hour, { sweepEveryMs: 30 * minute })
  await granted(house, { id: 'octocat-two' })
  await remove(house, 'octocat-two', 'octocat')
  const write = await ask(house, { id: 'octocat-write', clause: 'C-write', duration: '1h' })
  await approve(house, write, 'mona')
  expect((await checks(house, write)).approvals).toBe('in_progress')
  const objection = { ...at, pull_number: write, event: 'REQUEST_CHANGES', body: 'For how long?' } as const
  const { data: review } = await house.as.lisa.rest.pulls.createReview(objection)
  const settled = { ...at, pull_number: write, review_id: review.id, message: 'Settled' }
  await house.as.lisa.rest.pulls.dismissReview(settled)
  await approve(house, write, 'lisa')
  const document = await propose(house, 'mona', { 'README.md': '# Access\n' })
  const urgent = await ask(house, { id: 'octocat-now', duration: '1h', more: ['emergency: true'] })
  const { data } = await house.as.mona.rest.issues.listForRepo({ ...at, labels: 'break-glass' })
  const [issue] = data.map(({ number }) => number)
  await house.as.mona.rest.issues.addLabels({ ...at, issue_number: issue ?? 0, labels: ['review-ok'] })
  await house.as.mona.rest.issues.update({ ...at, issue_number: issue ?? 0, state: 'closed' })
  await house.settle()
  expect(told(house, urgent)).toContain('breakglass.reviewed')
  await approve(house, document, 'lisa')
  addQueue(house, { app: true })
  enqueue(house, document)
  await house.settle()
  expect(await fate(house, document)).toBe('merged by github-merge-queue[bot]')
  house.github.seed.commit(
    'acme/access',
    'main',
    { [requestPath('past')]: requestText({ id: 'past' }) },
    { by: 'lisa' }
  )
  await house.restart()
}
