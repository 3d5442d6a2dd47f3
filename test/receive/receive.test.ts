import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { createLog } from '../../src/log.ts'
import { Fault } from '../../src/model/fault.ts'
import type { Json } from '../../src/model/ports.ts'
import type { Job } from '../../src/queue/queue.ts'
import { createReceiver, LARGEST_PAYLOAD_BYTES } from '../../src/receive/receive.ts'

const CURRENT = 'current-secret-0123456789'
const PREVIOUS = 'previous-secret-012345678'
const PULL = {
  action: 'opened',
  installation: { id: 9 },
  repository: { id: 42, name: 'access', owner: { login: 'acme' } },
  pull_request: { number: 7 }
}

function memory() {
  const writes: Job[][] = []
  let gate: Promise<void> | undefined
  return {
    writes,
    hold: (until: Promise<void>) => (gate = until),
    look: async (jobs: Job[]) => {
      writes.push([...jobs])
      await gate
    }
  }
}

interface Given {
  payload?: Json
  raw?: string | Buffer
  headers?: Record<string, string | undefined>
  secret?: string
}

function delivery(given: Given = {}) {
  const bytes = Buffer.from(given.raw ?? JSON.stringify(given.payload ?? PULL))
  const signature = `sha256=${createHmac('sha256', given.secret ?? CURRENT)
    .update(bytes)
    .digest('hex')}`
  let read = 0
  async function* body() {
    for (let at = 0; at < bytes.length; at += 1000) {
      const chunk = bytes.subarray(at, at + 1000)
      read += chunk.length
      yield chunk
    }
  }
  return {
    headers: {
      'x-github-event': 'pull_request',
      'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      'x-hub-signature-256': signature,
      ...given.headers
    },
    body: body(),
    read: () => read
  }
}

interface Made {
  previous?: string
  maxBytes?: number
  queue?: { look(jobs: Job[]): Promise<void> }
  lines?: string[]
}

function receiver(options: Made = {}) {
  const queue = options.queue ?? memory()
  const log = createLog('info', { write: line => void options.lines?.push(line) })
  const { previous, maxBytes = LARGEST_PAYLOAD_BYTES } = options
  return createReceiver({ secrets: { current: CURRENT, previous }, queue, log, maxBytes })
}

test('a signed delivery is accepted once what it hints at is stored', async () => {
  const queue = memory()
  expect(await receiver({ queue })(delivery())).toMatchObject({ status: 202 })
  expect(queue.writes).toEqual([[expect.objectContaining({ key: 'pull/42/7', lane: 'walk' })]])
})

test('the answer waits for the store', async () => {
  const queue = memory()
  const gate = Promise.withResolvers<void>()
  queue.hold(gate.promise)
  let answered = false
  const answer = receiver({ queue })(delivery()).then(given => {
    answered = true
    return given
  })
  while (queue.writes.length === 0) await new Promise(setImmediate)
  await new Promise(setImmediate)
  expect(answered).toBe(false)
  gate.resolve()
  expect(await answer).toMatchObject({ status: 202 })
})

test('what cannot be stored is answered 503, and the next delivery is tried afresh', async () => {
  let down = true
  const queue = {
    look: async () => {
      if (down) throw new Fault('queue.unavailable', 'No.')
    }
  }
  const receive = receiver({ queue })
  expect(await receive(delivery())).toMatchObject({ status: 503 })
  down = false
  expect(await receive(delivery())).toMatchObject({ status: 202 })
})

test('what arrives during a write is written together', async () => {
  const queue = memory()
  const gate = Promise.withResolvers<void>()
  queue.hold(gate.promise)
  const receive = receiver({ queue })
  const first = receive(delivery())
  while (queue.writes.length === 0) await new Promise(setImmediate)
  const others = Array.from({ length: 20 }, (_, at) =>
    receive(delivery({ payload: { ...PULL, pull_request: { number: at + 100 } } }))
  )
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate)
  gate.resolve()
  const answers = await Promise.all([first, ...others])
  expect(answers.every(({ status }) => status === 202)).toBe(true)
  expect(queue.writes.map(jobs => jobs.length)).toEqual([1, 20])
})

test('the previous secret is accepted while it is given, and only then', async () => {
  const given = () => delivery({ secret: PREVIOUS })
  expect(await receiver({ previous: PREVIOUS })(given())).toMatchObject({ status: 202 })
  expect(await receiver()(given())).toMatchObject({ status: 401 })
})

