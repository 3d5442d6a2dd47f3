// Story 5: no webhook ever arrives; the sweep finds everything within its round (L1), and the timer ends it on time.
import { expect } from 'vitest'
import { approve, ask, checks, fate, hour, minute, story, works } from './company.ts'

story('with every webhook lost, a request is granted within a sweep and ends on time', undefined, async house => {
  house.webhooks = false
  const sweeps = { sweepEveryMs: 5 * minute }
  const pull = await ask(house)
  expect(await checks(house, pull)).toEqual({ terms: 'missing', approvals: 'missing' })
  await house.advance(5 * minute, sweeps)
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  await approve(house, pull)
  await house.advance(5 * minute, sweeps)
  expect(await fate(house, pull)).toBe('merged by addendum[bot]')
  expect(works(house)).toBe(true)
  // Between sweeps: the end does not wait for one.
  await house.advance(2 * hour)
  expect(works(house)).toBe(false)
  await house.advance(5 * minute, sweeps)
  expect(house.onMain()).toEqual([])
})

story(
  'a merge that nobody told us of is found',
  { files: { '.github/addendum.yml': settings('merge: manual') } },
  async house => {
    house.webhooks = false
    const pull = await ask(house)
    await house.sweep()
    await approve(house, pull)
    await house.sweep()
    await house.as.mona.rest.pulls.merge({ owner: 'acme', repo: 'access', pull_number: pull })
    expect(works(house)).toBe(false)
    await house.advance(5 * minute, { sweepEveryMs: 5 * minute })
    expect(works(house)).toBe(true)
  }
)

function settings(line: string): string {
  return `apiVersion: addendum/v1\nkind: Settings\n${line}\n`
}
