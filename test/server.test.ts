import { request } from 'node:http'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createLog } from '../src/log.ts'
import type { Answer, Delivery } from '../src/receive/receive.ts'
import { listen, listenPages } from '../src/server.ts'
import type { Health, Listener, Pages } from '../src/server.ts'

const open: Listener[] = []
afterEach(async () => {
  for (const listener of open.splice(0)) await listener.close()
})

const yes = async () => true
const accept = async (): Promise<Answer> => ({ status: 202, body: 'Accepted.' })

interface Given {
  receive?: (delivery: Delivery) => Promise<Answer>
  health?: Partial<Health>
}

async function serve(given: Given = {}): Promise<Listener> {
  const health = { live: yes, ready: yes, ...given.health }
  const receive = given.receive ?? accept
  const listener = await listen({ host: '127.0.0.1', port: 0, receive, health, log: createLog('silent') })
  open.push(listener)
  return listener
}

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const post = (url: string, body = '{}', headers: Record<string, string> = {}) =>
  fetch(`${url}/api/github/webhooks`, { method: 'POST', body, headers })

test('a webhook reaches the receiver with its headers and its raw bytes, and gets its answer', async () => {
  const seen: unknown[] = []
  const { url } = await serve({
    receive: async ({ headers, body }) => {
      seen.push(headers['x-github-event'], await bytesOf(body))
      return { status: 202, body: 'Accepted.' }
    }
  })
  const answer = await post(url, '{ "a" :1}', { 'x-github-event': 'push' })
  expect([answer.status, await answer.text()]).toEqual([202, 'Accepted.'])
  expect(seen).toEqual(['push', '{ "a" :1}'])
})

test.each([
  ['GET', '/api/github/webhooks'],
  ['POST', '/'],
  ['POST', '/api/github/webhooks/'],
  ['GET', '/probot'],
  ['POST', '/health'],
  ['GET', '/../health']
])('%s %s is not found', async (method, path) => {
  const { url } = await serve()
  expect((await fetch(`${url}${path === '/../health' ? '/%2e%2e%2fhealth' : path}`, { method })).status).toBe(404)
})

test('health and readiness are told apart, and a failing check is a no', async () => {
  const { url } = await serve({ health: { ready: () => Promise.reject(new Error('hunter22')) } })
  expect((await fetch(`${url}/health`)).status).toBe(200)
  const ready = await fetch(`${url}/ready`)
  expect(ready.status).toBe(503)
  expect(await ready.text()).not.toContain('hunter22')
  expect((await fetch(`${url}/health`, { method: 'HEAD' })).status).toBe(200)
})

test('a receiver that throws is a 500 that tells nothing, and the next request is served', async () => {
  let broken = true
  const { url } = await serve({
    receive: async () => {
      if (broken) throw Object.assign(new Error('hunter22'), { status: 200 })
      return accept()
    }
  })
  const answer = await post(url)
  expect(answer.status).toBe(500)
  expect(await answer.text()).not.toContain('hunter22')
  broken = false
  expect((await post(url)).status).toBe(202)
})

test('an answer given before the body was read reaches the client, and the connection ends', async () => {
  const { url } = await serve({ receive: async () => ({ status: 413, body: 'The payload is too large.' }) })
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write('POST /api/github/webhooks HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\nsome')
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  expect(text).toMatch(/^HTTP\/1\.1 413 /)
  expect(text).toMatch(/connection: close/i)
})

test('close waits for the delivery that is being stored, and then nobody is served', async () => {
  const stored = Promise.withResolvers<void>()
  const began = Promise.withResolvers<void>()
  const listener = await serve({
    receive: async ({ body }) => {
      await bytesOf(body)
      began.resolve()
      await stored.promise
      return accept()
    }
  })
  const answer = post(listener.url)
  await began.promise
  const before = performance.now()
  const closed = listener.close()
  stored.resolve()
  expect((await answer).status).toBe(202)
  await closed
  expect(performance.now() - before).toBeLessThan(2000)
  await expect(post(listener.url)).rejects.toThrow()
})

test('a port that is taken is told', async () => {
  const { url } = await serve()
  const health = { live: yes, ready: yes }
  const port = Number(new URL(url).port)
  const again = listen({ host: '127.0.0.1', port, receive: accept, health, log: createLog('silent') })
  await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

const page = async () => ({ type: 'text/html; charset=utf-8', policy: "default-src 'none'", body: '<p>Well</p>' })

async function servePages(host: string, pages: Pages = new Map([['/status', page]])): Promise<Listener> {
  const listener = await listenPages({ host, port: 0, pages, log: createLog('silent') })
  open.push(listener)
  return listener
}

/** The status of a request that names another host than the one that it is sent to. */
function statusAs(url: string, host: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>()
  const asked = request(url, { headers: { host } }, answer => resolve(answer.resume().statusCode))
  asked.on('error', reject).end()
  return promise
}

test('a page is shown with its policy, is kept by nobody, and is all there is behind its door', async () => {
  const { url } = await servePages('127.0.0.1')
  const answer = await fetch(`${url}/status?a=1`)
  expect([answer.status, await answer.text()]).toEqual([200, '<p>Well</p>'])
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'",
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin'
  })
  expect((await fetch(`${url}/status`, { method: 'HEAD' })).status).toBe(200)
  for (const [method, path] of Object.entries({ GET: '/', POST: '/status', DELETE: '/status' })) {
    expect((await fetch(`${url}${path}`, { method })).status).toBe(404)
  }
  expect((await post(url)).status).toBe(404)
})

test('on this machine it answers to no name that somebody else may have given it', async () => {
  const { url } = await servePages('127.0.0.1')
  const { host, port } = new URL(url)
  for (const name of [host, `localhost:${port}`, 'localhost', '[::1]:80']) {
    expect(await statusAs(`${url}/status`, name)).toBe(200)
  }
  for (const name of [`attacker.example:${port}`, '127.0.0.1.attacker.example', 'localhost.attacker.example']) {
    expect(await statusAs(`${url}/status`, name)).toBe(421)
  }
})

test('where the operator opens it to others it answers to every name', async () => {
  const { url } = await servePages('0.0.0.0')
  expect(await statusAs(url.replace('0.0.0.0', '127.0.0.1') + '/status', 'status.acme.example')).toBe(200)
})

test('a page that fails is a 500 that tells nothing', async () => {
  const { url } = await servePages('127.0.0.1', new Map([['/status', () => Promise.reject(new Error('hunter22'))]]))
  const answer = await fetch(`${url}/status`)
  expect(answer.status).toBe(500)
  expect(await answer.text()).not.toContain('hunter22')
})
