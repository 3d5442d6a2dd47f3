// Local GitHub, storage: the deliveries of webhooks as JSON lines beside state.json, so that a restart loses none.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** One attempt to deliver. `statusCode` 0 means that no answer came (lost, refused, or not yet sent). */
export interface Delivery {
  id: number
  guid: string
  event: string
  action: string | undefined
  deliveredAt: string
  redelivery: boolean
  status: 'pending' | 'OK' | 'Invalid HTTP Response' | 'failed to connect to host'
  statusCode: number
  durationSeconds: number
  installationId: number | undefined
  repositoryId: number | undefined
  url: string
  requestHeaders: Record<string, string>
  requestBody: string
  responseHeaders: Record<string, string>
  responseBody: string
}

const KEPT = 500

/** The latest line of each delivery, oldest first; a line cut off by a crash is skipped. Shortens the file. */
export function readDeliveries(directory: string | undefined): Delivery[] {
  const file = directory === undefined ? undefined : join(directory, 'deliveries.jsonl')
  if (file === undefined || !existsSync(file)) return []
  const latest = new Map<number, Delivery>()
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const delivery = parse(line)
    if (delivery !== undefined) latest.set(delivery.id, delivery)
  }
  const kept = [...latest.values()].slice(-KEPT)
  writeFileSync(file, kept.map(d => `${JSON.stringify(d)}\n`).join(''), { mode: 0o600 })
  return kept
}

/** Adds the present state of a delivery. */
export function writeDelivery(directory: string | undefined, delivery: Delivery): void {
  if (directory === undefined) return
  mkdirSync(directory, { recursive: true })
  appendFileSync(join(directory, 'deliveries.jsonl'), `${JSON.stringify(delivery)}\n`, { mode: 0o600 })
}

function parse(line: string): Delivery | undefined {
  try {
    return line === '' ? undefined : (JSON.parse(line) as Delivery)
  } catch {
    return undefined
  }
}
