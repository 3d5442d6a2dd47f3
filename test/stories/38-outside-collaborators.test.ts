// Story 38: an outside collaborator who is named as an owner counts only as somebody whom the directory names.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { House } from '../house.ts'
import { at } from '../house.ts'
import { approve, ask, checks, fate, story } from './company.ts'

const starter = (path: string): string =>
  readFileSync(new URL(`../../policies/starter/${path}`, import.meta.url), 'utf8')

const owners = `${starter('.github/CODEOWNERS')}\n/requests/payments-production/ @hubot\n`
const named = `${starter('directory.yml')}
  - id: p-90aa1c
    github: [{id: 1005, login: hubot}]
    class: contractor
    company: Initech
    until: 2030-01-01
    identities: {}
`

async function leave(house: House): Promise<void> {
  await house.as.lisa.rest.orgs.removeMembershipForUser({ org: 'acme', username: 'hubot' })
  house.github.seed.collaborator('acme/access', 'hubot', 'write')
  await house.settle()
}

const files = { '.github/CODEOWNERS': owners }

story('a member of the organisation who owns the file may approve', { files }, async house => {
  house.github.seed.collaborator('acme/access', 'hubot', 'write')
  const pull = await ask(house)
  await approve(house, pull, 'hubot')
  expect(await fate(house, pull)).toBe('merged by addendum[bot]')
})

story('one who is no member, and whom the directory does not name, may not', { files }, async house => {
  await leave(house)
  const pull = await ask(house)
  await approve(house, pull, 'hubot')
  expect((await checks(house, pull)).approvals).toBe('failure')
  const { data } = await house.as.lisa.rest.issues.listComments({ ...at, issue_number: pull })
  expect(data[0]?.body).toContain('directory.yml')
  expect(await fate(house, pull)).toBe('open')
})

story('named by the directory they may', { files: { ...files, 'directory.yml': named } }, async house => {
  await leave(house)
  const pull = await ask(house)
  await approve(house, pull, 'hubot')
  expect(await fate(house, pull)).toBe('merged by addendum[bot]')
})
