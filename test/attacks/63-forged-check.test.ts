// #63 A workflow or another app reports success under our check's name. GitHub is made to believe this app alone, and
// where it is not, nothing is granted.
import { expect } from 'vitest'
import { at } from '../house.ts'
import { approve, ask, checks, exceptions, fate, story, works } from '../stories/company.ts'
import { headOf, manual, said } from './scene.ts'

const names = ['Addendum: terms', 'Addendum: approvals']
const actions = 15_368

story('#63 success from another app does not let anybody merge, and ours says what it did', manual(), async house => {
  const pull = await ask(house, { duration: '9h' })
  await approve(house, pull)
  const { sha } = await headOf(house, pull)
  for (const name of names)
    house.github.seed.check('acme/access', { appId: actions, name, headSha: sha, conclusion: 'success' })
  await house.sweep()
  await expect(house.as.octocat.rest.pulls.merge({ ...at, pull_number: pull })).rejects.toThrow()
  expect(await fate(house, pull)).toBe('open')
  const { data } = await house.as.lisa.rest.checks.listForRef({
    ...at,
    ref: sha,
    check_name: 'Addendum: terms',
    app_id: 4242
  })
  expect(data.check_runs.map(run => run.conclusion)).toEqual(['failure'])
})

story('#63 where GitHub would believe anybody, nothing is granted', undefined, async house => {
  for (const { rules } of house.repository.rulesets) {
    for (const rule of rules) {
      if (rule.type !== 'required_status_checks') continue
      rule.parameters = { ...rule.parameters, required_status_checks: names.map(context => ({ context })) }
    }
  }
  const pull = await ask(house)
  await approve(house, pull)
  expect((await said(house, pull, 'terms')).text).toContain('Nothing is granted until then.')
  expect(await checks(house, pull)).toMatchObject({ terms: 'in_progress' })
  expect(await fate(house, pull)).toBe('open')
  expect(works(house)).toBe(false)
  expect(exceptions(house)).toEqual([])
})

story('#63 hundreds of that name hide none of ours, and cost no request more', manual(), async house => {
  const pull = await ask(house)
  await approve(house, pull)
  const listed = async (): Promise<number> => {
    const before = house.asked.length
    await house.restart()
    return house.asked.slice(before).filter(({ operation }) => operation === 'checks/list-for-ref').length
  }
  const usual = await listed()
  const runs = house.repository.checks.length
  const { sha } = await headOf(house, pull)
  for (const name of ['Addendum: terms', 'Addendum: approvals']) {
    for (let nth = 0; nth < 250; nth += 1) {
      house.github.seed.check('acme/access', { appId: 15368, name, headSha: sha, conclusion: 'success' })
    }
  }
  expect(await listed()).toBe(usual)
  expect(house.repository.checks.length).toBe(runs + 500)
})
