// How fast deliveries are answered, durable intake beside bare Probot: node bench/webhooks.ts [requests] [connections]
// The bars are perf.md's: 0.7 of bare Probot's throughput, though each is stored first, and p99 ≤ 100 ms at 1,000 a second.
import examples from '@octokit/webhooks-examples' with { type: 'json' }
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { Agent, createServer, request } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNodeMiddleware, Probot } from 'probot'
import { systemClock } from '../src/clock.ts'
import { createLog } from '../src/log.ts'
import { startPostgres } from '../src/database/postgres.ts'
import { openQueue } from '../src/queue/queue.ts'
import { createReceiver } from '../src/receive/receive.ts'
import { listen } from '../src/server.ts'

interface Delivery {
  body: Buffer
  signature: string
}

interface Payload {
  installation?: { id: number }
  number?: number
  pull_request?: { number: number }
}

const [requests = 8000, connections = 128] = process.argv.slice(2).map(Number)
const secret = 'bench-secret-0123456789abcdef'
const log = createLog('silent')

const events = examples as unknown as { name: string; examples: Payload[] }[]
const example = events.find(({ name }) => name === 'pull_request')?.examples[0]
if (!example?.pull_request) throw new Error('The example payload is missing')
/** Every delivery is about another pull request, so that none coalesces with one before it: the worst case. */
function deliveryOf(at: number): Delivery {
  const number = at + 1
  const payload = { ...example, number, pull_request: { ...example?.pull_request, number }, installation: { id: 9 } }
  const body = Buffer.from(JSON.stringify(payload))
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
  return { body, signature }
}

/** Made beforehand, so that the client's signing is not measured. */
const deliveries = Array.from({ length: 2 * requests }, (_, at) => deliveryOf(at))

interface Result {
  intake: string
  'req/s': number
  'p50 ms': number
  'p99 ms': number
  'max ms': number
  refused: number
}

/** `paced`: a thousand a second, whatever the answers take; else as fast as the answers come. */
async function measure(intake: string, url: string, paced = false): Promise<Result> {
  const agent = new Agent({ keepAlive: true, maxSockets: paced ? 900 : connections })
  const times: number[] = []
  let refused = 0
  let next = 0
  const deliver = (at: number, { body, signature }: Delivery): Promise<void> =>
    new Promise((resolve, reject) => {
      const began = performance.now()
      const headers = {
        'content-type': 'application/json',
        'content-length': body.length,
        'x-github-event': 'pull_request',
        'x-github-delivery': `bench-${at}`,
        'x-hub-signature-256': signature
      }
      const sent = request(`${url}/api/github/webhooks`, { method: 'POST', agent, headers }, response => {
        if ((response.statusCode ?? 500) >= 300) refused += 1
        response.resume().on('end', () => {
          times.push(performance.now() - began)
          resolve()
        })
      })
      sent.on('error', reject).end(body)
    })
  // What is paced is about others than what waits in the queue already.
  const send = (at: number): Promise<void> => deliver(at, deliveries[at] ?? deliveryOf(at))
  const client = async () => {
    for (let at = next++; at < requests; at = next++) await send(at)
  }
  const began = performance.now()
  if (paced) await everyMillisecond(at => send(requests + at))
  else await Promise.all(Array.from({ length: connections }, client))
  const seconds = (performance.now() - began) / 1000
  agent.destroy()
  times.sort((a, b) => a - b)
  const at = (share: number) => Math.round((times[Math.floor((times.length - 1) * share)] ?? NaN) * 10) / 10
  const rate = Math.round(requests / seconds)
  return { intake, 'req/s': rate, 'p50 ms': at(0.5), 'p99 ms': at(0.99), 'max ms': at(1), refused }
}

/** Sends each when its millisecond has come. */
async function everyMillisecond(send: (at: number) => Promise<void>): Promise<void> {
  const began = performance.now()
  const sent: Promise<void>[] = []
  while (sent.length < requests) {
    while (sent.length < Math.min(requests, performance.now() - began)) sent.push(send(sent.length))
    await new Promise(resolve => setImmediate(resolve))
  }
  await Promise.all(sent)
}

async function probot(): Promise<Result> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = String(privateKey.export({ type: 'pkcs1', format: 'pem' }))
  const app = new Probot({ appId: 1, privateKey: pem, secret, logLevel: 'fatal' })
  const middleware = await createNodeMiddleware(on => void on.on('pull_request', () => {}), { probot: app })
  const server = createServer(middleware as unknown as RequestListener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as AddressInfo
    return await measure('Probot, a handler that does nothing (nothing stored)', `http://127.0.0.1:${port}`)
  } finally {
    server.close()
  }
}

async function ours(
  intake: string,
  look: Parameters<typeof createReceiver>[0]['queue']['look'],
  paced = false
): Promise<Result> {
  const receive = createReceiver({ secrets: { current: secret }, queue: { look }, log })
  const well = async () => true
  const listener = await listen({ host: '127.0.0.1', port: 0, receive, health: { live: well, ready: well }, log })
  const result = await measure(intake, listener.url, paced)
  await listener.close()
  return result
}

const folder = await mkdtemp(join(tmpdir(), 'addendum-bench-'))
await chmod(folder, 0o711)
const postgres = await startPostgres({ directory: join(folder, 'data'), log })
const queue = await openQueue({ database: { config: postgres.config, embedded: true }, clock: systemClock, log })
try {
  const rows = [await probot(), await ours('ours, nothing stored', async () => {})]
  rows.push(await ours('ours, durable', queue.look))
  rows.push(await ours('ours, durable, 1,000 a second', queue.look, true))
  await queue.work(async () => {})
  await queue.idle()
  rows.push(await ours('ours, durable, with workers at it', queue.look))
  await queue.idle()
  const what = `${requests} deliveries of ${deliveries[0]?.body.length} bytes over ${connections} connections`
  console.log(`${what}, client in the same process`)
  console.table(rows)
  const [bare, , durable, steady] = rows
  const share = (durable?.['req/s'] ?? 0) / (bare?.['req/s'] ?? NaN)
  const p99 = steady?.['p99 ms'] ?? NaN
  console.log(
    `bar: ≥ 0.7 of bare Probot's throughput, stored: ${share >= 0.7 ? 'held' : 'MISSED'} (${share.toFixed(2)})`
  )
  console.log(`bar: p99 ≤ 100 ms at 1,000 a second: ${p99 <= 100 ? 'held' : 'MISSED'} (${p99} ms)`)
} finally {
  await queue.stop()
  await postgres.close()
  await rm(folder, { recursive: true })
}
