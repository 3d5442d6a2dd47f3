// #22 A force-push while the commits are read hides who wrote them.
// The head that is judged must be among the commits that were listed.
import { expect, test } from 'vitest'
import { decide } from '../../src/decide/decide.ts'
import { commit, facts, older } from '../decide/facts.ts'
import { approve, ask, fate, requestPath, requestText, story, works } from '../stories/company.ts'
import { at } from '../house.ts'
import { headOf, refusedEvenMerged } from './scene.ts'

story('#22 a branch that is rewritten while it is read is not judged by what it shows then', undefined, async house => {
  const pull = await ask(house, { duration: '1h' })
  const { sha, ref } = await headOf(house, pull)
  const stop = house.github.faults.before('pulls/list-commits', () => {
    stop()
    const longer = { [requestPath()]: requestText({ duration: '8h' }) }
    house.github.seed.commit('acme/access', ref, longer, { by: 'octocat', force: true })
  })
  await approve(house, pull)
  expect(await fate(house, pull)).toBe('open')
  expect(works(house)).toBe(false)
  expect((await headOf(house, pull)).sha).not.toBe(sha)
  const named = { ref: sha, check_name: 'Addendum: approvals', filter: 'latest' } as const
  const { data } = await house.as.lisa.rest.checks.listForRef({ ...at, ...named })
  expect(data.check_runs[0]?.conclusion).toBe('failure')
  await refusedEvenMerged(house, pull, 'approved')
})

test('#22 commits that do not hold the head leave everybody unknown', () => {
  const { outcome, reasons } = decide(facts({ commits: { known: true, value: [commit({ sha: older })] } }))
  expect(outcome).toBe('refuse')
  expect(reasons.filter(({ holds }) => !holds).map(({ rule }) => rule)).toContain('people-known')
})
