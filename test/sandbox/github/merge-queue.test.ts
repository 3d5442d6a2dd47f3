// The local GitHub's merge queue: who gets in, the groups that it makes, what merges and what is thrown out.
import { describe, expect, test } from 'vitest'
import { APP, AT, company, openRequest, refusal, stored } from './world.ts'
import type { Company } from './world.ts'

type Method = 'MERGE' | 'SQUASH' | 'REBASE'

/** A company whose main takes merges through a queue, and asks for one check of the app. */
async function queueing(method: Method = 'MERGE', app = APP): Promise<Company> {
  const permissions = { ...app.permissions, merge_queues: 'read' } as const
  const c = await company({ app: { ...app, permissions, events: [...app.events, 'merge_group'] } })
  c.seed.ruleset('acme/access', {
    name: 'Queue',
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'] } },
    rules: [
      {
        type: 'merge_queue',
        parameters: {
          check_response_timeout_minutes: 60,
          grouping_strategy: 'ALLGREEN',
          max_entries_to_build: 5,
          max_entries_to_merge: 5,
          merge_method: method,
          min_entries_to_merge: 1,
          min_entries_to_merge_wait_minutes: 5
        }
      },
      {
        type: 'required_status_checks',
        parameters: {
          strict_required_status_checks_policy: false,
          required_status_checks: [{ context: 'terms', integration_id: 4242 }]
        }
      }
    ]
  })
  return c
}

const report = (c: Company, head_sha: string, conclusion: 'success' | 'failure' = 'success') =>
  c.app.rest.checks.create({ ...AT, name: 'terms', head_sha, status: 'completed', conclusion })

/** A pull request with a check that succeeded, in the queue. */
async function queued(c: Company, name: string): Promise<{ number: number; head: string }> {
  const pull = await openRequest(c, name, { [`requests/${name}.yml`]: `id: ${name}\n` })
  await report(c, pull.head)
  c.seed.enqueue('acme/access', pull.number, 'octocat')
  return pull
}

/** The groups that stand, by number of their pull request. */
function groups(c: Company): Map<number, string> {
  const { git } = stored(c.github)
  return new Map(
    git.refs.list('refs/heads/gh-readonly-queue/main/').map(([ref, sha]) => [Number(/pr-(\d+)-/.exec(ref)?.[1]), sha])
  )
}

const groupOf = (c: Company, number: number): string => groups(c).get(number) ?? ''

async function told(c: Company): Promise<string[]> {
  await c.github.outbox.settled()
  return c.received.flatMap(({ event, payload }) => {
    const reason = payload['reason'] === undefined ? '' : `: ${String(payload['reason'])}`
    const queue = event === 'merge_group' || ['enqueued', 'dequeued'].includes(String(payload['action']))
    return queue ? [`${event}.${String(payload['action'])}${reason}`] : []
  })
}

test('takes only what the rules of the branch allow, from somebody who may write', async () => {
  const c = await queueing()
  const { number, head } = await openRequest(c)
  expect(() => c.seed.enqueue('acme/access', number, 'octocat')).toThrow('is expected')
  await report(c, head)
  expect(() => c.seed.enqueue('acme/access', number, 'hubot')).toThrow('hubot may not write')
  c.seed.enqueue('acme/access', number, 'octocat')
  c.seed.enqueue('acme/access', number, 'octocat')
  expect(await told(c)).toEqual(['pull_request.enqueued', 'merge_group.checks_requested'])
  const plain = await company()
  const other = await openRequest(plain)
  expect(() => plain.seed.enqueue('acme/access', other.number, 'octocat')).toThrow('has no merge queue')
})

test('REST merges nothing on such a branch, except for who may pass the ruleset', async () => {
  const c = await queueing()
  const { number, head } = await openRequest(c)
  await report(c, head)
  const refused = await refusal(c.app.rest.pulls.merge({ ...AT, pull_number: number }))
  expect(refused).toMatchObject({ status: 405 })
  expect(refused.message).toContain('merge queue')
  const { repository } = stored(c.github)
  for (const { bypassActors } of repository.rulesets)
    bypassActors.push({ actor_id: 4242, actor_type: 'Integration', bypass_mode: 'pull_request' })
  expect((await c.app.rest.pulls.merge({ ...AT, pull_number: number })).data.merged).toBe(true)
})

test('the rule is told with the rules of the branch', async () => {
  const c = await queueing('SQUASH')
  const { data } = await c.app.rest.repos.getBranchRules({ ...AT, branch: 'main' })
  expect(data.map(({ type }) => type)).toEqual(['merge_queue', 'required_status_checks'])
})

