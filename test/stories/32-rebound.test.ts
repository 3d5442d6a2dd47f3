// Story 32: the terms change under live grants. With `rebound` those out of terms end earlier; nothing ever ends later (S9).
import { expect } from 'vitest'
import { readFileSync } from 'node:fs'
import { agreementRecords, amend, day } from './amendments.ts'
import { approve, granted, hour, minute, story, works } from './company.ts'

const contract = readFileSync(
  new URL('../../policies/starter/contracts/payments-production.yml', import.meta.url),
  'utf8'
)
const shorter = ['{amend: C-read, set: {duration: {default: 1h, max: 2h}}}']

story('a live grant ends by the new maximum, and not by the old', undefined, async house => {
  const grant = await granted(house, { duration: '8h' })
  await approve(house, await amend(house, { changes: shorter, more: ['transition: rebound'] }, 'monalisa'))
  await house.advance(hour + minute)
  const { window } = (await house.ledger()).requests.get(`R-${grant}`) ?? {}
  expect((window?.notAfter.getTime() ?? 0) - (window?.notBefore.getTime() ?? 0)).toBe(2 * hour)
  expect(works(house)).toBe(true)
  await house.advance(hour)
  expect(works(house)).toBe(false)
  expect(house.onMain()).toEqual([])
  expect(house.records().find(record => record.type === 'revoke.done')).toMatchObject({ cause: 'contract' })
})

story('a new version of the contract does the same, always', undefined, async house => {
  await granted(house, { duration: '8h' })
  const next = contract.replace('version: 1', 'version: 2').replace('max: 8h', 'max: 2h')
  house.github.seed.commit('acme/access', 'main', { 'contracts/payments-production.yml': next }, { by: 'lisa' })
  await house.settle()
  expect(house.records().find(record => record.type === 'grant.rebound')).toMatchObject({ cause: 'contract' })
  await house.advance(hour)
  expect(works(house)).toBe(true)
  await house.advance(hour + minute)
  expect(works(house)).toBe(false)
})

story(
  'a contract that is taken out gives nothing any more; one that cannot be read leaves what it gave',
  undefined,
  async house => {
    const path = 'contracts/payments-production.yml'
    await granted(house, { duration: '8h' })
    house.github.seed.commit('acme/access', 'main', { [path]: 'kind: [' }, { by: 'lisa' })
    await house.settle()
    await house.advance(minute)
    expect(works(house)).toBe(true)
    house.github.seed.commit('acme/access', 'main', { [path]: null }, { by: 'lisa' })
    await house.settle()
    expect(works(house)).toBe(false)
    expect(house.records().find(record => record.type === 'grant.rebound')).toMatchObject({ cause: 'contract' })
    expect(house.records().find(record => record.type === 'revoke.done')).toMatchObject({ cause: 'contract' })
    expect(house.onMain()).toEqual([])
  }
)

story('a new version that gives no less leaves what an amendment with keep has left', undefined, async house => {
  const grant = await granted(house, { duration: '8h' })
  await approve(house, await amend(house, { changes: shorter }, 'monalisa'))
  await house.advance(hour + minute)
  const next = contract.replace('version: 1', 'version: 2').replace('to resolve an open case', 'to resolve a case')
  house.github.seed.commit('acme/access', 'main', { 'contracts/payments-production.yml': next }, { by: 'lisa' })
  await house.settle()
  expect(agreementRecords(house)).not.toContain('grant.rebound')
  // And one that ends with the day ends the grant with it, whatever the amendment left.
  const ended = next.replace('until: 2030-01-01', 'until: 2026-11-23T14:00:00Z')
  house.github.seed.commit('acme/access', 'main', { 'contracts/payments-production.yml': ended }, { by: 'lisa' })
  await house.settle()
  const window = (await house.ledger()).requests.get(`R-${grant}`)?.window
  expect(window?.notAfter.toISOString()).toBe('2026-11-23T14:00:00.000Z')
  await house.advance(4 * hour)
  expect(works(house)).toBe(false)
})

story('with keep a live grant stays as it was granted', undefined, async house => {
  await granted(house, { duration: '8h' })
  await approve(house, await amend(house, { changes: shorter }, 'monalisa'))
  await house.advance(4 * hour)
  expect(works(house)).toBe(true)
  expect(agreementRecords(house)).not.toContain('grant.rebound')
})

story('a clause that is struck, or its subject no longer eligible, ends the grant at once', undefined, async house => {
  await granted(house, { duration: '8h' })
  const others = ['{amend: C-read, set: {eligible: ["@acme/payments-leads"]}}']
  await approve(house, await amend(house, { changes: others, more: ['transition: rebound'] }, 'monalisa'))
  await house.advance(hour + minute)
  expect(works(house)).toBe(false)
})

story('what an amendment allowed ends by the clause when it lapses, where it says so', undefined, async house => {
  await approve(
    house,
    await amend(house, { until: new Date(house.clock.now().getTime() + 11 * hour), more: ['transition: rebound'] })
  )
  await house.advance(hour + minute)
  await granted(house, { duration: '12h' })
  await house.advance(9 * hour)
  expect(works(house)).toBe(true)
  await house.advance(hour)
  expect(agreementRecords(house)).toEqual([
    'amendment.decided',
    'amendment.inforce',
    'contract.effective',
    'amendment.lapsed',
    'contract.effective',
    'grant.rebound'
  ])
  expect(works(house)).toBe(false)
  await house.advance(day)
  expect(house.onMain()).toEqual([])
})
