// #42 A merged file is edited to get longer access.
// A grant belongs to the bytes that were approved: other bytes end it, and grant nothing.
import { expect } from 'vitest'
import {
  approve,
  checks,
  exceptions,
  fate,
  granted,
  hour,
  mergePast,
  propose,
  requestPath,
  requestText,
  story,
  works
} from '../stories/company.ts'

const longer = { [requestPath()]: requestText({ duration: '8h' }) }

story('#42 an edit by pull request is refused, and when it is merged the access ends', undefined, async house => {
  const first = await granted(house, { duration: '1h' })
  const pull = await propose(house, 'octocat', longer)
  await house.settle()
  await approve(house, pull)
  expect((await checks(house, pull)).terms).toBe('failure')
  expect(await fate(house, pull)).toBe('open')
  expect(works(house)).toBe(true)
  await mergePast(house, pull)
  expect(works(house)).toBe(false)
  expect((await house.ledger()).requests.get(`R-${first}`)?.removedAt).toBeDefined()
  expect(exceptions(house)).toEqual(['merged-unqualified', 'unrequested-file'])
  expect(house.onMain()).toEqual([])
})

story('#42 an edit by push prolongs nothing either', undefined, async house => {
  const first = await granted(house, { duration: '1h' })
  house.github.seed.commit('acme/access', 'main', longer, { by: 'lisa' })
  await house.advance(8 * hour)
  expect(works(house)).toBe(false)
  expect((await house.ledger()).requests.get(`R-${first}`)?.removedAt).toBeDefined()
  expect(exceptions(house)).toEqual(['unrequested-file'])
  expect(house.onMain()).toEqual([])
})
