// Ready are an open pull request, a merged one, and one that is decided in a merge group as if it were merged.
import { expect, test } from 'vitest'
import { readyForReview } from '../../../src/decide/rules/ready-for-review.ts'
import { facts } from '../facts.ts'

test.each([
  ['open', null, 'open and ready'],
  ['open', {}, 'in the merge queue'],
  ['closed', {}, 'merged']
] as const)('%s, with the merge %j, is %s', (state, merge, word) => {
  const reason = readyForReview({ facts: { pull: { ...facts().pull, state, draft: false }, merge } })
  expect(reason.holds).toBe(true)
  expect(reason.because).toContain(word)
})
