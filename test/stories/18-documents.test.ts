// Story 18: pull requests about the agreement, and about nothing of ours: the required checks say so, and nobody is held up.
import { expect } from 'vitest'
import { readFileSync } from 'node:fs'
import { checks, marks, propose, story } from './company.ts'

const path = 'contracts/payments-production.yml'
const contract = readFileSync(
  new URL('../../policies/starter/contracts/payments-production.yml', import.meta.url),
  'utf8'
)

story('a contract with an error fails on the line that is wrong', undefined, async house => {
  const wrong = contract.replace('max: 8h', 'max: 8 hours')
  const pull = await propose(house, 'mona', { [path]: wrong })
  await house.settle()
  expect((await checks(house, pull)).terms).toBe('failure')
  const line = wrong.split('\n').findIndex(text => text.includes('8 hours')) + 1
  expect(await marks(house, pull)).toContain(`payments-production.yml:${line} failure`)
})

story('a valid one passes', undefined, async house => {
  const pull = await propose(house, 'mona', {
    [path]: contract.replace('version: 1', 'version: 2').replace('max: 8h', 'max: 6h')
  })
  await house.settle()
  expect((await checks(house, pull)).terms).toBe('success')
})

story('a pull request that touches nothing of ours passes both', undefined, async house => {
  const pull = await propose(house, 'mona', { 'README.md': '# Access\n' })
  await house.settle()
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'success' })
})
