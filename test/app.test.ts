// The app's doors: as a Probot application function, and what it says to a GitHub of one's own.
import { generateKeyPairSync } from 'node:crypto'
import { afterEach, expect, test, vi } from 'vitest'
import { baseUrlOf, createProbot } from '../src/app/probot.ts'
import addendum, { receiveThrough } from '../src/app.ts'
import { ConfigError } from '../src/config/config-error.ts'
import { createLog } from '../src/log.ts'
import { openHouse } from './house.ts'
import type { House } from './house.ts'
import { checks, propose, requestPath, requestText } from './stories/acts.ts'

afterEach(() => vi.unstubAllEnvs())

const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString()

function probotOf(house: House): ReturnType<typeof createProbot> {
  const fetchFromHouse = (url: string, init?: RequestInit): Promise<Response> =>
    house.github.fetch(new Request(url, init))
  return createProbot({
    appId: 4242,
    privateKey,
    baseUrl: 'http://github.local/api/v3',
    log: createLog('silent'),
    fetch: fetchFromHouse as typeof fetch
  })
}

/** The newest delivery of an event, as GitHub sent it to nobody. */
function delivered(house: House, event: string): { id: string; name: string; payload: object } {
  const found = house.github.outbox.deliveries().findLast(delivery => delivery.event === event)
  if (found === undefined) throw new Error(`GitHub sent no ${event}`)
  return { id: found.guid, name: found.event, payload: JSON.parse(found.requestBody) as object }
}

test('an event that Probot receives becomes a look at its pull request', async () => {
  const house = await openHouse()
  house.webhooks = false
  const probot = probotOf(house)
  receiveThrough(probot, house.loop())
  const pull = await propose(house, 'octocat', { [requestPath()]: requestText({}) })
  await house.settle()
  expect(await checks(house, pull)).toEqual({ terms: 'missing', approvals: 'missing' })
  await probot.receive(delivered(house, 'pull_request') as Parameters<typeof probot.receive>[0])
  await house.settle()
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  expect(await house.finish()).toEqual([])
})

test('an event that the queue cannot keep is not answered as if it were kept', async () => {
  const house = await openHouse()
  house.webhooks = false
  const probot = probotOf(house)
  receiveThrough(probot, { look: () => Promise.reject(new Error('the database is away')) })
  await propose(house, 'octocat', { [requestPath()]: requestText({}) })
  await house.settle()
  await expect(
    probot.receive(delivered(house, 'pull_request') as Parameters<typeof probot.receive>[0])
  ).rejects.toThrow()
})

test('without its configuration it does not start under Probot either', async () => {
  for (const name of ['APP_ID', 'PRIVATE_KEY', 'WEBHOOK_SECRET', 'ADDENDUM_LEDGER_KEY']) vi.stubEnv(name, '')
  const house = await openHouse()
  await expect(addendum(probotOf(house))).rejects.toBeInstanceOf(ConfigError)
})

test('api.github.com for github.com, /api/v3 for a server of one’s own', () => {
  expect(baseUrlOf({ host: 'github.com', protocol: 'https' } as Parameters<typeof baseUrlOf>[0])).toBe(
    'https://api.github.com'
  )
  expect(baseUrlOf({ host: 'github.acme.test', protocol: 'https' } as Parameters<typeof baseUrlOf>[0])).toBe(
    'https://github.acme.test/api/v3'
  )
})
