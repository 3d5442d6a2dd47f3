// #61 From a fork, whose owner can change its commits unseen and whose people nobody here appointed. Only branches of
// the access repository count.
import { expect } from 'vitest'
import { at } from '../house.ts'
import { approve, checks, requestPath, requestText, story } from '../stories/company.ts'
import { refusedEvenMerged } from './scene.ts'

story('#61 a request from a fork is refused, approved or not, merged or not', undefined, async house => {
  house.github.seed.fork('acme/access', 'octocat')
  house.github.seed.commit('octocat/access', 'request', { [requestPath()]: requestText({}) }, { by: 'octocat' })
  const { data } = await house.as.octocat.rest.pulls.create({
    ...at,
    title: 'From a fork',
    head: 'octocat:request',
    base: 'main'
  })
  await house.settle()
  await approve(house, data.number)
  expect((await checks(house, data.number)).terms).toBe('failure')
  await refusedEvenMerged(house, data.number, 'same-repository')
})
