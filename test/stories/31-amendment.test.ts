// Story 31: an amendment extends a clause for a week, by pull request; the request that was refused is allowed; it lapses by itself.
import { expect } from 'vitest'
import { agreementRecords, amend, amendmentsOnMain, day } from './amendments.ts'
import { approve, ask, checks, comments, fate, hour, marks, story } from './company.ts'

story('what a clause refuses, an amendment allows for a week, and no longer', undefined, async house => {
  const refused = await ask(house, { id: 'octocat-night', duration: '12h' })
  expect(await checks(house, refused)).toMatchObject({ terms: 'failure' })
  expect(await marks(house, refused)).toContain('octocat-night.yml:7 failure')

  const amendment = await amend(house)
  expect(await checks(house, amendment)).toEqual({ terms: 'success', approvals: 'in_progress' })
  const [said = ''] = await comments(house, amendment)
  expect(said).toContain('- duration: {default: 1h, max: 8h}')
  expect(said).toContain('+ duration: {default: 4h, max: 12h}')

  await approve(house, amendment)
  expect(await fate(house, amendment)).toBe('merged by addendum[bot]')
  expect(amendmentsOnMain(house)).toEqual(['payments-production/migration-week.yml'])
  expect(agreementRecords(house)).toEqual(['amendment.decided'])
  expect(await checks(house, refused)).toMatchObject({ terms: 'failure' })

  await house.advance(hour + 1000)
  expect(agreementRecords(house)).toEqual(['amendment.decided', 'amendment.inforce', 'contract.effective'])
  expect(await checks(house, refused)).toEqual({ terms: 'success', approvals: 'in_progress' })
  expect((await comments(house, refused))[0]).toContain('as amended by `migration-week`')
  await approve(house, refused)
  expect(await fate(house, refused)).toBe('merged by addendum[bot]')
  const { window } = (await house.ledger()).requests.get(`R-${refused}`) ?? {}
  expect((window?.notAfter.getTime() ?? 0) - (window?.notBefore.getTime() ?? 0)).toBe(12 * hour)

  await house.advance(8 * day)
  expect(agreementRecords(house).slice(3)).toEqual(['amendment.lapsed', 'contract.effective'])
  expect(amendmentsOnMain(house)).toEqual([])
  expect(house.onMain()).toEqual([])
  expect((await house.ledger()).amendments.get(`A-${amendment}`)?.revertedBy?.pr).toBeGreaterThan(amendment)
  const again = await ask(house, { id: 'octocat-again', duration: '12h' })
  expect(await checks(house, again)).toMatchObject({ terms: 'failure' })
})

story('memory and queue lost, and every webhook: it begins and lapses all the same', undefined, async house => {
  const amendment = await amend(house)
  await approve(house, amendment)
  house.webhooks = false
  await house.restart()
  await house.advance(hour + 1000)
  expect(agreementRecords(house).at(-1)).toBe('contract.effective')
  await house.restart()
  await house.advance(8 * day)
  expect((await house.ledger()).openAmendments.size).toBe(0)
  expect(amendmentsOnMain(house)).toEqual([])
})