test('an app without its permission does not hear of groups', async () => {
  const c = await queueing()
  delete c.github.world.app.permissions['merge_queues']
  await queued(c, 'one')
  expect(await told(c)).toEqual(['pull_request.enqueued'])
})

describe('a group', () => {
  test('is the base with one merge, and merges as it stands when its checks succeed', async () => {
    const c = await queueing()
    const { git } = stored(c.github)
    const tip = git.refs.get('refs/heads/main')
    const { number, head } = await queued(c, 'one')
    const group = groupOf(c, number)
    expect(git.commit(group)?.parents).toEqual([tip, head])
    expect(git.refs.get('refs/heads/main')).toBe(tip)
    await c.github.outbox.settled()
    const asked = c.received.find(({ event }) => event === 'merge_group')?.payload['merge_group']
    expect(asked).toMatchObject({
      head_sha: group,
      base_sha: tip,
      base_ref: 'refs/heads/main',
      head_ref: `refs/heads/gh-readonly-queue/main/pr-${number}-${tip}`,
      head_commit: { id: group }
    })
    await report(c, group)
    const { data } = await c.app.rest.pulls.get({ ...AT, pull_number: number })
    expect(data).toMatchObject({ merged: true, merge_commit_sha: group })
    expect(data.merged_by?.login).toBe('github-merge-queue[bot]')
    expect(git.refs.get('refs/heads/main')).toBe(group)
    expect(groups(c).size).toBe(0)
    expect(await told(c)).toEqual([
      'pull_request.enqueued',
      'merge_group.checks_requested',
      'merge_group.destroyed: merged',
      'pull_request.dequeued: MERGE'
    ])
  })

  test('behind another holds both, and outlives its merge', async () => {
    const c = await queueing('SQUASH')
    const { git } = stored(c.github)
    const [one, two] = [await queued(c, 'one'), await queued(c, 'two')]
    expect(git.commit(groupOf(c, two.number))?.parents).toEqual([groupOf(c, one.number)])
    const second = groupOf(c, two.number)
    await report(c, second)
    expect(groups(c).size).toBe(2)
    await report(c, groupOf(c, one.number))
    expect(git.refs.get('refs/heads/main')).toBe(second)
  })

  test('is made anew without the one ahead that failed', async () => {
    const c = await queueing('REBASE')
    const { git } = stored(c.github)
    const tip = git.refs.get('refs/heads/main')
    const [one, two] = [await queued(c, 'one'), await queued(c, 'two')]
    const before = groupOf(c, two.number)
    await report(c, before, 'failure')
    expect(groups(c).size).toBe(2)
    await report(c, groupOf(c, one.number), 'failure')
    expect([...groups(c).keys()]).toEqual([two.number])
    expect(groupOf(c, two.number)).not.toBe(before)
    expect(git.commit(groupOf(c, two.number))?.parents).toEqual([tip])
    expect((await told(c)).slice(-4)).toEqual([
      'merge_group.destroyed: dequeued',
      'pull_request.dequeued: CI_FAILURE',
      'merge_group.destroyed: invalidated',
      'merge_group.checks_requested'
    ])
  })

  test('is made anew when main moves, and gone when its pull request moves, closes or is taken out', async () => {
    const c = await queueing()
    const [one, two, three] = [await queued(c, 'one'), await queued(c, 'two'), await queued(c, 'three')]
    const before = groupOf(c, one.number)
    c.seed.commit('acme/access', 'main', { 'README.md': 'Other\n' }, { by: 'monalisa' })
    expect(groupOf(c, one.number)).not.toBe(before)
    c.seed.commit('acme/access', 'one', { 'requests/one.yml': 'id: other\n' }, { by: 'octocat' })
    await c.as('octocat').rest.pulls.update({ ...AT, pull_number: two.number, state: 'closed' })
    expect([...groups(c).keys()]).toEqual([three.number])
    c.seed.dequeue('acme/access', three.number, 'octocat')
    expect(groups(c).size).toBe(0)
    expect((await told(c)).at(-1)).toBe('pull_request.dequeued: MANUAL')
  })

  test('is not made for what conflicts with those ahead', async () => {
    const c = await queueing()
    const [one, two] = [await queued(c, 'one'), await openRequest(c, 'two', { 'requests/one.yml': 'id: two\n' })]
    await report(c, two.head)
    c.seed.enqueue('acme/access', two.number, 'octocat')
    expect([...groups(c).keys()]).toEqual([one.number])
    expect((await told(c)).at(-1)).toBe('pull_request.dequeued: MERGE_CONFLICT')
  })
})
