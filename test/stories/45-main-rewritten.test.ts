// Story 45: main is not what it was: rewritten, without settings, or without what decisions cite, and the queue is lost
// too. Access ends on time all the same, and nothing new is granted (reliability faults 45, 65).
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { gitBlobSha } from '../../src/model/digest.ts'
import { approve, ask, granted, hour, mergePast, minute, propose, story, works } from './company.ts'

const starter = (path: string): string =>
  readFileSync(new URL(`../../policies/starter/${path}`, import.meta.url), 'utf8')

story('its history is rewritten: nobody keeps what they were granted', undefined, async house => {
  await granted(house, { duration: '1h' })
  const later = await ask(house, { id: 'monalisa-read', subject: 'monalisa' }, 'monalisa')
  const [first = ''] = house.git.commit(house.git.refs.get('refs/heads/main') ?? '')?.parents ?? []
  const words = { 'README.md': '# Access\n' }
  house.github.seed.commit('acme/access', 'main', words, { by: 'lisa', parents: [first], force: true })
  await house.restart()
  await approve(house, later)
  await house.advance(2 * hour, { sweepEveryMs: 5 * minute })
  expect([works(house), works(house, 'monalisa')]).toEqual([false, false])
  expect(house.payments.calls.filter(({ operation }) => operation === 'grant')).toHaveLength(1)
  expect(house.loop().faults.map(({ code }) => code)).toContain('ledger.broken')
})

story('its settings are gone, so that it is no access repository any more', undefined, async house => {
  await granted(house, { duration: '1h' })
  house.github.seed.commit('acme/access', 'main', { '.github/addendum.yml': null }, { by: 'lisa' })
  await house.restart()
  await house.advance(2 * hour, { sweepEveryMs: 5 * minute })
  expect(works(house)).toBe(false)
})

story('the contract of a decision is lost: it holds up nobody else', undefined, async house => {
  await granted(house, { duration: '2h' })
  const path = 'contracts/payments-production.yml'
  const blob = gitBlobSha(Buffer.from(starter(path)))
  await mergePast(house, await propose(house, 'lisa', { [path]: `${starter(path)}# Another version\n` }))
  const gone = (): Response => Response.json({ message: 'Not Found' }, { status: 404 })
  house.outage = ({ path: asked }) => (asked.endsWith(`/git/blobs/${blob}`) ? gone() : undefined)
  await house.restart()
  house.webhooks = false
  const pull = await ask(house, { id: 'monalisa-read', subject: 'monalisa', duration: '1h' }, 'monalisa')
  await approve(house, pull)
  await house.sweep()
  expect([works(house), works(house, 'monalisa')]).toEqual([true, true])
  await house.advance(3 * hour, { sweepEveryMs: 5 * minute })
  expect([works(house), works(house, 'monalisa')]).toEqual([false, false])
})
