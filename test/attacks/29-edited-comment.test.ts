// #29 Somebody with the right to edit makes an owner's comment an approval. Comments are not read for approvals at all.
import { expect } from 'vitest'
import { at } from '../house.ts'
import { ask, checks, story } from '../stories/company.ts'
import { refusedEvenMerged } from './scene.ts'

story(
  "#29 an owner's comment that an administrator edits into an approval approves nothing",
  undefined,
  async house => {
    const pull = await ask(house)
    const words = { issue_number: pull, body: 'I will look at it tomorrow' }
    const { data } = await house.as.mona.rest.issues.createComment({ ...at, ...words })
    await house.settle()
    await house.as.lisa.rest.issues.updateComment({ ...at, comment_id: data.id, body: '/approve' })
    await house.settle()
    await house.sweep()
    expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
    await refusedEvenMerged(house, pull, 'approved')
  }
)
