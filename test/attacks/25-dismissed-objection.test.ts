// #25 Somebody objects, and a writer dismisses the objection. It stays a veto until whoever objected reviews again.
import { expect } from 'vitest'
import { at } from '../house.ts'
import type { House, PersonName } from '../house.ts'
import { approve, ask, checks, comments, fate, requestPath, requestText, story, works } from '../stories/company.ts'
import { pushTo, refusedEvenMerged, review, said } from './scene.ts'

const dismiss = async (house: House, pull: number, id: number, by: PersonName): Promise<void> => {
  house.clock.forward(1000)
  await house.as[by].rest.pulls.dismissReview({ ...at, pull_number: pull, review_id: id, message: 'Settled' })
  await house.settle()
}

const objected = async (house: House, by: PersonName): Promise<number> => {
  const pull = await ask(house)
  await dismiss(house, pull, await review(house, pull, 'monalisa', 'REQUEST_CHANGES'), by)
  await approve(house, pull)
  return pull
}

story('#25 an objection that the author dismisses stands, and it is said who did that', undefined, async house => {
  const pull = await objected(house, 'octocat')
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  const told = 'Changes are asked for by @monalisa (dismissed by @octocat)'
  expect((await said(house, pull, 'approvals')).text.replaceAll('`', '')).toContain(told)
  expect((await comments(house, pull)).join('').replaceAll('`', '')).toContain(told)
  await refusedEvenMerged(house, pull, 'not-blocked')
})

story('#25 so it does where the approver dismisses it', undefined, async house => {
  await refusedEvenMerged(house, await objected(house, 'mona'), 'not-blocked')
})

story('#25 whoever objected settles it by reviewing again', undefined, async house => {
  const pull = await objected(house, 'octocat')
  await approve(house, pull, 'monalisa')
  expect(await fate(house, pull)).toBe('merged by addendum[bot]')
  expect(works(house)).toBe(true)
})

story('#25 or by dismissing it themselves', undefined, async house => {
  const pull = await objected(house, 'monalisa')
  expect(await fate(house, pull)).toBe('merged by addendum[bot]')
  expect(works(house)).toBe(true)
})

story('#25 where GitHub does not list who dismissed it, it stands', undefined, async house => {
  const pull = await ask(house)
  await dismiss(house, pull, await review(house, pull, 'monalisa', 'REQUEST_CHANGES'), 'monalisa')
  Object.assign(house.repository.pulls[pull] ?? {}, { dismissals: [] })
  await approve(house, pull)
  expect((await said(house, pull, 'approvals')).text).toContain('dismissed by nobody knows whom')
  await refusedEvenMerged(house, pull, 'not-blocked')
})

story('#25 a push that makes an approval stale leaves no veto', undefined, async house => {
  const pull = await ask(house)
  await review(house, pull, 'monalisa', 'APPROVE')
  await pushTo(house, pull, { [requestPath()]: requestText({ duration: '1h' }) }, { by: 'octocat' })
  expect(house.repository.pulls[pull]?.reviews.map(({ state }) => state)).toEqual(['DISMISSED'])
  await approve(house, pull)
  expect(await fate(house, pull)).toBe('merged by addendum[bot]')
  expect(works(house)).toBe(true)
})
