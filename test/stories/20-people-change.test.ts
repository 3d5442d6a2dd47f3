// Story 20: people change between the approval and the merge. Who may approve is asked again, from GitHub, at the merge.
import { expect } from 'vitest'
import { approve, ask, checks, mergePast, story, works } from './company.ts'

const files = { '.github/addendum.yml': 'apiVersion: addendum/v1\nkind: Settings\nmerge: manual\n' }
const at = { owner: 'acme', repo: 'access' }

story('an approver who leaves the team before the merge has approved nothing', { files }, async house => {
  const pull = await ask(house)
  await approve(house, pull)
  expect((await checks(house, pull)).approvals).toBe('success')
  await house.as.lisa.rest.teams.removeMembershipForUserInOrg({
    org: 'acme',
    team_slug: 'payments-leads',
    username: 'mona'
  })
  await house.settle()
  expect((await checks(house, pull)).approvals).not.toBe('success')
  await mergePast(house, pull)
  expect(works(house)).toBe(false)
  expect((await house.ledger()).requests.get(`R-${pull}`)?.outcome).toBe('refuse')
})

story('so has one who may no longer write, though still in the team', { files }, async house => {
  const pull = await ask(house)
  await approve(house, pull)
  house.webhooks = false
  await house.as.lisa.rest.teams.addOrUpdateRepoPermissionsInOrg({
    org: 'acme',
    team_slug: 'payments-leads',
    ...at,
    owner: 'acme',
    permission: 'pull'
  })
  await house.as.lisa.rest.pulls.merge({ ...at, pull_number: pull })
  await house.sweep()
  expect(works(house)).toBe(false)
})

story('a member of a child team approves as one of the team above it', undefined, async house => {
  house.github.seed.team('acme', 'payments-leads-berlin', { parent: 'payments-leads', members: ['hubot'] })
  const pull = await ask(house)
  await approve(house, pull, 'hubot')
  expect(works(house)).toBe(true)
})
