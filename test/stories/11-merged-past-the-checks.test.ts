// Story 11: an administrator merges without the approval. The merge is GitHub's; the decision is made again, and it is no (S13).
import { expect } from 'vitest'
import { ask, comments, mergePast, story, told, works } from './company.ts'

story('a merge without approval is refused, said on the pull request, and reverted', undefined, async house => {
  const pull = await ask(house)
  await mergePast(house, pull)
  expect(works(house)).toBe(false)
  const request = (await house.ledger()).requests.get(`R-${pull}`)
  expect(request?.outcome).toBe('refuse')
  expect(request?.failed).toContain('approved')
  expect(told(house, pull)).toEqual(['request.decided'])
  expect(house.onMain()).toEqual([])
  expect((await comments(house, pull))[0]).toContain('Merged, but not granted')
})

story('its id is burnt: the same request again, approved, is not granted', undefined, async house => {
  await mergePast(house, await ask(house))
  const again = await ask(house)
  expect(
    await house.as.mona.rest.pulls.createReview({ owner: 'acme', repo: 'access', pull_number: again, event: 'APPROVE' })
  ).toBeDefined()
  await house.settle()
  expect(works(house)).toBe(false)
})
