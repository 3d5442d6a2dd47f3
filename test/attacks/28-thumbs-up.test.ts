// #28 A refusal that quotes ":+1:" is read as a yes.
// Only reviews approve; what they or comments say in words is for people.
import { expect } from 'vitest'
import { at } from '../house.ts'
import { ask, checks, story } from '../stories/company.ts'
import { refusedEvenMerged, review } from './scene.ts'

story('#28 words approve nothing, in a comment or in a review', undefined, async house => {
  const pull = await ask(house)
  for (const body of ['> :+1:\n\nNo: I will not give this a :+1:', '👍', 'LGTM', 'Approved']) {
    await house.as.mona.rest.issues.createComment({ ...at, issue_number: pull, body })
    await review(house, pull, 'mona', 'COMMENT', { body })
  }
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  await refusedEvenMerged(house, pull, 'approved')
})
