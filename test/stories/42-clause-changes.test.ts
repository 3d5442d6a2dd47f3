// Story 42: a request was approved, and then its clause changed: what it would get now is not what was approved.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { at } from '../house.ts'
import type { House } from '../house.ts'
import { amend, day } from './amendments.ts'
import { approve, ask, checks, comments, fate, hour, mergePast, minute, story, works } from './company.ts'

const path = 'contracts/payments-production.yml'
const contract = readFileSync(new URL(`../../policies/starter/${path}`, import.meta.url), 'utf8')
const manual = { files: { '.github/addendum.yml': 'apiVersion: addendum/v1\nkind: Settings\nmerge: manual\n' } }
const held = { terms: 'success', approvals: 'success' }
const asked = { terms: 'success', approvals: 'in_progress' }
const reader = '{provider: payments-db, resource: ledger, role: reader}'
const writer = '{provider: payments-db, resource: ledger, role: writer}'

async function change(house: House, from: string, to: string): Promise<void> {
  expect(contract).toContain(from)
  house.clock.forward(minute)
  house.github.seed.commit('acme/access', 'main', { [path]: contract.replace(from, to) }, { by: 'lisa' })
  await house.settle()
}

async function merged(house: House, pull: number): Promise<void> {
  await house.as.mona.rest.pulls.merge({ ...at, pull_number: pull })
  await house.settle()
}

story('the clause gives more: nobody gets it on an approval of less', manual, async house => {
  const pull = await ask(house)
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual(held)
  await change(house, reader, writer)
  expect(await checks(house, pull)).toEqual(asked)
  const [said = ''] = await comments(house, pull)
  expect(said).toContain('`C-read` changed after')
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual(held)
  await merged(house, pull)
  expect(works(house, 'octocat', 'writer')).toBe(true)
})

story('the same when all memory is lost in between', manual, async house => {
  const pull = await ask(house)
  await approve(house, pull)
  await house.restart()
  await change(house, reader, writer)
  await house.restart()
  expect(await checks(house, pull)).toEqual(asked)
  await approve(house, pull)
  await house.restart()
  expect(await checks(house, pull)).toEqual(held)
})

story('the same where whoever may write deleted the comment besides', manual, async house => {
  const pull = await ask(house)
  await approve(house, pull)
  await change(house, reader, writer)
  expect(await checks(house, pull)).toEqual(asked)
  const { data } = await house.as.octocat.rest.issues.listComments({ ...at, issue_number: pull })
  for (const { id } of data) await house.as.octocat.rest.issues.deleteComment({ ...at, comment_id: id })
  await house.restart()
  expect(await checks(house, pull)).toEqual(asked)
  await mergePast(house, pull)
  expect((await house.ledger()).requests.get(`R-${pull}`)?.failed).toContain('terms-unchanged')
  expect(works(house, 'octocat', 'writer')).toBe(false)
})

story(
  'the same where whoever approved was faster than the app, and the answer to its word was lost',
  manual,
  async house => {
    house.webhooks = false
    const pull = await ask(house)
    await house.as.octocat.rest.issues.createComment({ ...at, issue_number: pull, body: 'Soon, please' })
    await approve(house, pull)
    house.webhooks = true
    const stop = house.github.faults.before('checks/create', ({ body }) => {
      if ((body as { name?: string }).name !== 'Addendum: approvals') return
      house.github.faults.fail({ kind: 'timeout', when: 'after' }, { operation: 'checks/create', times: 1 })
      stop()
    })
    await house.sweep()
    await house.advance(10 * minute, { sweepEveryMs: 5 * minute })
    expect(await checks(house, pull)).toEqual(held)
    await change(house, reader, writer)
    expect(await checks(house, pull)).toEqual(asked)
  }
)

story('another clause changes: nobody is asked again', manual, async house => {
  const pull = await ask(house)
  await approve(house, pull)
  await change(house, 'title: Change the ledger database', 'title: Over')
  expect(await checks(house, pull)).toEqual(held)
})

story('merged past the checks it is refused, and goes out again', undefined, async house => {
  const pull = await ask(house)
  house.webhooks = false
  house.clock.forward(minute)
  await house.as.mona.rest.pulls.createReview({ ...at, pull_number: pull, event: 'APPROVE' })
  house.clock.forward(minute)
  house.github.seed.commit('acme/access', 'main', { [path]: contract.replace(reader, writer) }, { by: 'lisa' })
  await mergePast(house, pull)
  house.webhooks = true
  await house.sweep()
  expect(await fate(house, pull)).toBe('merged by lisa')
  expect((await house.ledger()).requests.get(`R-${pull}`)).toMatchObject({
    outcome: 'refuse',
    failed: ['approved', 'terms-unchanged']
  })
  expect([works(house), works(house, 'octocat', 'writer'), house.onMain()]).toEqual([false, false, []])
})

story('an amendment of the clause begins: it asks again, and not when the amendment is over', manual, async house => {
  const pull = await ask(house)
  await approve(house, pull)
  const amendment = await amend(house)
  await approve(house, amendment)
  await merged(house, amendment)
  expect(await checks(house, pull)).toEqual(held)
  await house.advance(hour + minute, { sweepEveryMs: 10 * minute })
  expect(await checks(house, pull)).toEqual(asked)
  await house.advance(8 * day, { sweepEveryMs: 12 * hour })
  expect(await checks(house, pull)).toEqual(held)
})

story('a start that passes changes nothing', manual, async house => {
  const start = new Date(house.clock.now().getTime() + 10 * minute).toISOString()
  const pull = await ask(house, { more: [`start: ${start}`] })
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual(held)
  await house.advance(15 * minute, { sweepEveryMs: 5 * minute })
  expect(await checks(house, pull)).toEqual(held)
  await merged(house, pull)
  expect(works(house)).toBe(true)
})
