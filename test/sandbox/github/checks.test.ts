// The local GitHub's checks: the app's own, kept with their annotations, and what it refuses.
import { expect, test } from 'vitest'
import { APP, AT, company, openRequest, refusal } from './world.ts'

const output = { title: 't', summary: 's' }

test('a completed check needs a conclusion, and a conclusion completes it', async () => {
  const c = await company()
  const { head } = await openRequest(c)
  const create = (more: object) => c.app.rest.checks.create({ ...AT, name: 'addendum', head_sha: head, ...more })
  expect((await refusal(create({ status: 'completed' }))).status).toBe(422)
  expect((await create({ conclusion: 'failure' })).data).toMatchObject({
    status: 'completed',
    conclusion: 'failure',
    completed_at: '2026-11-22T12:00:00Z',
    app: { id: APP.id }
  })
  const running = await create({ status: 'in_progress' })
  expect(
    (await refusal(c.app.rest.checks.update({ ...AT, check_run_id: running.data.id, status: 'completed' }))).status
  ).toBe(422)
  expect((await refusal(create({ head_sha: '0'.repeat(40), conclusion: 'success' }))).status).toBe(422)
})

test('annotations are kept over calls, and fifty are the most of one call', async () => {
  const c = await company()
  const { head } = await openRequest(c)
  const notes = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      path: 'requests/r1.yml',
      start_line: i + 1,
      end_line: i + 1,
      annotation_level: 'failure' as const,
      message: `wrong ${i}`
    }))
  const { data } = await c.app.rest.checks.create({
    ...AT,
    name: 'addendum',
    head_sha: head,
    output: { ...output, annotations: notes(50) }
  })
  await c.app.rest.checks.update({ ...AT, check_run_id: data.id, output: { ...output, annotations: notes(10) } })
  expect(
    (
      await refusal(
        c.app.rest.checks.update({ ...AT, check_run_id: data.id, output: { ...output, annotations: notes(51) } })
      )
    ).status
  ).toBe(422)
  const listed = await c.app.paginate(c.app.rest.checks.listAnnotations, {
    ...AT,
    check_run_id: data.id,
    per_page: 100
  })
  expect(listed).toHaveLength(60)
  expect((await c.app.rest.checks.get({ ...AT, check_run_id: data.id })).data.output.annotations_count).toBe(60)
  expect(
    (
      await refusal(
        c.app.rest.checks.update({ ...AT, check_run_id: data.id, output: { title: 't', summary: 'x'.repeat(65_536) } })
      )
    ).status
  ).toBe(422)
})

test('a ref lists the latest run of each name, of all apps or of one', async () => {
  const c = await company()
  const { head } = await openRequest(c)
  for (const conclusion of ['failure', 'success'] as const)
    await c.app.rest.checks.create({ ...AT, name: 'addendum', head_sha: head, conclusion })
  c.seed.check('acme/access', { appId: 15_368, name: 'addendum', headSha: head, conclusion: 'success' })
  const list = async (query: object) =>
    (await c.app.rest.checks.listForRef({ ...AT, ref: 'request', ...query })).data.check_runs.map(r => [
      r.app?.id,
      r.conclusion
    ])
  expect(await list({})).toEqual([
    [15_368, 'success'],
    [APP.id, 'success']
  ])
  expect(await list({ app_id: APP.id })).toEqual([[APP.id, 'success']])
  expect(await list({ app_id: APP.id, filter: 'all' })).toEqual([
    [APP.id, 'success'],
    [APP.id, 'failure']
  ])
  const suites = (await c.app.rest.checks.listSuitesForRef({ ...AT, ref: head })).data
  expect(suites.check_suites.map(s => [s.app?.id, s.conclusion])).toEqual([
    [APP.id, 'failure'],
    [15_368, 'success']
  ])
  expect(
    (await c.app.rest.checks.listForSuite({ ...AT, check_suite_id: suites.check_suites[0]?.id ?? 0 })).data.total_count
  ).toBe(1)
})

test("another app's check is not ours to change; re-running asks its owner", async () => {
  const c = await company()
  const { head } = await openRequest(c)
  const foreign = c.seed.check('acme/access', { appId: 15_368, name: 'build', headSha: head, conclusion: 'success' })
  expect(
    (await refusal(c.app.rest.checks.update({ ...AT, check_run_id: foreign.id, conclusion: 'failure' }))).status
  ).toBe(403)
  const own = await c.app.rest.checks.create({ ...AT, name: 'addendum', head_sha: head, conclusion: 'failure' })
  expect((await refusal(c.as('hubot').rest.checks.rerequestRun({ ...AT, check_run_id: own.data.id }))).status).toBe(403)
  await c.as('octocat').rest.checks.rerequestRun({ ...AT, check_run_id: own.data.id })
  await c.github.outbox.settled()
  expect(c.received.filter(d => d.event === 'check_run').map(d => d.payload['action'])).toEqual([
    'created',
    'completed',
    'rerequested'
  ])
})
