// The door of `npm start`: node:http around the receiver, with limits on what a slow or hostile client can hold.
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
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
/** Of the operator's own page. */
const MOST_READERS = 50

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

  const door = await opened(server, host, port, log)
  return {
    url: door.url,
    close: () => {
      closing = true
      return door.close()
    }
  }
}

async function opened(server: Server, host: string, port: number, log: Log): Promise<Listener> {
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
        server.close(() => resolve())
        server.closeIdleConnections()
      })
  }
}

/** One page: what it is, what a browser may do with it, and its text. */
export interface Page {
  type: string
  /** Content-Security-Policy. */
  policy: string
  body: string
}

/** Pages by their path, each made anew when it is asked for. */
export type Pages = ReadonlyMap<string, () => Promise<Page>>

/**
 * A second door, for the operator alone: it knows no webhooks, and asks nobody who they are. So it opens only where the
 * operator says (docs/decisions.md), and on this machine's own address it answers only to this machine's own names: a
 * page of somebody else's could otherwise read it through a name that leads here (DNS rebinding).
 */
export async function listenPages(options: { host: string; port: number; pages: Pages; log: Log }): Promise<Listener> {
  const { host, port, pages, log } = options
  const server = createServer(
    { requestTimeout: REQUEST_MS, headersTimeout: HEADERS_MS, keepAliveTimeout: IDLE_MS },
    (request, response) => {
      answer(request, response).catch((error: unknown) => {
        log.error({ err: error }, 'A page failed by an error of ours')
        send(response, 500, 'Something failed here.', request)
      })
    }
  )
  server.maxConnections = MOST_READERS

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isOwn(host) && !isOwn(nameOf(request))) return send(response, 421, 'This host has another name.', request)
    const asks = request.method === 'GET' || request.method === 'HEAD'
    const make = asks ? pages.get((request.url ?? '').split('?')[0] ?? '') : undefined
    if (make === undefined) return send(response, 404, 'There is nothing here.', request)
    const { type, policy, body } = await make()
    response.setHeader('content-security-policy', policy)
    response.setHeader('referrer-policy', 'no-referrer')
    response.setHeader('cross-origin-resource-policy', 'same-origin')
    send(response, 200, body, request, type)
  }

  return await opened(server, host, port, log)
}

/** Names and addresses of this machine that no other can have. */
function isOwn(name: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(name)
}

/** The name in the Host header, without its port. */
function nameOf({ headers }: IncomingMessage): string {
  return (headers.host ?? '').replace(/:\d{1,5}$/, '')
}

/**
 * Answers in plain text, unless `type` says otherwise. When the request was not read to its end, the connection is closed
 * after the answer.
 */
function send(
  response: ServerResponse,
  status: number,
  text: string,
  request?: IncomingMessage,
  type = 'text/plain; charset=utf-8'
): void {
  const unread = request !== undefined && !request.complete
  if (unread) response.setHeader('connection', 'close')
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff'
  })
  response.end(response.req.method === 'HEAD' ? undefined : text)
}
