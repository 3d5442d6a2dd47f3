// Story 2: what no clause allows is refused before anybody has to read it, on the line that is wrong.
import { expect } from 'vitest'
import {
  ask,
  approve,
  checks,
  comments,
  fate,
  marks,
  propose,
  requestPath,
  requestText,
  story,
  works
} from './company.ts'

story('YAML that cannot be read fails on its line', undefined, async house => {
  const pull = await propose(house, 'octocat', {
    [requestPath()]: requestText({}).replace('duration: 2h', 'duration: [2h')
  })
  await house.settle()
  expect((await checks(house, pull)).terms).toBe('failure')
  expect(await marks(house, pull)).toEqual(['octocat-refunds.yml:8 failure'])
  expect(await fate(house, pull)).toBe('open')
})

story('a clause that the contract does not have fails on the line that names it', undefined, async house => {
  const pull = await ask(house, { clause: 'C-raed' })
  expect(await checks(house, pull)).toMatchObject({ terms: 'failure' })
  expect(await marks(house, pull)).toEqual(['octocat-refunds.yml:5 failure'])
})

story('longer than the clause allows is refused, and an approval does not change that', undefined, async house => {
  const pull = await ask(house, { duration: '9h' })
  expect(await marks(house, pull)).toEqual(['octocat-refunds.yml:7 failure'])
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual({ terms: 'failure', approvals: 'success' })
  expect(await fate(house, pull)).toBe('open')
  expect(works(house)).toBe(false)
})

story('a subject who is not eligible is refused', undefined, async house => {
  const pull = await ask(house, { id: 'lisa-refunds', subject: 'lisa' })
  await approve(house, pull)
  expect((await checks(house, pull)).terms).toBe('failure')
  expect(await fate(house, pull)).toBe('open')
})

story('a mended request goes its way', undefined, async house => {
  const pull = await ask(house, { ticket: null })
  expect((await checks(house, pull)).terms).toBe('failure')
  const { data } = await house.as.octocat.rest.pulls.get({ owner: 'acme', repo: 'access', pull_number: pull })
  house.github.seed.commit('acme/access', data.head.ref, { [requestPath()]: requestText({}) }, { by: 'octocat' })
  await house.settle()
  expect((await checks(house, pull)).terms).toBe('success')
  await approve(house, pull)
  expect(works(house)).toBe(true)
})

story('what waits for one thing to be mended is said once', undefined, async house => {
  const pull = await ask(house, { clause: 'C-raed' })
  const [comment = ''] = await comments(house, pull)
  expect(comment.split('\n').filter(line => line.includes('Not judged yet'))).toHaveLength(1)
})
