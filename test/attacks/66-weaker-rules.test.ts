// #66 Somebody with the right to weakens the rules over main. They are read at each decision; where they are weak,
// nothing new is granted.
import { expect } from 'vitest'
import { approve, ask, checks, fate, granted, hour, mergePast, story, works } from '../stories/company.ts'
import { lift, refusedOnceMerged, said } from './scene.ts'

story('#66 while the rules are lifted nothing is granted, and what was granted still ends', undefined, async house => {
  await granted(house, { id: 'octocat-before', duration: '1h' })
  const restore = lift(house, 'Addendum: main')
  const pull = await ask(house, { id: 'octocat-after' }, 'monalisa')
  await approve(house, pull)
  expect((await said(house, pull, 'terms')).text).toContain('Nothing is granted until then.')
  expect(await checks(house, pull)).toMatchObject({ terms: 'in_progress' })
  expect(await fate(house, pull)).toBe('open')
  await house.advance(hour)
  expect(works(house)).toBe(false)
  restore()
  await house.sweep()
  expect(await fate(house, pull)).toBe('merged by addendum[bot]')
  expect(works(house)).toBe(true)
})

story('#66 merged meanwhile, it is refused', undefined, async house => {
  const pull = await ask(house)
  lift(house, 'Addendum: main')
  await approve(house, pull)
  await mergePast(house, pull)
  await house.sweep()
  await refusedOnceMerged(house, pull, 'protected')
})
