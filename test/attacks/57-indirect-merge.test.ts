// #57 GitHub calls a pull request merged as soon as main holds its head, whatever its rules say. `merged` is never
// believed; main's tree and the reviews are.
import { expect } from 'vitest'
import { at } from '../house.ts'
import { approve, ask, fate, story, works } from '../stories/company.ts'
import { headOf } from './scene.ts'
import type { House } from '../house.ts'

async function pushHead(house: House, pull: number): Promise<void> {
  const { sha } = await headOf(house, pull)
  await house.as.lisa.rest.git.updateRef({ ...at, ref: 'heads/main', sha })
  await house.settle()
}

story(
  '#57 an unapproved request whose head is pushed to main is merged for GitHub, and grants nothing',
  undefined,
  async house => {
    const pull = await ask(house)
    await pushHead(house, pull)
    expect(await fate(house, pull)).toBe('merged by lisa')
    expect(works(house)).toBe(false)
    expect(house.payments.calls.filter(call => call.operation === 'grant')).toEqual([])
    const request = (await house.ledger()).requests.get(`R-${pull}`)
    expect(request?.outcome).toBe('refuse')
    expect(request?.failed).toContain('approved')
    expect(house.onMain()).toEqual([])
  }
)

story('#57 nor does another pull request that carries it along', undefined, async house => {
  const pull = await ask(house)
  const { sha } = await headOf(house, pull)
  house.github.seed.commit('acme/access', 'carrier', { 'NOTES.md': 'Anything\n' }, { by: 'lisa', parents: [sha] })
  const { data } = await house.as.lisa.rest.pulls.create({ ...at, title: 'Notes', head: 'carrier', base: 'main' })
  await house.settle()
  await approve(house, data.number, 'mona')
  await house.as.lisa.rest.pulls.merge({ ...at, pull_number: data.number })
  await house.settle()
  await house.sweep()
  expect(await fate(house, pull)).toBe('merged by lisa')
  expect(house.payments.calls.filter(call => call.operation === 'grant')).toEqual([])
  const request = (await house.ledger()).requests.get(`R-${pull}`)
  expect(request?.outcome).toBe('refuse')
  expect(request?.failed).toContain('approved')
  expect(works(house)).toBe(false)
  expect(house.onMain()).toEqual([])
})
