// Story 28: main has a merge queue. Each member of a group is decided again before it merges, and again after it.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { at } from '../house.ts'
import { approve, ask, checks, comments, fate, hour, openPulls, propose, requestPath, story, works } from './company.ts'
import { addQueue, addSlowCheck, checksOn, enqueue, groups, mergesTried, slowCheck, unheard } from './queue.ts'

const contract = 'contracts/payments-production.yml'
const starter = readFileSync(new URL(`../../policies/starter/${contract}`, import.meta.url), 'utf8')

story('two in the queue, one is withdrawn: the other is granted', undefined, async house => {
  addQueue(house)
  const first = await ask(house)
  const second = await ask(house, { id: 'monalisa-refunds', subject: 'monalisa' }, 'monalisa')
  for (const pull of [first, second]) await approve(house, pull)
  expect(await checks(house, first)).toEqual({ terms: 'success', approvals: 'success' })
  expect(await fate(house, first)).toBe('open')
  expect((await comments(house, first))[0]).toContain('add it to the merge queue')
  let [ahead, behind] = groups(house)
  await unheard(house, async () => {
    enqueue(house, first)
    enqueue(house, second)
    ;[ahead, behind] = groups(house)
    await house.as.mona.rest.pulls.createReview({ ...at, pull_number: first, event: 'REQUEST_CHANGES', body: 'No' })
  })
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
  expect(mergesTried(house)).toBe(0)
})

for (const method of ['SQUASH', 'REBASE'] as const) {
  story(`what a queue merges by ${method} is granted as well, and ends`, undefined, async house => {
    addQueue(house, { method })
    const pull = await ask(house)
    await approve(house, pull)
    enqueue(house, pull)
    await house.settle()
    expect(await fate(house, pull)).toBe('merged by github-merge-queue[bot]')
    expect((await house.ledger()).requests.get(`R-${pull}`)?.outcome).toBe('allow')
    expect(works(house)).toBe(true)
    await house.advance(3 * hour)
    expect(works(house)).toBe(false)
  })
}

story('an app that may pass the queue merges by itself, and removes what has ended', undefined, async house => {
  addQueue(house, { app: true })
  const pull = await ask(house)
  await approve(house, pull)
  expect(await fate(house, pull)).toBe('merged by addendum[bot]')
  expect(works(house)).toBe(true)
  await house.advance(3 * hour)
  expect(house.onMain()).toEqual([])
  expect(groups(house)).toEqual([])
})

story(
  'else people add its pull request to the queue too, which is left alone while it is there',
  undefined,
  async house => {
    addQueue(house)
    const pull = await ask(house)
    await approve(house, pull)
    enqueue(house, pull)
    await house.settle()
    await house.advance(3 * hour, { sweepEveryMs: hour / 2 })
    expect(works(house)).toBe(false)
    expect(house.onMain()).toEqual(['payments-production/octocat-refunds.yml'])
    const [revert = 0] = await openPulls(house)
    const { data } = await house.as.lisa.rest.pulls.get({ ...at, pull_number: revert })
    expect(data.body).toContain('add it to the merge queue')
    expect(mergesTried(house)).toBe(0)
    // main moves meanwhile, and what is removed stays the same.
    house.github.seed.commit('acme/access', 'main', { 'README.md': '# Access\n' }, { by: 'lisa' })
    await house.sweep()
    expect(house.repository.pulls[revert]?.headSha).toBe(data.head.sha)
    await approve(house, revert)
    addSlowCheck(house)
    slowCheck(house, data.head.sha)
    enqueue(house, revert)
    await house.settle()
    const [group] = groups(house)
    expect(await checksOn(house, group?.head ?? '')).toMatchObject({ terms: 'success', approvals: 'success' })
    await house.advance(hour, { sweepEveryMs: hour / 2 })
    await house.restart()
    expect(groups(house)).toEqual([group])
    slowCheck(house, group?.head ?? '')
    await house.settle()
    expect(house.onMain()).toEqual([])
    expect(await openPulls(house)).toEqual([])
  }
)

story('what its pull request removes must be over still', undefined, async house => {
  addQueue(house)
  const pull = await ask(house)
  await approve(house, pull)
  enqueue(house, pull)
  await house.settle()
  await house.advance(3 * hour)
  const [revert = 0] = await openPulls(house)
  const ours = house.repository.pulls[revert]
  const live = await ask(house, { id: 'monalisa-refunds', subject: 'monalisa' }, 'monalisa')
  await approve(house, live)
  enqueue(house, live)
  await house.settle()
  expect(works(house, 'monalisa')).toBe(true)
  // Whoever may write can push to the app's own branch.
  let [group] = groups(house)
  await unheard(house, async () => {
    const files = { [requestPath()]: null, [requestPath('monalisa-refunds')]: null }
    const main = house.git.refs.get('refs/heads/main') ?? ''
    const head = house.github.seed.commit('acme/access', ours?.headRef ?? '', files, { by: 'octocat', parents: [main] })
    for (const name of ['Addendum: terms', 'Addendum: approvals'])
      house.github.seed.check('acme/access', { appId: 4242, name, headSha: head, conclusion: 'success' })
    await house.as.mona.rest.pulls.createReview({ ...at, pull_number: revert, event: 'APPROVE' })
    enqueue(house, revert)
    ;[group] = groups(house)
  })
  await house.sweep()
  const told = await checksOn(house, group?.head ?? '')
  expect(told).toMatchObject({ terms: 'failure', approvals: 'failure' })
  expect(told.summary).toContain('monalisa-refunds.yml` is not over')
  expect(works(house, 'monalisa')).toBe(true)
  expect(house.onMain()).toContain('payments-production/monalisa-refunds.yml')
})

story('a contract ahead of a request rules it', undefined, async house => {
  addQueue(house)
  const pull = await ask(house, { duration: '8h' })
  await approve(house, pull)
  const shorter = await propose(house, 'mona', { [contract]: starter.replace('max: 8h', 'max: 4h') })
  await house.settle()
  await approve(house, shorter, 'lisa')
  expect(await checks(house, shorter)).toEqual({ terms: 'success', approvals: 'success' })
  let [, behind] = groups(house)
  await unheard(house, () => {
    enqueue(house, shorter)
    enqueue(house, pull)
    ;[, behind] = groups(house)
  })
  await house.sweep()
  const told = await checksOn(house, behind?.head ?? '')
  expect(told.titles[0]).toContain(`#${pull}: `)
  expect(told.titles[0]).toContain('8h')
  expect(await fate(house, shorter)).toBe('merged by github-merge-queue[bot]')
  expect(await fate(house, pull)).toBe('open')
  expect(works(house)).toBe(false)
})
