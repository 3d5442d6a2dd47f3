// The door of `npm start`: node:http around the receiver, with limits on what a slow or hostile client can hold.
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Log } from './model/ports.ts'
import type { Answer, Delivery } from './receive/receive.ts'

/** What the health checks ask: `live`, whether this process is sound; `ready`, whether it can take work. */
export interface Health {
  live(): Promise<boolean>
  ready(): Promise<boolean>
}

/** Where to listen, and who answers. */
export interface ListenOptions {
  host: string
  port: number
  receive: (delivery: Delivery) => Promise<Answer>
  health: Health
  log: Log
}

/** The open door. */
export interface Listener {
  /** Where it listens; the port is the real one when 0 was asked for. */
  url: string
  /**
   * Stops accepting, lets deliveries that are being stored get their answer, and closes. Nothing else needs saving: an
   * answer of 202 is durable already, so this is the path of a crash with better manners (DESIGN §4).
   */
  close(): Promise<void>
}

const WEBHOOKS = '/api/github/webhooks'
/** GitHub gives up after 10 s, GHES after 30 s; a client slower than this in sending its request is not GitHub. */
const REQUEST_MS = 30_000
const HEADERS_MS = 10_000
const IDLE_MS = 5000
const MOST_CONNECTIONS = 1000

/** Listens for webhooks at `/api/github/webhooks` and for `/health` and `/ready`; anything else is 404. */
export async function listen({ host, port, receive, health, log }: ListenOptions): Promise<Listener> {
  const server = createServer(
    {
      requestTimeout: REQUEST_MS,
      headersTimeout: HEADERS_MS,
      keepAliveTimeout: IDLE_MS,
      connectionsCheckingInterval: 1000,
      maxHeaderSize: 16 * 1024
    },
    (request, response) => {
      answer(request, response).catch((error: unknown) => {
        // A client that goes away while sending is its own affair; anything else is a bug.
        if (request.destroyed && !request.complete) log.debug({ err: error }, 'A client went away')
        else log.error({ err: error }, 'A request failed by an error of ours')
        if (response.headersSent) response.destroy()
        else send(response, 500, 'Something failed here.')
      })
    }
  )
  server.maxConnections = MOST_CONNECTIONS
  let closing = false

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path] = (request.url ?? '').split('?')
    const asks = request.method === 'GET' || request.method === 'HEAD'
    if (path === WEBHOOKS && request.method === 'POST') {
      // Without destroyOnReturn a body that is too large would be cut off together with the answer that says so.
      const body = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>
      const { status, body: text } = await receive({ headers: request.headers, body })
      if (closing) response.setHeader('connection', 'close')
      return send(response, status, text, request)
    }
    if (path === '/health' && asks) return report(response, health.live)
    if (path === '/ready' && asks) return report(response, health.ready)
    send(response, 404, 'There is nothing here.', request)
  }

  async function report(response: ServerResponse, check: () => Promise<boolean>): Promise<void> {
    const well = await check().catch((error: unknown) => {
      log.warn({ err: error }, 'A health check failed')
      return false
    })
    send(response, well ? 200 : 503, well ? 'ok' : 'not ok')
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { address, port: actual, family } = server.address() as AddressInfo
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${actual}`
  log.info({ url }, 'Listening')
  return {
    url,
    close: () =>
      new Promise(resolve => {
        closing = true
        server.close(() => resolve())
        server.closeIdleConnections()
      })
  }
}

/** Answers in plain text. When the request was not read to its end, the connection is closed after the answer. */
function send(response: ServerResponse, status: number, text: string, request?: IncomingMessage): void {
  const unread = request !== undefined && !request.complete
  if (unread) response.setHeader('connection', 'close')
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff'
  })
  response.end(response.req.method === 'HEAD' ? undefined : text)
}
