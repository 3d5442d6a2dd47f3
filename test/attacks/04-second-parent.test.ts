// #4 The approver's commit comes in by the second parent of a merge.
// Every commit of the pull request counts, on whatever parent.
import { expect } from 'vitest'
import { approve, ask, checks, requestPath, requestText, story } from '../stories/company.ts'
import { headOf, join, pushTo, refusedEvenMerged } from './scene.ts'

story('#4 an owner whose commit was merged into the branch does not approve it', undefined, async house => {
  await join(house, 'payments-leads', 'hubot')
  const pull = await ask(house, { duration: '1h' })
  const { sha } = await headOf(house, pull)
  const longer = { [requestPath()]: requestText({ duration: '8h' }) }
  const side = house.github.seed.commit('acme/access', 'side', longer, { by: 'mona', parents: [sha] })
  await pushTo(house, pull, longer, { by: 'octocat', parents: [sha, side] })
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  await refusedEvenMerged(house, pull, 'approved')
})
