// #9 A workflow, another app or a service account approves.
// Only people count: accounts of type User that the directory calls no service.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { people } from '../house.ts'
import { approve, ask, checks, story } from '../stories/company.ts'
import { forceReview, join, refusedEvenMerged, said } from './scene.ts'

story('#9 a bot in the owning team approves nothing', undefined, async house => {
  const { id } = house.github.seed.user('ci[bot]', { type: 'Bot' })
  house.github.seed.collaborator('acme/access', 'ci[bot]', 'write')
  const team = Object.values(house.github.world.state.teams).find(one => one.slug === 'payments-leads')
  if (team !== undefined) team.members[id] = { role: 'member', state: 'active' }
  const pull = await ask(house)
  await forceReview(house, pull, id)
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  expect((await said(house, pull, 'approvals')).text).toMatch(/ci.*only people count/)
  await refusedEvenMerged(house, pull, 'approved')
})

const directory = readFileSync(new URL('../../policies/starter/directory.yml', import.meta.url), 'utf8')
const service = `${directory}  - id: p-000001\n    github: [{id: ${people.hubot}, login: hubot}]\n    class: service\n`

story(
  '#9 nor does a user account that the directory calls a service',
  { files: { 'directory.yml': service } },
  async house => {
    await join(house, 'payments-leads', 'hubot')
    const pull = await ask(house)
    await approve(house, pull, 'hubot')
    expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
    await refusedEvenMerged(house, pull, 'approved')
  }
)
