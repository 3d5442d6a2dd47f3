// #64 A job that is skipped counts as success for GitHub. No workflow is a gate: the checks are ours alone, and never
// skipped or neutral.
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { at } from '../house.ts'
import { approve, ask, fate, propose, requestPath, requestText, story, works } from '../stories/company.ts'
import { headOf, manual } from './scene.ts'

story('#64 skipped jobs under our names open nothing', manual(), async house => {
  house.webhooks = false
  const pull = await ask(house, { duration: '9h' })
  await approve(house, pull)
  const { sha } = await headOf(house, pull)
  for (const name of ['Addendum: terms', 'Addendum: approvals']) {
    house.github.seed.check('acme/access', { appId: 15_368, name, headSha: sha, conclusion: 'skipped' })
  }
  await expect(house.as.octocat.rest.pulls.merge({ ...at, pull_number: pull })).rejects.toThrow()
  await house.sweep()
  expect(await fate(house, pull)).toBe('open')
  expect(works(house)).toBe(false)
})

story('#64 what Addendum looks at is never left without a word, and never skipped', undefined, async house => {
  const pulls = [
    await ask(house),
    await ask(house, { id: 'octocat-long', duration: '9h' }),
    await propose(house, 'octocat', { 'NOTES.md': 'Anything\n' }),
    await propose(
      house,
      'octocat',
      { [requestPath('octocat-draft')]: requestText({ id: 'octocat-draft' }) },
      { draft: true }
    )
  ]
  await house.settle()
  for (const pull of pulls) {
    const { sha } = await headOf(house, pull)
    const { data } = await house.as.lisa.rest.checks.listForRef({ ...at, ref: sha, filter: 'latest' })
    const ours = data.check_runs.filter(run => run.app?.slug === 'addendum')
    expect(ours.map(run => run.name).sort()).toEqual(['Addendum: approvals', 'Addendum: terms'])
    for (const run of ours) expect(['success', 'failure', null]).toContain(run.conclusion)
  }
})

test('#64 the starter repository has no workflow', () => {
  const starter = fileURLToPath(new URL('../../policies/starter', import.meta.url))
  expect(readdirSync(starter, { recursive: true }).filter(path => String(path).includes('workflows'))).toEqual([])
})
