// Story 12: a request's file is never edited and never comes back. An edit ends it (attack #42); an old file grants nothing (#44).
import { expect } from 'vitest'
import {
  approve,
  ask,
  checks,
  exceptions,
  fate,
  granted,
  hour,
  mergePast,
  propose,
  remove,
  requestPath,
  requestText,
  story,
  works
} from './company.ts'

story('an edit of the file on main ends the access and never extends it', undefined, async house => {
  const pull = await granted(house, { duration: '1h' })
  house.github.seed.commit('acme/access', 'main', { [requestPath()]: requestText({ duration: '8h' }) }, { by: 'lisa' })
  await house.settle()
  expect(works(house)).toBe(false)
  expect((await house.ledger()).requests.get(`R-${pull}`)?.removedAt).toBeDefined()
  expect(exceptions(house)).toEqual(['unrequested-file'])
  await house.advance(8 * hour)
  expect(house.onMain()).toEqual([])
})

story('an edit by pull request, even one that is merged past the checks, does the same', undefined, async house => {
  await granted(house, { duration: '1h' })
  const edit = await propose(house, 'octocat', { [requestPath()]: requestText({ duration: '8h' }) })
  await house.settle()
  expect((await checks(house, edit)).terms).toBe('failure')
  await mergePast(house, edit)
  expect(works(house)).toBe(false)
  expect(house.onMain()).toEqual([])
})

story('a file that was ended and is pushed back grants nothing', undefined, async house => {
  await granted(house, {})
  await remove(house, 'octocat-refunds', 'octocat')
  house.github.seed.commit('acme/access', 'main', { [requestPath()]: requestText({}) }, { by: 'lisa' })
  await house.settle()
  expect(works(house)).toBe(false)
  expect(house.onMain()).toEqual([])
})

story('nor does one that is asked for again under its old id', undefined, async house => {
  await granted(house, {})
  await remove(house, 'octocat-refunds', 'octocat')
  const again = await ask(house)
  expect((await checks(house, again)).terms).toBe('failure')
  await approve(house, again)
  expect(await fate(house, again)).toBe('open')
  await mergePast(house, again)
  expect(works(house)).toBe(false)
  expect(house.onMain()).toEqual([])
})

story('a revert of the revert brings nothing back', undefined, async house => {
  await granted(house, { duration: '1h' })
  await house.advance(hour)
  expect(house.onMain()).toEqual([])
  const back = await propose(house, 'octocat', { [requestPath()]: requestText({ duration: '1h' }) })
  await house.settle()
  await approve(house, back)
  await mergePast(house, back)
  expect(works(house)).toBe(false)
  expect(house.onMain()).toEqual([])
})
