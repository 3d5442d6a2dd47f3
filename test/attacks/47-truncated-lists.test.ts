// #47 The approver's commit lies beyond the 250 that GitHub lists, or on another page. Lists that are not whole leave
// everybody unknown.
import { expect } from 'vitest'
import { approve, ask, checks, requestPath, requestText, story } from '../stories/company.ts'
import { headOf, join, refusedEvenMerged, said } from './scene.ts'
import type { House, PersonName } from '../house.ts'

async function commits(
  house: House,
  pull: number,
  count: number,
  author: (index: number) => PersonName
): Promise<void> {
  const { ref } = await headOf(house, pull)
  for (let index = 0; index < count; index++) {
    const duration = index % 2 === 0 ? '8h' : '1h'
    house.github.seed.commit('acme/access', ref, { [requestPath()]: requestText({ duration }) }, { by: author(index) })
  }
  await house.settle()
}

story('#47 with more commits than GitHub lists nobody can approve', undefined, async house => {
  await join(house, 'payments-leads', 'hubot')
  const pull = await ask(house)
  await commits(house, pull, 260, index => (index === 255 ? 'mona' : 'octocat'))
  await approve(house, pull)
  expect((await checks(house, pull)).approvals).toBe('failure')
  expect((await said(house, pull, 'approvals')).text).toMatch(/261 commits; GitHub lists 250/)
  await refusedEvenMerged(house, pull, 'people-known')
})

story('#47 a commit on the second page counts as one on the first', undefined, async house => {
  await join(house, 'payments-leads', 'hubot')
  const pull = await ask(house)
  await commits(house, pull, 130, index => (index === 120 ? 'mona' : 'octocat'))
  await approve(house, pull)
  expect((await said(house, pull, 'approvals')).text).toMatch(/@mona.*committer/)
  await refusedEvenMerged(house, pull, 'approved')
})
