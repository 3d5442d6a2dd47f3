// #34 Judging a pull request already changes something.
// Until the merge nothing is called at a provider, nothing is recorded, and GitHub is only told.
import { expect } from 'vitest'
import { ask, requestPath, requestText, story, told, works } from '../stories/company.ts'
import { manual, pushTo } from './scene.ts'

const telling = /^(checks\/(create|update)|issues\/(create|update)-comment|pulls\/request-reviewers)$/
const writing = /\/(create|update|merge|delete|remove|add|set|request|submit|dismiss)/

story('#34 an open pull request has no effect but what is said on it', manual(), async house => {
  house.asked.length = 0
  house.payments.calls.length = 0
  const before = house.records().length
  const pull = await ask(house)
  await pushTo(house, pull, { [requestPath()]: requestText({ duration: '8h' }) }, { by: 'octocat' })
  await house.sweep()
  expect(house.asked.length).toBeGreaterThan(5)
  const asked = house.asked.map(({ operation }) => operation).filter(operation => !operation.startsWith('apps/'))
  const written = asked.filter(operation => writing.test(operation))
  expect(written.filter(operation => !telling.test(operation))).toEqual([])
  expect(house.payments.calls).toEqual([])
  expect(told(house, pull)).toEqual([])
  expect(house.records().length).toBe(before)
  expect(works(house)).toBe(false)
})
