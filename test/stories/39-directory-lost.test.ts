// Story 39: the directory under which access was granted is lost to rewritten history. The access ends all the same.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { gitBlobSha } from '../../src/model/digest.ts'
import type { House } from '../house.ts'
import { granted, hour, minute, propose, mergePast, story, told, works } from './company.ts'

const starter = new URL('../../policies/starter/directory.yml', import.meta.url)
const gone = (): Response => Response.json({ message: 'Not Found' }, { status: 404 })

/** From now on GitHub has this version of the directory no more; nor has the app, which was started anew. */
async function lose(house: House): Promise<void> {
  const text = readFileSync(starter, 'utf8')
  const blob = gitBlobSha(Buffer.from(text))
  const pull = await propose(house, 'lisa', { 'directory.yml': `${text}# Another version\n` })
  await mergePast(house, pull)
  house.outage = ({ path }) => (path.endsWith(`/git/blobs/${blob}`) ? gone() : undefined)
  await house.restart()
}

story('ended when it is over, by what the provider holds with our mark', undefined, async house => {
  const pull = await granted(house, { duration: '1h' })
  await lose(house)
  expect(works(house)).toBe(true)
  await house.advance(hour + 5 * minute, { sweepEveryMs: 5 * minute })
  expect(works(house)).toBe(false)
  expect(told(house, pull)).toEqual(['request.decided', 'grant.intended', 'grant.done', 'revoke.done'])
  expect(house.onMain()).toEqual([])
})

story('and it holds up nobody else', undefined, async house => {
  await granted(house, { duration: '1h' })
  await lose(house)
  await granted(house, { id: 'monalisa-read', subject: 'monalisa', duration: '2h' }, 'monalisa')
  expect(works(house, 'monalisa')).toBe(true)
  await house.advance(3 * hour, { sweepEveryMs: 5 * minute })
  expect([works(house), works(house, 'monalisa')]).toEqual([false, false])
})

story('not even while the provider tells nobody what it holds', undefined, async house => {
  await granted(house, { duration: '1h' })
  await lose(house)
  await granted(house, { id: 'monalisa-read', subject: 'monalisa', duration: '1h' }, 'monalisa')
  house.payments.disturb('inventory', ...Array.from({ length: 5 }, () => ({ kind: 'before' as const })))
  house.clock.forward(2 * hour)
  await house.restart()
  await house.advance(minute)
  expect(works(house, 'monalisa')).toBe(false)
  expect(works(house)).toBe(true)
  await house.advance(hour, { sweepEveryMs: 5 * minute })
  expect(works(house)).toBe(false)
})
