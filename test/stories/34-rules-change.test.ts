// Story 34: the rules themselves change by pull request: their owners approve, people merge, and the ledger says what is agreed.
import { expect } from 'vitest'
import { readFileSync } from 'node:fs'
import { at } from '../house.ts'
import { amend } from './amendments.ts'
import { approve, ask, checks, marks, propose, story } from './company.ts'

const path = 'contracts/payments-production.yml'
const contract = readFileSync(
  new URL('../../policies/starter/contracts/payments-production.yml', import.meta.url),
  'utf8'
)
const next = contract.replace('version: 1', 'version: 2').replace('max: 8h', 'max: 6h')

story('a new version waits for the owner of its file, and is merged by people', undefined, async house => {
  const pull = await propose(house, 'mona', { [path]: next })
  await house.settle()
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  await approve(house, pull, 'octocat')
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  await approve(house, pull, 'lisa')
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'success' })
  const waiting = await ask(house, { duration: '8h' })
  expect(await checks(house, waiting)).toMatchObject({ terms: 'success' })
  await house.as.mona.rest.pulls.merge({ ...at, pull_number: pull })
  await house.settle()
  const said = house.records().flatMap(record => (record.type === 'contract.effective' ? [record.contract] : []))
  expect(said).toEqual(['payments-production', 'platform-tools', 'payments-production'])
  expect(await checks(house, waiting)).toMatchObject({ terms: 'failure' })
})

story(
  'what main changed meanwhile git would merge unread: the branch is brought up to date first',
  undefined,
  async house => {
    const text = 'Engineers of the payments team may read'
    const pull = await propose(house, 'mona', { [path]: contract.replace(text, 'Whoever is on call may read') })
    await house.settle()
    await approve(house, pull, 'lisa')
    expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'success' })
    // Another line of the same clause: git merges both, and nobody read what comes of it.
    const shorter = contract.replace('max: 8h', 'max: 6h')
    const main = house.github.seed.commit('acme/access', 'main', { [path]: shorter }, { by: 'lisa' })
    await house.settle()
    expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'failure' })
    const { data } = await house.as.mona.rest.pulls.get({ ...at, pull_number: pull })
    const both = { [path]: shorter.replace(text, 'Whoever is on call may read') }
    const parents = [data.head.sha, main]
    house.github.seed.commit('acme/access', data.head.ref, both, { by: 'mona', parents })
    await house.settle()
    expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
    await approve(house, pull, 'lisa')
    expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'success' })
  }
)

story('a version to which an amendment would no longer apply fails on the clause', undefined, async house => {
  await approve(house, await amend(house))
  const floored = contract.replace('floors:\n', 'floors:\n  C-read.duration.max: 8h\n')
  const pull = await propose(house, 'mona', { [path]: floored })
  await house.settle()
  expect(await checks(house, pull)).toMatchObject({ terms: 'failure' })
  const line = floored.split('\n').findIndex(text => text.startsWith('  C-read:')) + 2
  expect(await marks(house, pull)).toEqual([`payments-production.yml:${line} failure`])
})

story('a control that the catalogue does not have is refused', undefined, async house => {
  const pull = await propose(house, 'mona', { [path]: contract.replace('soc2:CC6.3', 'soc2:CC63') })
  await house.settle()
  expect(await checks(house, pull)).toMatchObject({ terms: 'failure' })
})

story('the directory, policies and CODEOWNERS ask their owners too', undefined, async house => {
  const directory = await propose(house, 'mona', {
    'directory.yml': 'apiVersion: addendum/v1\nkind: Directory\npeople: []\n'
  })
  const owners = await propose(house, 'mona', { '.github/CODEOWNERS': '* @acme/payments\n' })
  await house.settle()
  for (const pull of [directory, owners]) expect((await checks(house, pull)).approvals).toBe('in_progress')
})
