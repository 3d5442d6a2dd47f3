// Story 26: what comes to main past the rules is told to the owners of its path, once, in an issue that closes with the revert.
import { expect } from 'vitest'
import { at } from '../house.ts'
import type { House } from '../house.ts'
import {
  approve,
  ask,
  granted,
  hour,
  mergePast,
  minute,
  openPulls,
  propose,
  requestPath,
  requestText,
  story
} from './company.ts'

async function issues(house: House, state: 'open' | 'closed' | 'all' = 'all') {
  const { data } = await house.as.lisa.rest.issues.listForRepo({ ...at, state, labels: 'exception' })
  return data.map(({ number, state: now, body, title }) => ({ number, state: now, body: body ?? '', title }))
}

const push = (house: House, id = 'lisa-way') =>
  house.github.seed.commit('acme/access', 'main', { [requestPath(id)]: requestText({ id }) }, { by: 'lisa' })

story('a direct push is told to the owners of the path, and closed when it is out again', undefined, async house => {
  push(house)
  await house.settle()
  expect(house.onMain()).toEqual([])
  const [issue, ...others] = await issues(house)
  expect([issue?.state, others]).toEqual(['closed', []])
  expect(issue?.body).toContain('\n@acme/payments-leads\n')
  expect(issue?.body).toContain('`requests/payments-production/lisa-way.yml`')
  expect(issue?.title).not.toContain('#')
})

story('a merge past the checks is told once, with what did not hold', undefined, async house => {
  const pull = await ask(house)
  await mergePast(house, pull)
  const [issue, ...others] = await issues(house)
  expect([issue?.state, others]).toEqual(['closed', []])
  expect(issue?.title).toContain(`#${pull}`)
  expect(issue?.body).toContain('`approved`')
})

story('a pull request of several documents is told once, whatever it brought', undefined, async house => {
  const files = ['one', 'two'].map(id => [requestPath(id), requestText({ id })] as const)
  const pull = await propose(house, 'octocat', Object.fromEntries(files))
  await house.settle()
  await mergePast(house, pull)
  expect(house.onMain()).toEqual([])
  const all = await issues(house)
  expect(all.map(({ state, title }) => [state, title.includes(`#${pull}`)])).toEqual([['closed', true]])
  expect(all[0]?.body).toContain('two.yml')
})

story('an edited file is told, too', undefined, async house => {
  await granted(house, { duration: '1h' })
  house.github.seed.commit('acme/access', 'main', { [requestPath()]: requestText({ duration: '8h' }) }, { by: 'lisa' })
  await house.settle()
  expect((await issues(house)).map(({ state }) => state)).toEqual(['closed'])
})

const settings = {
  files: { '.github/addendum.yml': 'apiVersion: addendum/v1\nkind: Settings\nrevert: {merge: manual}\n' }
}

story('it stays open until a person merges the revert, and is told once whatever is lost', settings, untilReverted)

story('the same where issues cannot be listed', { ...settings, version: null }, untilReverted)

async function untilReverted(house: House): Promise<void> {
  house.webhooks = false
  push(house)
  await house.sweep()
  expect((await issues(house, 'open')).length).toBe(1)
  await house.restart()
  await house.restart()
  await house.sweep()
  expect((await issues(house)).map(({ state }) => state)).toEqual(['open'])
  const [revert] = await openPulls(house)
  await approve(house, revert ?? 0, 'mona')
  await mergePast(house, revert ?? 0)
  await house.advance(10 * minute, { sweepEveryMs: 5 * minute })
  expect((await issues(house)).map(({ state }) => state)).toEqual(['closed'])
  expect(house.onMain()).toEqual([])
}

story('what somebody closed by hand is not opened again', settings, async house => {
  push(house)
  await house.settle()
  const [issue] = await issues(house, 'open')
  await house.as.mona.rest.issues.update({ ...at, issue_number: issue?.number ?? 0, state: 'closed' })
  await house.restart()
  await house.advance(20 * minute, { sweepEveryMs: 5 * minute })
  expect((await issues(house)).map(({ state }) => state)).toEqual(['closed'])
})

story('where nothing came past the rules, no walk ever asks for an issue', undefined, async house => {
  await granted(house, { duration: '1h' })
  await house.advance(2 * hour, { sweepEveryMs: 5 * minute })
  await house.restart()
  expect(
    house.asked.filter(({ operation }) => operation.startsWith('issues/') && !operation.includes('comment'))
  ).toEqual([])
})
