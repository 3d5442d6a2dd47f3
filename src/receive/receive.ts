// The first step of the walk: a webhook becomes a durable "look at this", and nothing else of it is believed.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { hintsOf } from './hints.ts'
import type { Json, Log } from '../model/ports.ts'
import type { Job, Queue } from '../queue/queue.ts'

/** GitHub sends no payload above 25 MB (docs.github.com, "Webhook events and payloads"). */
export const LARGEST_PAYLOAD_BYTES = 25 * 1024 * 1024

/** A webhook request as it came in: nothing of it is verified yet. */
export interface Delivery {
  headers: IncomingHttpHeaders
  body: AsyncIterable<Uint8Array>
}

/** `status` and `body` for the answer; `body` is prose for whoever reads GitHub's delivery log, and names no secret. */
export interface Answer {
  status: 202 | 400 | 401 | 413 | 503
  body: string
}

/** What the receiver is made of. */
export interface ReceiverOptions {
  /** `previous` is accepted as well while a secret is being changed. */
  secrets: { current: string; previous?: string | undefined }
  queue: Pick<Queue, 'look'>
  log: Log
  maxBytes?: number
  hints?: (event: string, payload: Json, delivery: string) => Job[]
}

const ANSWERS = {
  accepted: { status: 202, body: 'Accepted.' },
  ignored: { status: 202, body: 'Nothing to do for this event.' },
  unsigned: { status: 401, body: 'The signature in X-Hub-Signature-256 is missing or wrong.' },
  headless: { status: 400, body: 'X-GitHub-Event and X-GitHub-Delivery are needed.' },
  unreadable: { status: 400, body: 'The payload is not a JSON object: choose application/json as content type.' },
  large: { status: 413, body: 'The payload is too large.' },
  unstored: { status: 503, body: 'The delivery could not be stored. Deliver it again.' }
} satisfies Record<string, Answer>

/**
 * Answers webhook deliveries: 202 only after what they hint at is durable, 503 when it could not be made so. Accepts
 * SHA-256 signatures over the raw bytes alone, compared in constant time (attack 70), and never holds more than
 * `maxBytes` of a body. Deliveries are not told apart: a repeated one asks for the same look again (attack 71).
 */
export function createReceiver(options: ReceiverOptions): (delivery: Delivery) => Promise<Answer> {
  const { secrets, queue, log, maxBytes = LARGEST_PAYLOAD_BYTES, hints = hintsOf } = options
  const keys = [secrets.current, secrets.previous].filter(secret => secret !== undefined)
  if (keys.length === 0 || keys.includes('')) throw new TypeError('A receiver needs a webhook secret')
  const store = gathered((jobs: Job[]) => queue.look(jobs))

  return async ({ headers, body }) => {
    const signature = signatureOf(headers)
    if (Number(headers['content-length']) > maxBytes) return ANSWERS.large
    if (!signature) return ANSWERS.unsigned
    const bytes = await read(body, maxBytes)
    if (!bytes) return ANSWERS.large
    if (!keys.some(key => timingSafeEqual(createHmac('sha256', key).update(bytes).digest(), signature))) {
      log.warn({ reason: 'signature' }, 'Refused a webhook delivery')
      return ANSWERS.unsigned
    }
    const event = word(headers['x-github-event'])
    const delivery = word(headers['x-github-delivery'])
    if (!event || !delivery) return ANSWERS.headless
    const payload = parse(bytes)
    if (payload === undefined) return ANSWERS.unreadable
    const jobs = hints(event, payload, delivery)
    if (jobs.length === 0) return ANSWERS.ignored
    try {
      await store(jobs)
    } catch (error) {
      log.error({ err: error, event, delivery }, 'A webhook delivery could not be stored')
      return ANSWERS.unstored
    }
    log.debug({ event, delivery, keys: jobs.map(({ key }) => key) }, 'Stored what a webhook delivery hints at')
    return ANSWERS.accepted
  }
}

/** Header values that we keep are short and plain; anything else counts as missing. */
function word(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && /^[\w.-]{1,100}$/.test(value) ? value : undefined
}

function signatureOf(headers: IncomingHttpHeaders): Buffer | undefined {
  const value = headers['x-hub-signature-256']
  const hex = typeof value === 'string' ? /^sha256=([0-9a-f]{64})$/.exec(value)?.[1] : undefined
  return hex ? Buffer.from(hex, 'hex') : undefined
}

/** The whole body, or undefined as soon as it is larger than `maxBytes`, whatever its length header said. */
async function read(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.byteLength
    if (length > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}

function parse(bytes: Buffer): Json | undefined {
  try {
    const payload = JSON.parse(bytes.toString('utf8')) as Json
    return typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? payload : undefined
  } catch {
    return undefined
  }
}

/**
 * Writes one batch at a time: what arrives during a write shares the next. So an idle process writes at once, and a
 * busy one writes as many deliveries per commit as arrive during a commit, with no timer to tune.
 */
function gathered(write: (jobs: Job[]) => Promise<void>): (jobs: Job[]) => Promise<void> {
  let last: Promise<unknown> = Promise.resolve()
  let next: { jobs: Job[]; written: Promise<void> } | undefined
  return jobs => {
    if (!next) {
      const batch = { jobs: [] as Job[], written: Promise.resolve() }
      batch.written = last.then(() => {
        next = undefined
        return write(batch.jobs)
      })
      last = batch.written.catch(() => {})
      next = batch
    }
    next.jobs.push(...jobs)
    return next.written
  }
}
