// #43 Somebody deletes another's request.
// Only who asked, who has the access, an owner or Addendum may; what is in force the ledger says, not the file.
import { expect } from 'vitest'
import { approve, checks, fate, granted, mergePast, remove, story, told, works } from '../stories/company.ts'

story("#43 a colleague's removal waits for an owner, and the access works meanwhile", undefined, async house => {
  await granted(house)
  const pull = await remove(house, 'octocat-refunds', 'monalisa')
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  expect(await fate(house, pull)).toBe('open')
  expect(works(house)).toBe(true)
  await approve(house, pull)
  expect(await fate(house, pull)).toBe('merged by addendum[bot]')
  expect(works(house)).toBe(false)
})

story('#43 a removal that is merged past the check ends the access, and the ledger says so', undefined, async house => {
  const request = await granted(house)
  await mergePast(house, await remove(house, 'octocat-refunds', 'monalisa'))
  expect(works(house)).toBe(false)
  expect(told(house, request).at(-1)).toBe('revoke.done')
})
