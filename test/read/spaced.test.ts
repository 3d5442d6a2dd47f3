// The whole house on a GitHub that refuses writes closer than a second: with the limits on, nothing is ever refused.
import { expect, test } from 'vitest'
import { gitHubLimits } from '../../src/read/budget.ts'
import { budgetOf } from '../../src/read/github.ts'
import { openHouse } from '../house.ts'
import type { House } from '../house.ts'
import { approve, ask, fate, told, works } from '../stories/company.ts'

test('a request lives from its pull request to its removal, one write a second, and GitHub refuses none', async () => {
  const house = await openHouse({ limits: gitHubLimits })
  const began = house.clock.now().getTime()
  const pull = await ask(house)
  await approve(house, pull)
  expect(await fate(house, pull)).toBe('merged by addendum[bot]')
  expect(works(house)).toBe(true)
  const granted = house.clock.now().getTime()
  await house.advance(2 * 3_600_000)
  expect(works(house)).toBe(false)
  expect(house.onMain()).toEqual([])
  expect(told(house, pull)).toEqual(['request.decided', 'grant.intended', 'grant.done', 'revoke.done'])

  // A reading may be refused for want of a permission; that is another matter.
  const refused = house.asked.filter(
    ({ operation, status }) => (status === 403 && !/\/(get|list)-/.test(operation)) || status === 429
  )
  expect(refused).toEqual([])
  expect(house.loop().faults).toEqual([])
  const octokit = await house.running().world.installation(await installationOf(house))
  expect(budgetOf(octokit)).toMatchObject({ refused: 0, putOff: 0, waiting: 0, near: false })
  const writes = house.asked.filter(
    ({ operation }) => /\/(create|update|merge|request|delete)/.test(operation) && !/access-token/.test(operation)
  )
  expect(writes.length).toBeGreaterThan(20)
  expect(granted - began).toBeLessThan(60_000)
  expect(await house.finish()).toEqual([])
})

async function installationOf(house: House): Promise<number> {
  return (await house.running().world.installations())[0] ?? 0
}
