// #15 An accomplice is put into the team, approves, and is taken out again.
// Membership counts when it is decided, at the merge and at the grant.
import { expect } from 'vitest'
import { approve, ask, checks, mergePast, story } from '../stories/company.ts'
import { join, leave, manual, refusedOnceMerged } from './scene.ts'

story('#15 an approval of somebody who was an owner for a minute gives nothing', manual(), async house => {
  // Write access is theirs anyway: only the ownership comes and goes.
  house.github.seed.collaborator('acme/access', 'hubot', 'write')
  await join(house, 'payments-leads', 'hubot')
  const pull = await ask(house)
  await approve(house, pull, 'hubot')
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'success' })
  // No webhook tells of it, and the check stays green: what counts is asked again after the merge.
  house.webhooks = false
  await leave(house, 'payments-leads', 'hubot')
  house.webhooks = true
  await mergePast(house, pull)
  await refusedOnceMerged(house, pull, 'approved')
})
