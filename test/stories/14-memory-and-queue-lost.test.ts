// Story 14: process memory and the queue are lost at any step. git says where everything stands (L6).
import { expect } from 'vitest'
import { approve, ask, comments, fate, hour, propose, requestPath, requestText, story, told, works } from './company.ts'

story('lost at every step, the request goes its way and is written down once', undefined, async house => {
  const pull = await propose(house, 'octocat', { [requestPath()]: requestText({}) })
  await house.restart()
  await approve(house, pull)
  await house.restart()
  expect(await fate(house, pull)).toBe('merged by addendum[bot]')
  expect(works(house)).toBe(true)
  await house.advance(hour)
  await house.restart()
  expect(works(house)).toBe(true)
  // Gone over the end: nobody is there to revoke, and the start does it.
  house.clock.forward(2 * hour)
  expect(works(house)).toBe(true)
  await house.restart()
  expect(works(house)).toBe(false)
  expect(house.onMain()).toEqual([])
  expect(await comments(house, pull)).toHaveLength(1)
  expect(told(house, pull)).toEqual(['request.decided', 'grant.intended', 'grant.done', 'revoke.done'])
})

story('merged while the app was gone, it is granted when the app is back', { files: manual() }, async house => {
  const pull = await ask(house)
  await approve(house, pull)
  house.webhooks = false
  await house.as.mona.rest.pulls.merge({ owner: 'acme', repo: 'access', pull_number: pull })
  await house.settle()
  expect(works(house)).toBe(false)
  await house.restart()
  expect(works(house)).toBe(true)
})

story('two starts in a row write nothing twice', undefined, async house => {
  const pull = await ask(house)
  await house.restart()
  const before = house.asked.length
  await house.restart()
  const writes = house.asked
    .slice(before)
    .filter(one => /create|update|delete|request-reviewers/.test(one.operation) && !one.operation.startsWith('apps/'))
  expect(writes).toEqual([])
  expect(await comments(house, pull)).toHaveLength(1)
})

function manual(): Record<string, string> {
  return { '.github/addendum.yml': 'apiVersion: addendum/v1\nkind: Settings\nmerge: manual\n' }
}
