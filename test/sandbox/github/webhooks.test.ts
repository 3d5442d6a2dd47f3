// The local GitHub's outbox: order, log, redelivery, and the faults of a real network.
import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { APP, AT, company, openRequest, refusal } from './world.ts'

const label = (d: { event: string; payload: Record<string, unknown> }): string =>
  [d.event, d.payload['action']].filter(x => x !== undefined).join('.')

test('a redelivery has the same GUID and body, and a line of its own in the log', async () => {
  const c = await company()
  await openRequest(c)
  await c.github.outbox.settled()
  const { data } = await c.asApp.rest.apps.listWebhookDeliveries({ per_page: 100 })
  const opened = data.find(d => d.action === 'opened')
  expect(opened).toMatchObject({
    event: 'pull_request',
    status: 'OK',
    status_code: 202,
    redelivery: false,
    installation_id: c.installationId
  })
  await c.asApp.rest.apps.redeliverWebhookDelivery({ delivery_id: opened?.id ?? 0 })
  await c.github.outbox.settled()
  const again = c.received.filter(d => d.guid === opened?.guid)
  expect(again).toHaveLength(2)
  expect(again[0]?.body).toBe(again[1]?.body)
  const log = await c.asApp.rest.apps.listWebhookDeliveries()
  expect(log.data[0]).toMatchObject({ guid: opened?.guid, redelivery: true })
  const detail = await c.asApp.rest.apps.getWebhookDelivery({ delivery_id: opened?.id ?? 0 })
  expect(detail.data).toMatchObject({ request: { payload: { action: 'opened' } } })
  await c.github.outbox.redeliver(opened?.guid ?? '')
  expect(c.received.filter(d => d.guid === opened?.guid)).toHaveLength(3)
  expect((await refusal(c.asApp.rest.apps.redeliverWebhookDelivery({ delivery_id: 1 }))).status).toBe(404)
})

test('the log is paged by cursor, newest first, and can be narrowed to failures', async () => {
  let answer = 202
  const c = await company({ deliver: () => Promise.resolve(new Response(null, { status: answer })) })
  for (const name of ['a', 'b', 'c']) c.seed.commit('acme/access', name, { [name]: '1' }, { by: 'octocat' })
  await c.github.outbox.settled()
  answer = 503
  c.seed.commit('acme/access', 'a', { a: '2' }, { by: 'octocat' })
  await c.github.outbox.settled()
  const first = await c.asApp.rest.apps.listWebhookDeliveries({ per_page: 4 })
  const cursor = /cursor=(\d+)>; rel="next"/.exec(first.headers.link ?? '')?.[1] ?? ''
  const second = await c.asApp.rest.apps.listWebhookDeliveries({ per_page: 100, cursor })
  const all = c.github.outbox.deliveries().map(d => d.id)
  expect([...first.data, ...second.data].map(d => d.id)).toEqual(all.toReversed())
  const failed = await c.asApp.request('GET /app/hook/deliveries', { status: 'failure' })
  expect(failed.data.map(d => [d.status, d.status_code])).toEqual([['Invalid HTTP Response', 503]])
})

test('a receiver that cannot be reached is written down, and not tried again', async () => {
  let tries = 0
  const c = await company({
    deliver: () => {
      tries++
      return Promise.reject(new TypeError('fetch failed'))
    }
  })
  tries = 0
  c.seed.commit('acme/access', 'main', { a: '1' }, { by: 'monalisa' })
  await c.github.outbox.settled()
  expect(tries).toBe(1)
  expect(c.github.outbox.deliveries().at(-1)).toMatchObject({ status: 'failed to connect to host', statusCode: 0 })
})

test('deliveries are lost, doubled, held back and reordered on demand', async () => {
  const c = await company()
  c.github.faults.drop({ event: 'create' })
  c.github.faults.duplicate({ event: 'push' })
  c.github.faults.hold({ event: 'pull_request', times: 2 })
  await openRequest(c)
  await c.github.outbox.settled()
  expect(c.received.map(label)).toEqual(['push', 'push'])
  expect(c.received[0]?.guid).toBe(c.received[1]?.guid)
  c.github.faults.release('reversed')
  await c.github.outbox.settled()
  expect(c.received.slice(2).map(label)).toEqual(['pull_request.review_requested', 'pull_request.opened'])
})

test('a paused outbox keeps everything for later, in order', async () => {
  const c = await company()
  c.github.outbox.pause()
  await openRequest(c)
  await c.github.outbox.settled()
  expect(c.received).toEqual([])
  c.github.outbox.resume()
  await c.github.outbox.settled()
  expect(c.received.map(label)).toEqual(['create', 'push', 'pull_request.opened', 'pull_request.review_requested'])
})

test('only what the app subscribed to, where it is installed, is sent', async () => {
  const c = await company({ app: { ...APP, events: ['push'] } })
  c.seed.repository('acme', 'other', { files: { a: 'a' }, author: 'mona' })
  c.seed.commit('acme/other', 'main', { a: 'b' }, { by: 'mona' })
  await openRequest(c)
  await c.github.outbox.settled()
  expect(c.received.map(label)).toEqual(['push'])
})

test("the webhook's address and secret can be changed, and the secret is never shown", async () => {
  const c = await company()
  // Octokit takes a parameter named `url` for the address of the request itself.
  const { data } = await c.asApp.request('PATCH /app/hook/config', {
    data: { url: 'http://127.0.0.1:2/new', secret: 'another' }
  })
  expect(data).toEqual({ url: 'http://127.0.0.1:2/new', secret: '********', content_type: 'json', insecure_ssl: '0' })
  c.seed.commit('acme/access', 'main', { a: 'b' }, { by: 'monalisa' })
  await c.github.outbox.settled()
  expect(c.received[0]?.headers.get('x-hub-signature-256')).toBe(
    `sha256=${createHmac('sha256', 'another')
      .update(c.received[0]?.body ?? '')
      .digest('hex')}`
  )
  expect((await c.asApp.rest.apps.getWebhookConfigForApp()).data.secret).toBe('********')
})

test('installing tells the app which repositories it may see', async () => {
  const c = await company()
  c.seed.repository('octocat', 'mine', { files: { a: 'a' } })
  const id = c.seed.install('octocat', ['mine'])
  await c.github.outbox.settled()
  expect(c.received.map(d => d.payload)).toMatchObject([
    {
      action: 'created',
      installation: { id, account: { login: 'octocat' } },
      repositories: [{ full_name: 'octocat/mine' }]
    }
  ])
  expect((await c.asApp.rest.apps.listInstallations()).data.map(i => i.id)).toEqual([c.installationId, id])
  expect((await c.asApp.rest.apps.getRepoInstallation({ owner: 'octocat', repo: 'mine' })).data.id).toBe(id)
  expect((await c.asApp.rest.apps.getOrgInstallation({ org: 'acme' })).data.id).toBe(c.installationId)
  expect((await refusal(c.asApp.rest.apps.getOrgInstallation({ org: 'nobody' }))).status).toBe(404)
  expect((await c.app.rest.apps.listReposAccessibleToInstallation()).data).toMatchObject({
    total_count: 1,
    repository_selection: 'selected',
    repositories: [{ full_name: `${AT.owner}/${AT.repo}` }]
  })
})
