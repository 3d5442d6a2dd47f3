// Attack 74: whoever floods us with pushes is looked at once more each time, and harms nobody's revocation.
import { createHmac } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { startPostgres } from '../../src/database/postgres.ts'
import type { Postgres } from '../../src/database/postgres.ts'
import { createLog } from '../../src/log.ts'
import { openQueue } from '../../src/queue/queue.ts'
import type { Queue } from '../../src/queue/queue.ts'
import { createReceiver } from '../../src/receive/receive.ts'

const secret = 'a secret of the tests'
const log = createLog('silent')
let folder: string
let server: Postgres
let queue: Queue

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'addendum-flood-'))
  await chmod(folder, 0o711)
  server = await startPostgres({ directory: join(folder, 'data'), log, fsync: false })
  queue = await openQueue({ database: { config: server.config, embedded: true }, clock: systemClock, log })
})

afterAll(async () => {
  await queue.stop({ graceful: false })
  await server.close()
  await rm(folder, { recursive: true, maxRetries: 20, retryDelay: 100 })
})

function push(number: number, turn: number) {
  const payload = {
    action: 'synchronize',
    installation: { id: 9 },
    repository: { id: 42, name: 'access', owner: { login: 'acme' } },
    pull_request: { number }
  }
  const bytes = Buffer.from(JSON.stringify(payload))
  const signature = createHmac('sha256', secret).update(bytes).digest('hex')
  return {
    headers: {
      'x-github-event': 'pull_request',
      'x-github-delivery': `d-${number}-${turn}`,
      'x-hub-signature-256': `sha256=${signature}`
    },
    body: (async function* body() {
      yield bytes
    })()
  }
}

test('a thousand pushes are a few looks, and 10,000 waiting hints do not keep a revocation waiting', async () => {
  const looked = new Map<string, number>()
  const revoked = new Map<string, number>()
  await queue.work(async ({ key, lane }) => {
    if (lane === 'revoke') return void revoked.set(key, performance.now())
    looked.set(key, (looked.get(key) ?? 0) + 1)
    await systemClock.sleep(40)
  })
  const receive = createReceiver({ secrets: { current: secret }, queue, log })

  // One person pushes a thousand times, and opens ten thousand pull requests.
  const answers: number[] = []
  for (let turn = 0; turn < 10; turn += 1) {
    const one = await Promise.all(Array.from({ length: 100 }, (_, n) => receive(push(1, turn * 100 + n))))
    const many = await Promise.all(Array.from({ length: 1000 }, (_, n) => receive(push(2 + turn * 1000 + n, 0))))
    answers.push(...[...one, ...many].map(({ status }) => status))
  }
  expect(answers.every(status => status === 202)).toBe(true)
  expect((await queue.counts()).due).toBeGreaterThan(5000)

  const waits: number[] = []
  for (let n = 0; n < 40; n += 1) {
    const key = `entitlement/42/${n}`
    const asked = performance.now()
    await queue.look([{ lane: 'revoke', key }])
    while (!revoked.has(key)) await systemClock.sleep(2)
    waits.push((revoked.get(key) ?? Infinity) - asked)
  }
  waits.sort((a, b) => a - b)
  expect((await queue.counts()).due).toBeGreaterThan(1000)
  expect(waits[20]).toBeLessThan(200)
  expect(waits[39]).toBeLessThan(1000)
  expect(looked.get('pull/42/1')).toBeLessThanOrEqual(11)
}, 120_000)
