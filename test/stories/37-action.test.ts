// Story 37: an action is decided like access, by every rule; until actions are run, its provider alone is against it.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { at } from '../house.ts'
import type { House } from '../house.ts'
import { approve, checks, fate, mergePast, propose, requestPath, requestText, story } from './company.ts'

const starter = readFileSync(
  new URL('../../policies/starter/contracts/payments-production.yml', import.meta.url),
  'utf8'
)
const clause = `  C-restart:
    title: Restart one service
    action: {provider: ops, name: restart-service, inputs: {service: {enum: [checkout, ledger]}}}
    approvals: {count: 1, from: [codeowners]}
    controls: ["soc2:CC8.1"]
`
const withAction = {
  files: { 'contracts/payments-production.yml': starter.replace('floors:', `${clause}floors:`) }
}

async function restart(house: House, inputs: string): Promise<number> {
  const text = requestText({ clause: 'C-restart', duration: null, ticket: null, more: [inputs] })
  const pull = await propose(house, 'octocat', { [requestPath()]: text })
  await house.settle()
  return pull
}

async function failed(house: House, pull: number): Promise<string> {
  const { data } = await house.as.lisa.rest.issues.listComments({ ...at, issue_number: pull })
  return data[0]?.body ?? ''
}

story('every rule but that of the provider holds, and nothing runs', withAction, async house => {
  const pull = await restart(house, 'inputs: {service: checkout}')
  await approve(house, pull)
  expect(await checks(house, pull)).toMatchObject({ terms: 'failure' })
  const said = await failed(house, pull)
  expect(said).toContain('`ops/restart-service`')
  expect(said).toContain('runs no actions')
  expect(await fate(house, pull)).toBe('open')
})

story('what its inputs may not be is said with it', withAction, async house => {
  const pull = await restart(house, 'inputs: {service: payments}')
  expect(await failed(house, pull)).toContain('may not be')
})

story('merged past the checks it is refused, recorded, and taken out', withAction, async house => {
  const pull = await restart(house, 'inputs: {service: checkout}')
  await approve(house, pull)
  await mergePast(house, pull)
  const decided = house.records().filter(record => record.type === 'request.decided')
  expect(decided).toMatchObject([{ outcome: 'refuse', failed: ['provider-ready'], targets: [], window: null }])
  expect(house.onMain()).toEqual([])
})
