// #65 "Re-run" until it is green. A run that is asked for again is decided from the facts of now, and says what they
// say.
import { expect } from 'vitest'
import { at } from '../house.ts'
import { ask, checks, fate, story, works } from '../stories/company.ts'
import { headOf, manual, refusedEvenMerged } from './scene.ts'
import type { House } from '../house.ts'

async function runAgain(house: House, pull: number): Promise<void> {
  const { sha } = await headOf(house, pull)
  const { data } = await house.as.octocat.rest.checks.listForRef({ ...at, ref: sha, filter: 'latest' })
  for (const run of data.check_runs) await house.as.octocat.rest.checks.rerequestRun({ ...at, check_run_id: run.id })
  await house.settle()
}

story('#65 run again, what was refused is refused again', undefined, async house => {
  const pull = await ask(house, { duration: '9h' })
  for (let again = 0; again < 3; again++) await runAgain(house, pull)
  expect((await checks(house, pull)).terms).toBe('failure')
  await refusedEvenMerged(house, pull, 'duration-within')
})

story('#65 run again, what was approved without a word to us is seen', manual(), async house => {
  const pull = await ask(house)
  house.webhooks = false
  house.clock.forward(1000)
  await house.as.mona.rest.pulls.createReview({ ...at, pull_number: pull, event: 'APPROVE' })
  await house.settle()
  expect((await checks(house, pull)).approvals).toBe('in_progress')
  house.webhooks = true
  await runAgain(house, pull)
  expect((await checks(house, pull)).approvals).toBe('success')
  expect(await fate(house, pull)).toBe('open')
  expect(works(house)).toBe(false)
})
