// Story 4: ending access early is easy for whom it concerns, and not for anybody else (attack #43).
import { expect } from 'vitest'
import { approve, checks, fate, granted, remove, story, told, works } from './company.ts'

story('the subject ends it without asking anybody', undefined, async house => {
  const pull = await granted(house, { id: 'monalisa-audit', subject: 'monalisa' }, 'octocat')
  expect(works(house, 'monalisa')).toBe(true)
  const removal = await remove(house, 'monalisa-audit', 'monalisa')
  expect(await fate(house, removal)).toBe('merged by addendum[bot]')
  expect(works(house, 'monalisa')).toBe(false)
  expect(told(house, pull).at(-1)).toBe('revoke.done')
  expect(house.records().find(record => record.type === 'revoke.done')).toMatchObject({
    cause: 'removed',
    readBack: 'absent'
  })
})

story('so does who asked for it', undefined, async house => {
  await granted(house, { id: 'monalisa-audit', subject: 'monalisa' }, 'octocat')
  await remove(house, 'monalisa-audit', 'octocat')
  expect(works(house, 'monalisa')).toBe(false)
})

story('and an owner of the file', undefined, async house => {
  await granted(house, {})
  await remove(house, 'octocat-refunds', 'mona')
  expect(works(house)).toBe(false)
})

story('a stranger needs an owner', undefined, async house => {
  await granted(house, {})
  const removal = await remove(house, 'octocat-refunds', 'monalisa')
  expect(await checks(house, removal)).toEqual({ terms: 'success', approvals: 'in_progress' })
  expect(await fate(house, removal)).toBe('open')
  expect(works(house)).toBe(true)
  await approve(house, removal, 'mona')
  expect(await fate(house, removal)).toBe('merged by addendum[bot]')
  expect(works(house)).toBe(false)
})
