// Story 36: how often one person is granted something. The limit slides, counts people and not accounts, and waits by itself.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { reconcile } from '../../src/reconcile/reconcile.ts'
import { pullLook } from '../../src/reconcile/world.ts'
import { at } from '../house.ts'
import type { House } from '../house.ts'
import {
  approve,
  ask,
  checks,
  comments,
  fate,
  granted,
  hour,
  mergePast,
  remove,
  story,
  told,
  works
} from './company.ts'

const policy = [
  'apiVersion: addendum/v1',
  'kind: Policy',
  'id: often',
  'title: Twice a day',
  'limits: {grants: [{count: 2, per: 1d}]}',
  'examples:',
  '  - {name: Once, on: request, given: {}, recentGrants: [{ago: 1h}], expect: allow}',
  '  - {name: Twice, on: request, given: {}, recentGrants: [{ago: 1h}, {ago: 23h}], expect: deny}',
  ''
].join('\n')
const often = { 'policies/often.yml': policy }
const manual = { ...often, '.github/addendum.yml': 'apiVersion: addendum/v1\nkind: Settings\nmerge: manual\n' }

/** hubot is a second account of octocat's. */
function twoAccounts(): Record<string, string> {
  const text = readFileSync(new URL('../../policies/starter/directory.yml', import.meta.url), 'utf8')
  const own = '{id: 1001, login: octocat}'
  return { ...often, 'directory.yml': text.replace(own, `${own}, {id: 1005, login: hubot}`) }
}

/** When the ledger says that a request was decided. */
async function decidedAt(house: House, pull: number): Promise<number> {
  return (await house.ledger()).requests.get(`R-${pull}`)?.decidedAt.getTime() ?? NaN
}

story(
  'the third within a day waits, and is granted by itself once the first is a day old',
  { files: often },
  async house => {
    const first = await granted(house, { id: 'one', duration: '1h' })
    await house.advance(hour)
    expect(works(house)).toBe(false)
    // Ended early by its subject: it was granted all the same.
    await granted(house, { id: 'two', duration: '8h' })
    await remove(house, 'two', 'octocat')
    await house.advance(hour)
    const third = await ask(house, { id: 'three', duration: '1h' })
    await approve(house, third)
    expect(await checks(house, third)).toEqual({ terms: 'in_progress', approvals: 'success' })
    expect(works(house)).toBe(false)
    const freeAt = (await decidedAt(house, first)) + 24 * hour
    const [comment = ''] = await comments(house, third)
    expect(comment).toContain('Nobody is granted access more than 2 times within 1d.')
    expect(comment).toContain(`Wait until ${new Date(freeAt).toISOString().replace('.000Z', 'Z')}`)
    // No webhook and no sweep: it looks again at that instant, and no millisecond earlier.
    house.webhooks = false
    await house.advance(freeAt - house.clock.now().getTime() - 1)
    expect(await fate(house, third)).toBe('open')
    await house.advance(1)
    expect(await fate(house, third)).toBe('merged by addendum[bot]')
    expect(works(house)).toBe(true)
    expect(await decidedAt(house, third)).toBe(freeAt)
  }
)

story(
  'another person is not held up, and another account of the same person is',
  { files: twoAccounts() },
  async house => {
    await house.as.lisa.rest.teams.addOrUpdateMembershipForUserInOrg({
      org: at.owner,
      team_slug: 'payments',
      username: 'hubot'
    })
    await granted(house, { id: 'one', duration: '1h' })
    await granted(house, { id: 'two', duration: '1h', subject: 'hubot' })
    const third = await ask(house, { id: 'three', duration: '1h', subject: 'HuBot' })
    expect((await checks(house, third)).terms).toBe('in_progress')
    await granted(house, { id: 'lisas', duration: '1h', subject: 'monalisa' })
    expect(works(house, 'monalisa')).toBe(true)
  }
)

story(
  'what is merged before its time is refused, and what was refused does not count',
  { files: manual },
  async house => {
    await mergePast(house, await ask(house, { id: 'zero' }))
    const pulls: number[] = []
    for (const id of ['one', 'two', 'three']) {
      const pull = await ask(house, { id, duration: '1h' })
      await approve(house, pull)
      expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'success' })
      pulls.push(pull)
    }
    // All three are green, and people press the button before anybody has looked again.
    house.webhooks = false
    for (const pull_number of pulls) await house.as.mona.rest.pulls.merge({ ...at, pull_number })
    house.webhooks = true
    await house.sweep()
    const state = await house.ledger()
    const decided = pulls.map(pull => state.requests.get(`R-${pull}`))
    expect(decided.map(request => request?.outcome).toSorted()).toEqual(['allow', 'allow', 'refuse'])
    const refused = decided.find(request => request?.outcome === 'refuse')
    expect(refused?.failed).toEqual(['policy-holds'])
    expect(told(house, refused?.pr ?? 0)).toEqual(['request.decided'])
  }
)

story('two that are decided at the same time do not both take the last one', { files: manual }, async house => {
  const one = await granted(house, { id: 'one', duration: '1h' })
  await house.as.mona.rest.pulls.merge({ ...at, pull_number: one })
  await house.settle()
  const pulls = [await ask(house, { id: 'two' }), await ask(house, { id: 'three', clause: 'C-deploy' })]
  for (const pull of pulls) await approve(house, pull)
  house.webhooks = false
  for (const pull_number of pulls) await house.as.mona.rest.pulls.merge({ ...at, pull_number })
  const { world } = house.running()
  const [installation = 0] = await world.installations()
  const home = { installation, repository: { id: house.repository.id, owner: at.owner, name: at.repo } }
  const outcomes = await Promise.all(pulls.map(pull => reconcile(world, pullLook(home, pull))))
  await house.loop().look(outcomes.flatMap(outcome => outcome.look ?? []))
  await house.settle()
  const state = await house.ledger()
  const found = pulls.map(pull => state.requests.get(`R-${pull}`)?.outcome)
  expect(found.toSorted()).toEqual(['allow', 'refuse'])
  expect(state.requests.size).toBe(3)
})
