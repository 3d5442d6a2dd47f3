// Story 28: main has a merge queue. Each member of a group is decided again before it merges, and again after it.
import { expect } from 'vitest'
import { at } from '../house.ts'
import {
  approve,
  ask,
  checks,
  comments,
  fate,
  hour,
  propose,
  requestPath,
  requestText,
  story,
  works
} from './company.ts'
import { addQueue, checksOn, enqueue, groups } from './queue.ts'

story('two in the queue, one is withdrawn: the other is granted', undefined, async house => {
  addQueue(house)
  const first = await ask(house)
  const second = await ask(house, { id: 'monalisa-refunds', subject: 'monalisa' }, 'monalisa')
  for (const pull of [first, second]) await approve(house, pull)
  expect(await checks(house, first)).toEqual({ terms: 'success', approvals: 'success' })
  expect(await fate(house, first)).toBe('open')
  expect((await comments(house, first))[0]).toContain('add it to the merge queue')
  house.webhooks = false
  enqueue(house, first)
  enqueue(house, second)
  const [ahead, behind] = groups(house)
  await house.as.mona.rest.pulls.createReview({ ...at, pull_number: first, event: 'REQUEST_CHANGES', body: 'No' })
  house.webhooks = true
  await house.sweep()
  expect(await checksOn(house, ahead?.head ?? '')).toMatchObject({ terms: 'success', approvals: 'failure' })
  const told = await checksOn(house, behind?.head ?? '')
  expect(told.titles[1]).toContain(`#${first}: `)
  expect(await fate(house, first)).toBe('open')
  expect(works(house)).toBe(false)
  expect(await fate(house, second)).toBe('merged by github-merge-queue[bot]')
  expect(works(house, 'monalisa')).toBe(true)
  expect(groups(house)).toEqual([])
  expect(house.onMain()).toEqual(['payments-production/monalisa-refunds.yml'])
})
