// #5 Commits under an e-mail address that is nobody's, or somebody else's, hide who wrote them. An unknown author costs
// one more approval, and GitHub knows who pushed.
import { expect } from 'vitest'
import { approve, checks, fate, mergePast, requestPath, requestText, story, works } from '../stories/company.ts'
import { join, manual, openFor, pushTo, refusedEvenMerged, refusedOnceMerged, said } from './scene.ts'

const nobody = { name: 'octocat', email: 'octocat@nowhere.example' }
const octocat = { name: 'octocat', email: '1001+octocat@users.noreply.github.com' }
const file = { [requestPath()]: requestText({}) }

story("#5 one approval is not enough where a commit is nobody's", undefined, async house => {
  await join(house, 'payments-leads', 'hubot')
  const pull = await openFor(house, 'octocat', file, { by: 'octocat', author: nobody })
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  expect((await said(house, pull, 'approvals')).text).toContain('1 more of 2 approvals')
  await refusedEvenMerged(house, pull, 'approved')
})

story('#5 a second one is', undefined, async house => {
  await join(house, 'payments-leads', 'hubot')
  const pull = await openFor(house, 'octocat', file, { by: 'octocat', author: nobody })
  await approve(house, pull)
  await approve(house, pull, 'hubot')
  expect(await fate(house, pull)).toBe('merged by addendum[bot]')
  expect(works(house)).toBe(true)
})

story("#5 whoever pushed does not approve, though every commit bears another's name", undefined, async house => {
  await join(house, 'payments-leads', 'hubot')
  const pull = await openFor(house, 'octocat', file, { by: 'mona', author: octocat })
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  expect((await said(house, pull, 'approvals')).text).toContain('`@mona` (pusher)')
  await refusedEvenMerged(house, pull, 'approved')
})

story('#5 nor whoever pushed what was overwritten since', undefined, async house => {
  await join(house, 'payments-leads', 'hubot')
  const pull = await openFor(house, 'octocat', file, { by: 'octocat' })
  await pushTo(house, pull, { [requestPath()]: requestText({ duration: '1h' }) }, { by: 'mona', author: octocat })
  await pushTo(house, pull, file, { by: 'octocat' })
  await approve(house, pull)
  expect(await fate(house, pull)).toBe('open')
  await approve(house, pull, 'hubot')
  expect(await fate(house, pull)).toBe('merged by addendum[bot]')
  expect(works(house)).toBe(true)
})

story('#5 who pushed is known when the branch is gone and the app heard of nothing', manual(), async house => {
  const pull = await openFor(house, 'octocat', file, { by: 'mona', author: octocat })
  house.webhooks = false
  await approve(house, pull)
  await mergePast(house, pull)
  expect(house.repository.activities.at(-1)?.type).toBe('branch_deletion')
  house.webhooks = true
  await house.restart()
  await house.sweep()
  await refusedOnceMerged(house, pull, 'approved')
})

story('#5 nor does whoever pushed a change of the rules', undefined, async house => {
  const rules = { '.github/addendum.yml': 'apiVersion: addendum/v1\nkind: Settings\nmerge: manual\n' }
  const pushed = async (by: 'octocat' | 'lisa'): Promise<string> => {
    const pull = await openFor(house, 'octocat', rules, { by, author: octocat })
    await approve(house, pull, 'lisa')
    return (await checks(house, pull)).approvals
  }
  expect(await pushed('lisa')).toBe('failure')
  expect(await pushed('octocat')).toBe('success')
})
