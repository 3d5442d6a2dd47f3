// #73 An outsider writes a command, or edits somebody's comment into one. There are no commands: what is done is done
// by files and reviews, which GitHub guards.
import { expect } from 'vitest'
import { at } from '../house.ts'
import { approve, ask, checks, granted, hour, story, told, works } from '../stories/company.ts'
import { refusedEvenMerged } from './scene.ts'

const commands = [
  '/approve',
  '/addendum approve',
  '/grant',
  '/lgtm',
  '/extend 8h',
  '/revoke',
  '/end',
  '/merge',
  '@addendum approve',
  '@addendum[bot] revoke'
]

story('#73 no comment approves or grants, whoever writes or edits it', undefined, async house => {
  const pull = await ask(house)
  for (const body of commands) {
    for (const by of ['hubot', 'octocat', 'mona', 'lisa'] as const)
      await house.as[by].rest.issues.createComment({ ...at, issue_number: pull, body })
  }
  const { data } = await house.as.mona.rest.issues.createComment({ ...at, issue_number: pull, body: 'I shall look' })
  await house.as.lisa.rest.issues.updateComment({ ...at, comment_id: data.id, body: '/approve' })
  await house.sweep()
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  await refusedEvenMerged(house, pull, 'approved')
})

story('#73 none prolongs or ends what was granted', undefined, async house => {
  const pull = await granted(house, { duration: '1h' })
  for (const body of commands) await house.as.hubot.rest.issues.createComment({ ...at, issue_number: pull, body })
  await house.sweep()
  expect(works(house)).toBe(true)
  await house.advance(hour)
  expect(works(house)).toBe(false)
  expect(told(house, pull)).toEqual(['request.decided', 'grant.intended', 'grant.done', 'revoke.done'])
  await approve(house, await ask(house, { id: 'octocat-again', duration: '1h' }))
  expect(works(house)).toBe(true)
})
