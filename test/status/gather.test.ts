// The status of a running app, read as an operator's browser or a program reads it.
import { expect, test } from 'vitest'
import about from '../../package.json' with { type: 'json' }
import { createLog } from '../../src/log.ts'
import { gitHubLimits } from '../../src/read/budget.ts'
import { statusOf } from '../../src/status/gather.ts'
import { openStatus } from '../../src/status/pages.ts'
import type { Status } from '../../src/status/status.ts'
import type { Sources } from '../../src/status/gather.ts'
import { keptLog } from '../read/time.ts'
import { openHouse } from '../house.ts'
import type { House } from '../house.ts'
import { ask, granted, hour, minute, propose, requestPath, requestText } from '../stories/acts.ts'
import { lift } from '../attacks/scene.ts'

function sources(house: House): Sources {
  return { ...house.running(), clock: house.clock }
}

const codes = ({ attention }: Status): string[] => attention.map(({ code }) => code)

test('a house in order is well, and its ledger, sweep and budget are told', async () => {
  const house = await openHouse({ limits: gitHubLimits })
  await granted(house)
  const status = await statusOf(sources(house))
  expect(codes(status)).toEqual([])
  expect(status).toMatchObject({ ready: true, debt: { overdue: 0, failed: 0, oldestDueAt: null } })
  const [repository] = status.repositories
  const { seq, branch, lastRecordedAt } = await house.ledger()
  expect(repository).toMatchObject({ id: house.repository.id, name: 'access', waiting: 0 })
  expect(repository?.ledger).toEqual({ seq, branch, recordedAt: lastRecordedAt, anomalies: 0 })
  expect(repository?.sweptAt).toBeInstanceOf(Date)
  expect(repository?.protection?.stops).toEqual([])
  expect(status.installations).toHaveLength(1)
  expect(status.installations[0]?.budget).toMatchObject({ near: false, limits: gitHubLimits })
  expect(status.installations[0]?.budget.contentLastHour).toBeGreaterThan(0)
})

test('an end that the provider refuses is a debt until it is paid', async () => {
  const house = await openHouse()
  await granted(house, { duration: '1h' })
  house.payments.disturb('revoke', ...Array.from({ length: 8 }, () => ({ kind: 'before' as const })))
  const dueAt = [...(await house.ledger()).requests.values()][0]?.window?.notAfter
  await house.advance(hour + minute)
  const owed = await statusOf(sources(house))
  expect(codes(owed)).toEqual(['revocation.overdue'])
  expect(owed.debt).toEqual({ overdue: 1, failed: 1, oldestDueAt: dueAt })
  expect(owed.repositories[0]?.debt).toEqual(owed.debt)
  await house.advance(10 * minute)
  expect((await statusOf(sources(house))).debt).toEqual({ overdue: 0, failed: 0, oldestDueAt: null })
})

test('a repository that lost its protection stops grants, and the page says by what', async () => {
  const house = await openHouse()
  lift(house, 'Addendum: main')
  await house.sweep()
  const status = await statusOf(sources(house))
  expect(codes(status)).toEqual(['protection.stop'])
  expect(status.repositories[0]?.protection?.stops).toContain('check-missing')
})

test('those of a flood who wait for their turn are counted', async () => {
  const house = await openHouse({ limits: gitHubLimits })
  for (let index = 0; index < 13; index++) {
    const id = `octocat-flood-${index}`
    await propose(house, 'octocat', { [requestPath(id)]: requestText({ id }) })
  }
  await house.settle()
  expect((await statusOf(sources(house))).repositories[0]?.waiting).toBe(3)
})

test('a queue that does not answer is told, and the rest all the same', async () => {
  const house = await openHouse()
  const broken = { ...sources(house), queue: { counts: () => Promise.reject(new Error('hunter22')) } }
  const status = await statusOf(broken)
  expect([status.ready, status.queue, codes(status)]).toEqual([false, null, ['queue.unreachable']])
  const hung = { ...sources(house), queue: { counts: () => new Promise<never>(() => undefined) } }
  const late = statusOf({ ...hung, clock: { ...house.clock, sleep: async () => undefined } })
  expect((await late).ready).toBe(false)
})

test('the page and its JSON hold nothing of a pull request, a person or a secret', async () => {
  const house = await openHouse({ limits: gitHubLimits })
  await ask(house)
  await granted(house, { id: 'monalisa-refunds', subject: 'monalisa' }, 'monalisa')
  const door = await openStatus({ host: '127.0.0.1', port: 0 }, sources(house), createLog('silent'))
  try {
    const [page, json] = await Promise.all(['/status', '/status.json'].map(path => fetch(`${door?.url}${path}`)))
    expect(page?.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(json?.headers.get('content-type')).toBe('application/json; charset=utf-8')
    const texts = [(await page?.text()) ?? '', (await json?.text()) ?? '']
    expect(JSON.parse(texts[1] ?? '')).toMatchObject({ version: about.version, ready: true, attention: [] })
    for (const text of texts) {
      expect(text).toContain('access')
      expect(text).not.toMatch(/octocat|mona|lisa|hubot|acme|PAY-|refunds|payments|C-read|ghs_|BEGIN/i)
    }
  } finally {
    await door?.close()
  }
})

test('no door is opened that nobody asked for, and a port that is taken stops nothing', async () => {
  const house = await openHouse()
  const log = keptLog()
  expect(await openStatus(undefined, sources(house), log)).toBeUndefined()
  const door = await openStatus({ host: '127.0.0.1', port: 0 }, sources(house), log)
  try {
    const port = Number(new URL(door?.url ?? '').port)
    expect(await openStatus({ host: '127.0.0.1', port }, sources(house), log)).toBeUndefined()
    expect(log.lines.map(({ level }) => level)).toEqual(['info', 'error'])
  } finally {
    await door?.close()
  }
})

test('before the first repository is open nothing is said to be owed, and nothing not to be', async () => {
  const house = await openHouse()
  const world = { opened: () => ({ installations: new Map(), repositories: [] }) }
  const status = await statusOf({ ...sources(house), world })
  expect([status.debt, codes(status)]).toEqual([null, ['nothing.open']])
})
