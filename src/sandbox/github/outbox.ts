// Local GitHub, webhooks: the outgoing queue: one after another, signed, logged, never retried, redelivered on request.
import { createHmac } from 'node:crypto'
import type { Delivery } from './delivery-log.ts'
import type { DeliveryFaults } from './faults.ts'
import type { World } from './world.ts'

/** What `webhooks.ts` hands over. */
export interface Outgoing {
  event: string
  action: string | undefined
  body: string
  installationId: number | undefined
  repositoryId: number | undefined
}

/** The queue of deliveries with its log, newest last. GitHub does not retry, so neither does this. */
export interface Outbox {
  enqueue(outgoing: Outgoing): void
  /** Resolves when nothing is under way and the queue is empty (or paused). */
  settled(): Promise<void>
  deliveries(): Delivery[]
  /** Sends a logged delivery once more, under the same GUID; refuses an unknown one. */
  redeliver(idOrGuid: number | string): Promise<void>
  /**
   * Holds deliveries back until `resume`: a receiver that is down for maintenance, or a test that wants to look
   * first.
   */
  pause(): void
  resume(): void
}

/** How deliveries leave, and what is kept of them. */
export interface OutboxOptions {
  world: World
  deliver: (request: Request) => Promise<Response>
  faults: DeliveryFaults
  /** The log of an earlier run; what was still pending in it is sent again. */
  earlier: Delivery[]
  /** Called when a delivery is queued and when it is finished, to be written down. */
  keep: (delivery: Delivery) => void
}

/** GitHub keeps three days; the stand-in keeps so many. */
const LOG_LENGTH = 5000

/** Starts the queue; deliveries begin on the next turn of the event loop. */
export function createOutbox({ world, deliver, faults, earlier, keep }: OutboxOptions): Outbox {
  const log = [...earlier]
  const queue = log.filter(d => d.status === 'pending')
  let paused = false
  let pumping: Promise<void> | undefined

  async function pump(): Promise<void> {
    await Promise.resolve() // the operation that raised the event finishes first
    while (!paused) {
      const delivery = queue.shift()
      if (delivery === undefined) return
      for (const one of faults.plan(delivery)) await send(one)
    }
  }

  async function send(delivery: Delivery): Promise<void> {
    const startedAt = world.now()
    try {
      const response = await deliver(
        new Request(delivery.url, {
          method: 'POST',
          headers: delivery.requestHeaders,
          body: delivery.requestBody
        })
      )
      delivery.statusCode = response.status
      delivery.status = response.ok ? 'OK' : 'Invalid HTTP Response'
      delivery.responseHeaders = Object.fromEntries(response.headers)
      delivery.responseBody = (await response.text()).slice(0, 4096)
    } catch {
      delivery.status = 'failed to connect to host' // GitHub logs the failure and goes on, whatever it was
    }
    delivery.durationSeconds = (world.now().getTime() - startedAt.getTime()) / 1000
    keep(delivery)
  }

  function push(delivery: Delivery): void {
    log.push(delivery)
    if (log.length > LOG_LENGTH) log.splice(0, log.length - LOG_LENGTH)
    queue.push(delivery)
    keep(delivery)
    start()
  }

  function start(): void {
    if (pumping !== undefined || paused) return
    pumping = pump().finally(() => {
      pumping = undefined
      if (queue.length > 0) start()
    })
  }

  faults.onRelease(held => {
    queue.push(...held)
    start()
  })
  if (queue.length > 0) start()

  return {
    enqueue(outgoing) {
      const { url } = world.state.webhook
      if (url === null) return
      const guid = [8, 4, 4, 4, 12].map(length => world.random(length / 2)).join('-')
      push({
        id: world.id(),
        guid,
        event: outgoing.event,
        action: outgoing.action,
        deliveredAt: world.stamp(),
        redelivery: false,
        status: 'pending',
        statusCode: 0,
        durationSeconds: 0,
        installationId: outgoing.installationId,
        repositoryId: outgoing.repositoryId,
        url,
        requestHeaders: headers(world, outgoing, guid),
        requestBody: outgoing.body,
        responseHeaders: {},
        responseBody: ''
      })
    },
    async settled() {
      while (pumping !== undefined) await pumping
    },
    deliveries: () => [...log],
    async redeliver(idOrGuid) {
      const known = log.findLast(d => d.id === idOrGuid || d.guid === idOrGuid)
      if (known === undefined) throw new Error(`no delivery ${idOrGuid}`)
      const { url } = world.state.webhook
      push({
        ...known,
        id: world.id(),
        url: url ?? known.url,
        deliveredAt: world.stamp(),
        redelivery: true,
        status: 'pending',
        statusCode: 0,
        requestHeaders: headers(world, { ...known, body: known.requestBody }, known.guid),
        responseHeaders: {},
        responseBody: ''
      })
      while (pumping !== undefined) await pumping
    },
    pause: () => {
      paused = true
    },
    resume: () => {
      paused = false
      start()
    }
  }
}

function headers(world: World, outgoing: Outgoing, guid: string): Record<string, string> {
  const { secret } = world.state.webhook
  const signature = (algorithm: string): string => createHmac(algorithm, secret).update(outgoing.body).digest('hex')
  return {
    accept: '*/*',
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/local',
    'x-github-delivery': guid,
    'x-github-event': outgoing.event,
    'x-github-hook-id': String(world.app.id),
    'x-github-hook-installation-target-id': String(world.app.id),
    'x-github-hook-installation-target-type': 'integration',
    ...(secret === ''
      ? {}
      : { 'x-hub-signature': `sha1=${signature('sha1')}`, 'x-hub-signature-256': `sha256=${signature('sha256')}` })
  }
}
