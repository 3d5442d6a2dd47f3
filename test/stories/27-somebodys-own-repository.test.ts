// Story 27: a repository that the operator did not name is no access repository, whatever is in it and whoever approves there.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { recommendedRulesets } from '../../src/model/protection.ts'
import { requestPath, requestText, story, works } from './company.ts'

const starter = (path: string): string =>
  readFileSync(new URL(`../../policies/starter/${path}`, import.meta.url), 'utf8')
const own = { owner: 'acme', repo: 'mine' }

story('an own repository with own rules and a friend who approves grants nothing', undefined, async house => {
  const build = house.github.seed
  build.repository('acme', 'mine', {
    files: {
      '.github/addendum.yml': starter('.github/addendum.yml'),
      '.github/CODEOWNERS': '* @monalisa\n',
      'directory.yml': starter('directory.yml'),
      'contracts/payments-production.yml': starter('contracts/payments-production.yml')
    },
    author: 'octocat'
  })
  build.collaborator('acme/mine', 'octocat', 'admin')
  build.collaborator('acme/mine', 'monalisa', 'write')
  for (const ruleset of recommendedRulesets(4242)) build.ruleset('acme/mine', ruleset)
  // The app is installed on all repositories of the organisation, as many are.
  for (const one of Object.values(house.github.world.state.installations)) one.repositoryIds = null

  build.commit('acme/mine', 'ask', { [requestPath()]: requestText({}) }, { by: 'octocat' })
  const { data } = await house.as.octocat.rest.pulls.create({ ...own, title: 'Ask', head: 'ask', base: 'main' })
  await house.settle()
  const approval = { ...own, pull_number: data.number, event: 'APPROVE' as const }
  await house.as.monalisa.rest.pulls.createReview(approval)
  await house.settle()
  await house.as.octocat.rest.pulls.merge({ ...own, pull_number: data.number }).catch(() => undefined)
  await house.sweep()

  expect(works(house)).toBe(false)
  const { data: checks } = await house.as.octocat.rest.checks.listForRef({ ...own, ref: data.head.sha })
  expect(checks.check_runs).toEqual([])
  const { data: refs } = await house.as.octocat.rest.git.listMatchingRefs({ ...own, ref: 'heads/ledger' })
  expect(refs).toEqual([])
})
