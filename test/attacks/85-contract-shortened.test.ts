// #85 The contract is shortened while access is held under it. Live grants are judged again, and the earlier end
// wins; nothing ever ends later.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { amend } from '../stories/amendments.ts'
import { approve, granted, hour, minute, story, works } from '../stories/company.ts'
import type { House } from '../house.ts'

const path = 'contracts/payments-production.yml'
const contract = readFileSync(new URL(`../../policies/starter/${path}`, import.meta.url), 'utf8')

async function lasting(house: House, pull: number): Promise<number> {
  const window = (await house.ledger()).requests.get(`R-${pull}`)?.window
  return (window?.notAfter.getTime() ?? 0) - (window?.notBefore.getTime() ?? 0)
}

story('#85 a grant of eight hours ends after two when an amendment says so', undefined, async house => {
  const pull = await granted(house, { duration: '8h' })
  const changes = ['{amend: C-read, set: {duration: {default: 1h, max: 2h}}}']
  await approve(house, await amend(house, { changes, more: ['transition: rebound'] }, 'monalisa'))
  await house.advance(hour + minute)
  expect(await lasting(house, pull)).toBe(2 * hour)
  await house.advance(hour)
  expect(works(house)).toBe(false)
  expect(house.records().find(record => record.type === 'revoke.done')).toMatchObject({ cause: 'contract' })
})

story('#85 and when a new version of the contract does', undefined, async house => {
  const pull = await granted(house, { duration: '8h' })
  const next = contract.replace('version: 1', 'version: 2').replace('max: 8h', 'max: 2h')
  house.github.seed.commit('acme/access', 'main', { [path]: next }, { by: 'lisa' })
  await house.settle()
  expect(await lasting(house, pull)).toBe(2 * hour)
  await house.advance(2 * hour + minute)
  expect(works(house)).toBe(false)
})

story('#85 a longer maximum prolongs nothing', undefined, async house => {
  const pull = await granted(house, { duration: '1h' })
  const next = contract.replace('version: 1', 'version: 2').replace('max: 8h', 'max: 12h')
  house.github.seed.commit('acme/access', 'main', { [path]: next }, { by: 'lisa' })
  await house.settle()
  expect(await lasting(house, pull)).toBe(hour)
  await house.advance(hour)
  expect(works(house)).toBe(false)
})
