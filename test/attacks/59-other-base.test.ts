// #59 Approved for another branch, where others own the files, and then pointed at main; or merged there. Only main
// counts, under main's rules.
import { expect } from 'vitest'
import { at } from '../house.ts'
import { approve, ask, checks, fate, requestPath, requestText, story, told, works } from '../stories/company.ts'
import { manual, refusedEvenMerged } from './scene.ts'
import type { House } from '../house.ts'

/** A branch on which hubot owns everything. */
function sideOf(house: House): void {
  house.github.seed.commit(
    'acme/access',
    'side',
    { '.github/CODEOWNERS': '* @hubot\n' },
    { by: 'octocat', parents: [house.git.refs.get('refs/heads/main') ?? ''] }
  )
}

story('#59 an approval that was enough on another branch is not on main', undefined, async house => {
  sideOf(house)
  house.github.seed.collaborator('acme/access', 'hubot', 'write')
  house.github.seed.commit(
    'acme/access',
    'wish',
    { [requestPath()]: requestText({}) },
    { by: 'octocat', parents: [house.git.refs.get('refs/heads/main') ?? ''] }
  )
  const { data } = await house.as.octocat.rest.pulls.create({ ...at, title: 'Wish', head: 'wish', base: 'side' })
  await approve(house, data.number, 'hubot')
  expect(await checks(house, data.number)).toEqual({ terms: 'missing', approvals: 'missing' })
  await house.as.octocat.rest.pulls.update({ ...at, pull_number: data.number, base: 'main' })
  await house.settle()
  expect(await checks(house, data.number)).toEqual({ terms: 'success', approvals: 'in_progress' })
  await refusedEvenMerged(house, data.number, 'approved')
})

story('#59 what is approved for main and merged elsewhere grants nothing', manual(), async house => {
  sideOf(house)
  const pull = await ask(house)
  await approve(house, pull)
  await house.as.octocat.rest.pulls.update({ ...at, pull_number: pull, base: 'side' })
  await house.as.lisa.rest.pulls.merge({ ...at, pull_number: pull })
  await house.settle()
  await house.sweep()
  expect(await fate(house, pull)).toBe('merged by lisa')
  expect(works(house)).toBe(false)
  expect(told(house, pull)).toEqual([])
})
