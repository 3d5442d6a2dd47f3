// Story 40: an amendment was approved, and then the clause that it touches changed: the approval is asked for again.
import { expect } from 'vitest'
import { readFileSync } from 'node:fs'
import { at } from '../house.ts'
import type { House } from '../house.ts'
import { amend, amendmentsOnMain, day } from './amendments.ts'
import { approve, checks, comments, fate, hour, mergePast, minute, story } from './company.ts'

const path = 'contracts/payments-production.yml'
const contract = readFileSync(new URL(`../../policies/starter/${path}`, import.meta.url), 'utf8')
const manual = { files: { '.github/addendum.yml': 'apiVersion: addendum/v1\nkind: Settings\nmerge: manual\n' } }
const held = { terms: 'success', approvals: 'success' }
const asked = { terms: 'success', approvals: 'in_progress' }

async function change(house: House, from: string, to: string): Promise<void> {
  expect(contract).toContain(from)
  house.clock.forward(minute)
  house.github.seed.commit('acme/access', 'main', { [path]: contract.replace(from, to) }, { by: 'lisa' })
  await house.settle()
}

const readTitle = 'title: Read the ledger database'
const writeTitle = 'title: Change the ledger database'

story('the clause changes: it asks again, and is merged when it was approved again', manual, async house => {
  const pull = await amend(house)
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual(held)
  await change(house, readTitle, 'title: Read everything')
  expect(await checks(house, pull)).toEqual(asked)
  const [said = ''] = await comments(house, pull)
  expect(said).toContain('changed after')
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual(held)
  await house.as.mona.rest.pulls.merge({ ...at, pull_number: pull })
  await house.settle()
  expect((await house.ledger()).amendments.get(`A-${pull}`)).toMatchObject({ outcome: 'allow' })
})

story('another clause changes: nobody is asked again', manual, async house => {
  const pull = await amend(house)
  await approve(house, pull)
  await change(house, writeTitle, 'title: Over')
  expect(await checks(house, pull)).toEqual(held)
})

story('merged past the checks with stale approvals only, it is refused and goes out again', undefined, async house => {
  const pull = await amend(house, {}, 'monalisa')
  house.webhooks = false
  await approve(house, pull)
  await change(house, readTitle, 'title: Read everything')
  await mergePast(house, pull)
  house.webhooks = true
  await house.sweep()
  expect(await fate(house, pull)).toBe('merged by lisa')
  expect((await house.ledger()).amendments.get(`A-${pull}`)).toMatchObject({ outcome: 'refuse', window: null })
  expect(amendmentsOnMain(house)).toEqual([])
})

story(
  'approved on a page that nobody had brought up to date: what it showed is what was approved',
  manual,
  async house => {
    const pull = await amend(house)
    house.webhooks = false
    await change(house, readTitle, 'title: Read everything')
    house.clock.forward(hour / 2)
    await approve(house, pull)
    house.webhooks = true
    await house.sweep()
    expect(await checks(house, pull)).toEqual(asked)
    await approve(house, pull)
    expect(await checks(house, pull)).toEqual(held)
  }
)

story('approved before the app had said anything: it is asked for again', manual, async house => {
  house.webhooks = false
  const pull = await amend(house)
  await approve(house, pull)
  house.webhooks = true
  await house.sweep()
  expect(await checks(house, pull)).toEqual(asked)
  expect((await comments(house, pull))[0]).toContain('approved before it was said')
})

story('another amendment of the clause lapses: it asks again', manual, async house => {
  const now = house.clock.now().getTime()
  const first = await amend(house, { id: 'first', from: new Date(now + hour), until: new Date(now + day) })
  await approve(house, first)
  await house.as.mona.rest.pulls.merge({ ...at, pull_number: first })
  await house.settle()
  await house.advance(2 * hour)
  const changes = ['{amend: C-read, set: {duration: {default: 2h, max: 10h}}}']
  const pull = await amend(house, { id: 'second', from: new Date(now + 2 * day), changes })
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual(held)
  await house.advance(day)
  expect(await checks(house, pull)).toEqual(asked)
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual(held)
})

story('memory and queue lost between: the statement is on GitHub, and nothing is asked twice', manual, async house => {
  const pull = await amend(house)
  await house.restart()
  await approve(house, pull)
  await house.restart()
  expect(await checks(house, pull)).toEqual(held)
  const { data } = await house.as.mona.rest.pulls.get({ ...at, pull_number: pull })
  const runs = await house.as.mona.rest.checks.listForRef({ ...at, ref: data.head.sha, filter: 'all' })
  expect(runs.data.check_runs.filter(run => run.name === 'Addendum: standing terms')).toHaveLength(1)
})

story('what another app states under the same name counts for nothing (attack 63)', manual, async house => {
  const pull = await amend(house)
  const stated = house.repository.checks.filter(run => run.name === 'Addendum: standing terms')
  expect(stated).toHaveLength(1)
  for (const run of stated) run.appId = 999
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual(asked)
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual(held)
})
