// #72 Webhooks are lost, come late, or are never sent because the payload is too large. The sweep finds everything;
// the end waits for neither.
import { expect } from 'vitest'
import { approve, ask, checks, fate, hour, mergePast, minute, remove, story, works } from '../stories/company.ts'
import { review } from './scene.ts'

const sweeps = { sweepEveryMs: 5 * minute }

story('#72 without one webhook a request is judged, granted and ended', undefined, async house => {
  house.webhooks = false
  const pull = await ask(house, { duration: '1h' })
  await house.advance(5 * minute, sweeps)
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  await approve(house, pull)
  await house.advance(5 * minute, sweeps)
  expect(works(house)).toBe(true)
  await house.advance(hour)
  expect(works(house)).toBe(false)
})

story('#72 nor does losing them keep an objection, a bad merge or a removal from counting', undefined, async house => {
  const kept = await ask(house, { id: 'octocat-kept' })
  await approve(house, kept)
  expect(works(house)).toBe(true)
  house.webhooks = false
  const pull = await ask(house, { id: 'octocat-bad', clause: 'C-write', duration: '1h' })
  await review(house, pull, 'mona', 'REQUEST_CHANGES')
  await mergePast(house, pull)
  const removal = await remove(house, 'octocat-kept', 'octocat')
  await house.advance(10 * minute, sweeps)
  expect(works(house, 'octocat', 'writer')).toBe(false)
  expect((await house.ledger()).requests.get(`R-${pull}`)?.outcome).toBe('refuse')
  expect(await fate(house, removal)).toBe('merged by addendum[bot]')
  expect(works(house)).toBe(false)
})