test.each<[string, Record<string, string | undefined>]>([
  ['no signature', { 'x-hub-signature-256': undefined }],
  ['a SHA-1 signature only', { 'x-hub-signature-256': undefined, 'x-hub-signature': `sha1=${'0'.repeat(40)}` }],
  ['another signature', { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }],
  ['a short signature', { 'x-hub-signature-256': 'sha256=00' }],
  ['a signature without algorithm', { 'x-hub-signature-256': '0'.repeat(64) }],
  ['two signatures', { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}, sha256=${'0'.repeat(64)}` }],
  ['an empty signature', { 'x-hub-signature-256': '' }]
])('attack 70: %s is refused', async (_, headers) => {
  const queue = memory()
  expect(await receiver({ queue })(delivery({ headers }))).toMatchObject({ status: 401 })
  expect(queue.writes).toEqual([])
})

test('attack 70: one changed byte is refused', async () => {
  const given = delivery()
  async function* changed() {
    for await (const chunk of given.body) yield Buffer.from(String(chunk).replace('"number":7', '"number":8'))
  }
  expect(await receiver()({ ...given, body: changed() })).toMatchObject({ status: 401 })
})

test('attack 70: without a signature no byte of the body is read', async () => {
  const given = delivery({ headers: { 'x-hub-signature-256': undefined } })
  await receiver()(given)
  expect(given.read()).toBe(0)
})

test('attack 70: a receiver with an empty secret is not made', () => {
  const make = (secrets: { current: string; previous?: string }) =>
    createReceiver({ secrets, queue: memory(), log: createLog('silent') })
  expect(() => make({ current: '' })).toThrow(TypeError)
  expect(() => make({ current: CURRENT, previous: '' })).toThrow(TypeError)
})

test('attack 71: a delivery that is repeated asks for the same key again', async () => {
  const queue = memory()
  const receive = receiver({ queue })
  await receive(delivery())
  await receive(delivery())
  expect(queue.writes.flat().map(({ key }) => key)).toEqual(['pull/42/7', 'pull/42/7'])
})

test('a body that says it is too large is refused unread', async () => {
  const given = delivery({ headers: { 'content-length': '5001' } })
  expect(await receiver({ maxBytes: 5000 })(given)).toMatchObject({ status: 413 })
  expect(given.read()).toBe(0)
})

test('a body that turns out too large is read no further', async () => {
  const given = delivery({ raw: 'x'.repeat(100_000), headers: { 'content-length': '10' } })
  expect(await receiver({ maxBytes: 5000 })(given)).toMatchObject({ status: 413 })
  expect(given.read()).toBeLessThanOrEqual(6000)
})

test.each([
  ['no event', { headers: { 'x-github-event': undefined } }],
  ['no delivery', { headers: { 'x-github-delivery': undefined } }],
  ['an event with a line end', { headers: { 'x-github-event': 'push\nx' } }],
  ['a body that is no JSON', { raw: 'payload=%7B%7D' }],
  ['a body that is no object', { raw: '[1]' }],
  ['an empty body', { raw: '' }],
  ['bytes that are no text', { raw: Buffer.from([0xff, 0xfe, 0x00]) }]
])('%s is a bad request', async (_, given) => {
  expect(await receiver()(delivery(given))).toMatchObject({ status: 400 })
})

test('an unknown event is accepted and stored nowhere', async () => {
  const queue = memory()
  expect(await receiver({ queue })(delivery({ headers: { 'x-github-event': 'star' } }))).toMatchObject({ status: 202 })
  expect(queue.writes).toEqual([])
})

test('neither log nor answer shows a secret or the payload', async () => {
  const lines: string[] = []
  const receive = receiver({ lines, queue: { look: () => Promise.reject(new Fault('queue.unavailable', 'No.')) } })
  const answers = [
    await receive(delivery({ payload: { ...PULL, secret_note: 'hunter22' } })),
    await receive(delivery({ secret: 'wrong-secret-0123456789', payload: { ...PULL, secret_note: 'hunter22' } }))
  ]
  expect(answers.map(({ status }) => status)).toEqual([503, 401])
  expect(lines).toHaveLength(2)
  expect(lines.join('') + JSON.stringify(answers)).not.toMatch(/hunter22|secret-0123|sha256=/)
})
