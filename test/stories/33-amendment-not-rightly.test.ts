// Story 33: amendments that came to main any other way than through their approvals change nothing, and go out again.
import { expect } from 'vitest'
import { at } from '../house.ts'
import { agreementRecords, amend, amendmentPath, amendmentsOnMain, amendmentText, day } from './amendments.ts'
import { approve, ask, checks, exceptions, fate, hour, mergePast, minute, propose, story } from './company.ts'

story('merged past the checks it is refused, recorded and reverted', undefined, async house => {
  const pull = await amend(house)
  await mergePast(house, pull)
  expect(await fate(house, pull)).toBe('merged by lisa')
  expect((await house.ledger()).amendments.get(`A-${pull}`)).toMatchObject({ outcome: 'refuse', window: null })
  expect(amendmentsOnMain(house)).toEqual([])
  await house.advance(hour + minute)
  expect(agreementRecords(house)).toEqual(['amendment.decided'])
  expect(await checks(house, await ask(house, { duration: '12h' }))).toMatchObject({ terms: 'failure' })
})

story('pushed straight to main it changes nothing and is reverted', undefined, async house => {
  const from = new Date(house.clock.now().getTime() - hour)
  house.github.seed.commit('acme/access', 'main', { [amendmentPath()]: amendmentText(house, { from }) }, { by: 'lisa' })
  await house.settle()
  expect(exceptions(house)).toEqual(['unrequested-file'])
  expect(amendmentsOnMain(house)).toEqual([])
  expect(await checks(house, await ask(house, { duration: '12h' }))).toMatchObject({ terms: 'failure' })
})

story('an edit on main ends it, and is reverted', undefined, async house => {
  const pull = await amend(house)
  await approve(house, pull)
  await house.advance(hour + minute)
  const edited = amendmentText(house, { changes: ['{amend: C-read, set: {duration: {default: 4h, max: 3d}}}'] })
  house.github.seed.commit('acme/access', 'main', { [amendmentPath()]: edited }, { by: 'lisa' })
  await house.settle()
  expect((await house.ledger()).amendments.get(`A-${pull}`)).toHaveProperty('lapsedAt')
  expect(amendmentsOnMain(house)).toEqual([])
  expect(await checks(house, await ask(house, { duration: '12h' }))).toMatchObject({ terms: 'failure' })
})

story('its id is never used again', undefined, async house => {
  const text = amendmentText(house)
  const first = await propose(house, 'octocat', { [amendmentPath()]: text })
  await house.settle()
  await approve(house, first)
  await house.advance(8 * day)
  const again = await amend(house)
  expect(await checks(house, again)).toMatchObject({ terms: 'failure' })
})

story('what is retroactive, below a floor, or mixed with a request is refused', undefined, async house => {
  const past = await amend(house, { id: 'past', from: new Date(house.clock.now().getTime() - hour) })
  const low = await amend(house, { id: 'low', changes: ['{amend: C-write, set: {duration: {default: 1h, max: 6h}}}'] })
  const mixed = await propose(house, 'octocat', {
    [amendmentPath()]: amendmentText(house),
    'directory.yml': 'people: []\n'
  })
  await house.settle()
  for (const pull of [past, low, mixed]) expect(await checks(house, pull)).toMatchObject({ terms: 'failure' })
})

story('its owners may take it out early, and then it ends', undefined, async house => {
  const pull = await amend(house)
  await approve(house, pull)
  await house.advance(hour + minute)
  const removal = await propose(house, 'octocat', { [amendmentPath()]: null })
  await house.settle()
  expect(await checks(house, removal)).toEqual({ terms: 'success', approvals: 'in_progress' })
  await approve(house, removal)
  expect(await checks(house, removal)).toEqual({ terms: 'success', approvals: 'success' })
  await house.as.mona.rest.pulls.merge({ ...at, pull_number: removal })
  await house.settle()
  expect(agreementRecords(house).slice(-2)).toEqual(['amendment.lapsed', 'contract.effective'])
  expect(await checks(house, await ask(house, { duration: '12h' }))).toMatchObject({ terms: 'failure' })
})
