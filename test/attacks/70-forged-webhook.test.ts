// #70 A webhook that GitHub did not send. Only an HMAC with SHA-256 over the raw bytes opens the door, and a body is
// bounded; what it says is a hint at most.
import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { createLog } from '../../src/log.ts'
import type { Job } from '../../src/queue/queue.ts'
import { createReceiver } from '../../src/receive/receive.ts'
import { ask, checks, fate, story, works } from '../stories/company.ts'

const secret = 'a secret of the tests'
const payload = JSON.stringify({
  action: 'closed',
  installation: { id: 9 },
  repository: { id: 42, name: 'access', owner: { login: 'acme' } },
  pull_request: { number: 7, merged: true }
})
const signed = (algorithm: string, key: string, text = payload): string =>
  `${algorithm}=${createHmac(algorithm, key).update(text).digest('hex')}`

async function deliver(
  headers: Record<string, string>,
  text = payload,
  maxBytes?: number
): Promise<{ status: number; jobs: Job[] }> {
  const jobs: Job[] = []
  const look = async (asked: Job[]): Promise<void> => void jobs.push(...asked)
  const receive = createReceiver({
    secrets: { current: secret },
    queue: { look },
    log: createLog('silent'),
    ...(maxBytes === undefined ? {} : { maxBytes })
  })
  const body = (async function* body() {
    yield Buffer.from(text)
  })()
  const { status } = await receive({
    headers: { 'x-github-event': 'pull_request', 'x-github-delivery': 'd-1', ...headers },
    body
  })
  return { status, jobs }
}

test('#70 what GitHub signed is heard', async () => {
  const { status, jobs } = await deliver({ 'x-hub-signature-256': signed('sha256', secret) })
  expect([status, jobs.map(({ key }) => key)]).toEqual([202, ['pull/42/7']])
})

const forged: Record<string, Record<string, string>> = {
  'no signature': {},
  'another secret': { 'x-hub-signature-256': signed('sha256', 'another') },
  'an empty secret': { 'x-hub-signature-256': signed('sha256', ' ') },
  'SHA-1, which GitHub still sends': { 'x-hub-signature': signed('sha1', secret) },
  'SHA-1 in the place of SHA-256': { 'x-hub-signature-256': signed('sha1', secret) },
  'the signature of another body': { 'x-hub-signature-256': signed('sha256', secret, '{}') },
  'half a signature': { 'x-hub-signature-256': signed('sha256', secret).slice(0, 40) }
}

for (const [what, headers] of Object.entries(forged)) {
  test(`#70 ${what} is refused, and nothing is looked at`, async () => {
    expect(await deliver(headers)).toEqual({ status: 401, jobs: [] })
  })
}

test('#70 a body over its bound is not held', async () => {
  expect(await deliver({ 'x-hub-signature-256': signed('sha256', secret) }, payload, 32)).toEqual({
    status: 413,
    jobs: []
  })
})

story('#70 even a hint that lies makes nobody believe it: GitHub is asked', undefined, async house => {
  const pull = await ask(house)
  const { id } = house.repository
  const data = {
    installation: Object.values(house.github.world.state.installations)[0]?.id ?? 0,
    repository: { id, owner: 'acme', name: 'access' },
    number: pull
  }
  await house
    .loop()
    .look([
      { lane: 'walk', key: `pull/${id}/${pull}`, data: { ...data, merged: true, approved: true, reason: 'closed' } }
    ])
  await house.settle()
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  expect(await fate(house, pull)).toBe('open')
  expect(works(house)).toBe(false)
})
