// Story 9: what ends together leaves main together.
import { expect } from 'vitest'
import { ask, approve, granted, hour, openPulls, story, works } from './company.ts'

story('requests that end in the same instant share one revert pull request', undefined, async house => {
  const start = '2026-11-23T12:00:00Z'
  const ids = ['octocat-one', 'octocat-two', 'octocat-three']
  for (const id of ids) await granted(house, { id, start, duration: '1h' })
  await granted(house, { id: 'monalisa-one', subject: 'monalisa', start, duration: '1h' }, 'monalisa')
  await house.advance(5 * hour)
  expect(works(house)).toBe(false)
  expect(works(house, 'monalisa')).toBe(false)
  expect(house.onMain()).toEqual([])
  expect(await openPulls(house)).toEqual([])
  const merged = house.records().filter(record => record.type === 'revert.merged')
  expect(merged.map(record => record.requests.length)).toEqual([4])
})

story('one that ends while the revert is open joins it', { files: manual() }, async house => {
  await granted(house, { id: 'octocat-one', duration: '1h' })
  const second = await ask(house, { id: 'octocat-two', duration: '2h' })
  await approve(house, second)
  await house.advance(hour)
  const first = await openPulls(house)
  await house.advance(2 * hour)
  expect(await openPulls(house)).toEqual(first)
  const { data } = await house.as.mona.rest.pulls.listFiles({
    owner: 'acme',
    repo: 'access',
    pull_number: first[0] ?? 0
  })
  expect(data.map(file => file.status)).toEqual(['removed', 'removed'])
})

function manual(): Record<string, string> {
  return { '.github/addendum.yml': 'apiVersion: addendum/v1\nkind: Settings\nrevert: {merge: manual}\n' }
}
