// Story 19: a draft is looked at and not granted; a fork is refused, since nobody there is bound by this repository's rules (attack #61).
import { expect } from 'vitest'
import { approve, checks, fate, propose, requestPath, requestText, story, works } from './company.ts'

const at = { owner: 'acme', repo: 'access' }

story('a draft waits until it is ready', undefined, async house => {
  const pull = await propose(house, 'octocat', { [requestPath()]: requestText({}) }, { draft: true })
  await house.settle()
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  expect(await fate(house, pull)).toBe('open')
  house.github.seed.setDraft('acme/access', pull, false, 'octocat')
  await house.settle()
  expect(await fate(house, pull)).toBe('merged by addendum[bot]')
  expect(works(house)).toBe(true)
})

story('a fork is refused, approved or not', undefined, async house => {
  house.github.seed.fork('acme/access', 'hubot')
  house.github.seed.commit('hubot/access', 'request', { [requestPath()]: requestText({}) }, { by: 'hubot' })
  const { data } = await house.as.hubot.rest.pulls.create({
    ...at,
    title: 'From a fork',
    head: 'hubot:request',
    base: 'main'
  })
  await house.settle()
  await approve(house, data.number)
  expect((await checks(house, data.number)).terms).toBe('failure')
  expect(await fate(house, data.number)).toBe('open')
  expect(works(house)).toBe(false)
})
