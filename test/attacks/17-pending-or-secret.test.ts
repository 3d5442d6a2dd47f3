// #17 Somebody who is only invited approves, or the owners are a team that cannot be seen.
// Active members only; what cannot be resolved denies.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { at } from '../house.ts'
import { ask, checks, story } from '../stories/company.ts'
import { asLogin, join, refusedEvenMerged } from './scene.ts'

const starter = readFileSync(new URL('../../policies/starter/.github/CODEOWNERS', import.meta.url), 'utf8')
const secret = starter.replace(/^(\/requests\/payments-production\/.*)$/m, '$1 @acme/shadows')

story('#17 who has not accepted the invitation to the team approves nothing', undefined, async house => {
  house.github.seed.user('newcomer')
  house.github.seed.collaborator('acme/access', 'newcomer', 'write')
  await join(house, 'payments-leads', 'newcomer')
  const pull = await ask(house)
  house.clock.forward(1000)
  await asLogin(house, 'newcomer').rest.pulls.createReview({ ...at, pull_number: pull, event: 'APPROVE' })
  await house.settle()
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  await refusedEvenMerged(house, pull, 'approved')
})

story(
  '#17 a line with a team that cannot be seen leaves the owners in doubt',
  { files: { '.github/CODEOWNERS': secret } },
  async house => {
    const pull = await ask(house)
    await house.as.mona.rest.pulls.createReview({ ...at, pull_number: pull, event: 'APPROVE' })
    await house.settle()
    expect((await checks(house, pull)).approvals).toBe('failure')
    await refusedEvenMerged(house, pull, 'owners-readable')
  }
)
