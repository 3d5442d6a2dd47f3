// Story 24: whoever is not eligible any more loses what is held, at once and by nobody's hand; what cannot be read ends nothing.
import { expect } from 'vitest'
import { approve, ask, story, works } from './company.ts'

const payments = { org: 'acme', team_slug: 'payments', username: 'octocat' }

story('leaving the eligible team ends what is held', {}, async house => {
  const pull = await ask(house)
  await approve(house, pull)
  expect(works(house)).toBe(true)
  await house.as.lisa.rest.teams.removeMembershipForUserInOrg(payments)
  await house.settle()
  expect(works(house)).toBe(false)
  const records = await house.records()
  expect(records.filter(record => record.type === 'grant.rebound')).toMatchObject([{ cause: 'eligibility' }])
  expect(records.filter(record => record.type === 'revoke.done')).toMatchObject([{ cause: 'ineligible' }])
})

story('with every webhook lost, the next sweep ends it', {}, async house => {
  const pull = await ask(house)
  await approve(house, pull)
  house.webhooks = false
  await house.as.lisa.rest.teams.removeMembershipForUserInOrg(payments)
  expect(works(house)).toBe(true)
  await house.sweep()
  expect(works(house)).toBe(false)
})

story('a team that cannot be read takes nothing away', {}, async house => {
  const pull = await ask(house)
  await approve(house, pull)
  house.github.faults.fail({ kind: 'status', status: 404 }, { operation: 'teams/list-members-in-org', times: 50 })
  await house.sweep()
  expect(works(house)).toBe(true)
})
