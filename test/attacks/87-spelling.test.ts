// #87 `OctoCat` for `octocat`, to be two people for a limit that holds for one. A login is only looked up; what
// counts is the numeric id and the person behind it.
import { expect } from 'vitest'
import { approve, ask, checks, comments, granted, hour, story, told, works } from '../stories/company.ts'
import { refusedEvenMerged } from './scene.ts'

const one = 'apiVersion: addendum/v1\nkind: Policy\nid: one\ntitle: One at a time\nlimits: {liveGrants: 1}\nrules: []\n'

story('#87 who is spelled otherwise holds what they held', { files: { 'policies/one.yml': one } }, async house => {
  await granted(house, { id: 'octocat-reads', duration: '4h' })
  expect(works(house)).toBe(true)
  const pull = await ask(house, { id: 'octocat-writes', subject: 'OctoCat', clause: 'C-write', duration: '1h' })
  await approve(house, pull)
  await approve(house, pull, 'lisa')
  expect((await checks(house, pull)).terms).toBe('failure')
  expect((await comments(house, pull))[0]).toContain('Nobody holds more than 1 at once')
  expect(works(house, 'octocat', 'writer')).toBe(false)
})

story('#87 the author is the subject, however the subject is spelled', undefined, async house => {
  const pull = await ask(house, { subject: 'MONA' }, 'octocat')
  await approve(house, pull)
  await refusedEvenMerged(house, pull, 'approved')
})

story('#87 two spellings are one entitlement: ending one leaves what the other carries', undefined, async house => {
  const short = await granted(house, { id: 'octocat-short', subject: 'octocat', duration: '1h' })
  await granted(house, { id: 'octocat-long', subject: 'OCTOCAT', duration: '3h' })
  await house.advance(hour)
  expect(told(house, short)).toContain('revoke.done')
  expect(works(house)).toBe(true)
  expect(works(house, 'OCTOCAT' as 'octocat')).toBe(false)
  await house.advance(2 * hour)
  expect(works(house)).toBe(false)
})
