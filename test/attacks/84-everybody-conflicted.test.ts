// #84 Everybody who could approve has a part in the request. The bar is never lowered: it stays blocked, and says
// whom it lacks.
import { expect } from 'vitest'
import { approve, checks, requestPath, requestText, story, works } from '../stories/company.ts'
import { join, openFor, refusedEvenMerged, said } from './scene.ts'

story('#84 where the only owner wrote it, nobody else takes the place', undefined, async house => {
  const pull = await openFor(house, 'octocat', { [requestPath()]: requestText({}) }, { by: 'mona' })
  for (const by of ['mona', 'lisa', 'monalisa'] as const) await approve(house, pull, by)
  expect(await checks(house, pull)).toMatchObject({ approvals: 'failure' })
  expect((await said(house, pull, 'approvals')).text).toMatch(/Too few are left in @acme\/payments-leads/)
  await refusedEvenMerged(house, pull, 'duties-separated')
})

story('#84 one more owner is the way out, and it goes on by itself', undefined, async house => {
  const pull = await openFor(house, 'octocat', { [requestPath()]: requestText({}) }, { by: 'mona' })
  expect(await checks(house, pull)).toMatchObject({ approvals: 'failure' })
  await join(house, 'payments-leads', 'hubot')
  await approve(house, pull, 'hubot')
  expect(works(house)).toBe(true)
})
