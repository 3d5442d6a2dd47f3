// Story 13: an approval is of exactly this content. What moves after it, or is withdrawn, is not approved (attacks #21, #22).
import { expect } from 'vitest'
import { approve, ask, checks, fate, requestPath, requestText, story, works } from './company.ts'

const at = { owner: 'acme', repo: 'access' }

story(
  'a commit after the approval asks for it again',
  { files: { '.github/addendum.yml': null, ...manual() } },
  async house => {
    const pull = await ask(house, { duration: '1h' })
    await approve(house, pull)
    expect((await checks(house, pull)).approvals).toBe('success')
    const { data } = await house.as.octocat.rest.pulls.get({ ...at, pull_number: pull })
    house.github.seed.commit(
      'acme/access',
      data.head.ref,
      { [requestPath()]: requestText({ duration: '8h' }) },
      { by: 'octocat' }
    )
    await house.settle()
    expect((await checks(house, pull)).approvals).not.toBe('success')
    await house.as.lisa.rest.pulls.merge({ ...at, pull_number: pull })
    await house.settle()
    expect(works(house)).toBe(false)
    expect((await house.ledger()).requests.get(`R-${pull}`)?.outcome).toBe('refuse')
  }
)

story('a head that moves between the check and the merge is not merged', undefined, async house => {
  const pull = await ask(house)
  const { data } = await house.as.octocat.rest.pulls.get({ ...at, pull_number: pull })
  const stop = house.github.faults.before('pulls/merge', () => {
    stop()
    house.github.seed.commit(
      'acme/access',
      data.head.ref,
      { [requestPath()]: requestText({ duration: '8h' }) },
      { by: 'octocat' }
    )
  })
  await approve(house, pull)
  expect(await fate(house, pull)).toBe('open')
  expect(works(house)).toBe(false)
  await approve(house, pull)
  expect(await fate(house, pull)).toBe('merged by addendum[bot]')
  expect(works(house)).toBe(true)
})

story('an approval that is dismissed before the merge is gone', manualHouse(), async house => {
  const pull = await ask(house)
  await approve(house, pull)
  const { data } = await house.as.mona.rest.pulls.listReviews({ ...at, pull_number: pull })
  await house.as.lisa.rest.pulls.dismissReview({
    ...at,
    pull_number: pull,
    review_id: data[0]?.id ?? 0,
    message: 'Not yet'
  })
  await house.settle()
  expect((await checks(house, pull)).approvals).toBe('in_progress')
  await house.as.lisa.rest.pulls.merge({ ...at, pull_number: pull })
  await house.settle()
  expect(works(house)).toBe(false)
})

story('an objection of an owner outweighs the approval', manualHouse(), async house => {
  const pull = await ask(house)
  await approve(house, pull)
  await house.as.lisa.rest.pulls.createReview({ ...at, pull_number: pull, event: 'REQUEST_CHANGES', body: 'No' })
  await house.settle()
  await house.as.mona.rest.pulls.createReview({ ...at, pull_number: pull, event: 'REQUEST_CHANGES', body: 'No' })
  await house.settle()
  expect((await checks(house, pull)).approvals).not.toBe('success')
})

function manual(): Record<string, string> {
  return { '.github/addendum.yml': 'apiVersion: addendum/v1\nkind: Settings\nmerge: manual\n' }
}

function manualHouse(): { files: Record<string, string> } {
  return { files: manual() }
}
