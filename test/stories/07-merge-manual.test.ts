// Story 7: where people press the button themselves, the app says when they may and grants what they merged.
import { expect } from 'vitest'
import { approve, ask, checks, fate, hour, story, works } from './company.ts'

const files = { '.github/addendum.yml': 'apiVersion: addendum/v1\nkind: Settings\nmerge: manual\n' }

story('an approved request waits for the button, and is granted when it is pressed', { files }, async house => {
  const pull = await ask(house)
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'success' })
  expect(await fate(house, pull)).toBe('open')
  expect(works(house)).toBe(false)
  await house.as.mona.rest.pulls.merge({ owner: 'acme', repo: 'access', pull_number: pull })
  await house.settle()
  expect(works(house)).toBe(true)
  await house.advance(3 * hour)
  expect(works(house)).toBe(false)
  expect(house.onMain()).toEqual([])
})

story('a squash counts as well, by the bytes that came to main', { files }, async house => {
  const pull = await ask(house)
  await approve(house, pull)
  await house.as.mona.rest.pulls.merge({ owner: 'acme', repo: 'access', pull_number: pull, merge_method: 'squash' })
  await house.settle()
  // GitHub's squash is a new commit; the watch knows only the merge, so what counts is asked of the ledger.
  expect((await house.ledger()).requests.get(`R-${pull}`)?.outcome).toBe('allow')
  expect(works(house)).toBe(true)
})
