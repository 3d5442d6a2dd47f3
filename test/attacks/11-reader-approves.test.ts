// #11 A reader or an outsider approves. An approval counts only from an owner who may write to the repository now.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { at } from '../house.ts'
import { approve, ask, checks, story } from '../stories/company.ts'
import { asLogin, refusedEvenMerged, said } from './scene.ts'

const starter = readFileSync(new URL('../../policies/starter/.github/CODEOWNERS', import.meta.url), 'utf8')
const owners = starter.replace(/^(\/requests\/payments-production\/.*)$/m, '$1 @hubot')

story('#11 an owner who may only read approves nothing', { files: { '.github/CODEOWNERS': owners } }, async house => {
  const pull = await ask(house)
  await approve(house, pull, 'hubot')
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  expect((await said(house, pull, 'approvals')).text).toMatch(/@hubot.*may not write/)
  await refusedEvenMerged(house, pull, 'approved')
})

story('#11 an outsider does not even see the pull request', undefined, async house => {
  house.github.seed.user('outsider')
  const pull = await ask(house)
  const review = asLogin(house, 'outsider').rest.pulls.createReview({ ...at, pull_number: pull, event: 'APPROVE' })
  await expect(review).rejects.toMatchObject({ status: 404 })
  await refusedEvenMerged(house, pull, 'approved')
})
