// The walk of merge groups: what each kind of member must hold, what the members ahead change, and what keeps no other waiting.
import { expect } from 'vitest'
import { at } from '../house.ts'
import type { House } from '../house.ts'
import { amend, amendmentsOnMain } from '../stories/amendments.ts'
import {
  approve,
  ask,
  checks,
  comments,
  fate,
  minute,
  propose,
  remove,
  requestPath,
  requestText,
  story,
  works
} from '../stories/company.ts'
import { addQueue, checksOn, enqueue, groups } from '../stories/queue.ts'

const byQueue = 'merged by github-merge-queue[bot]'

/** Puts them in the queue unseen, and then lets the app look. Gives the head of the last group. */
async function together(house: House, ...pulls: number[]): Promise<string> {
  house.webhooks = false
  for (const pull of pulls) enqueue(house, pull, 'lisa')
  const head = groups(house).at(-1)?.head ?? ''
  house.webhooks = true
  await house.sweep()
  return head
}

story('an amendment goes through the queue, and takes effect', undefined, async house => {
  addQueue(house)
  const pull = await amend(house)
  await approve(house, pull)
  expect((await comments(house, pull))[0]).toContain('add it to the merge queue')
  expect(await fate(house, pull)).toBe('open')
  await together(house, pull)
  expect(await fate(house, pull)).toBe(byQueue)
  expect(amendmentsOnMain(house)).toEqual(['payments-production/migration-week.yml'])
  expect((await house.ledger()).amendments.get(`A-${pull}`)?.outcome).toBe('allow')
})

story('an amendment whose beginning is past by then is thrown out', undefined, async house => {
  addQueue(house)
  const pull = await amend(house, { from: new Date(house.clock.now().getTime() + 5 * minute) })
  await approve(house, pull)
  house.webhooks = false
  enqueue(house, pull)
  const [group] = groups(house)
  house.clock.forward(10 * minute)
  house.webhooks = true
  await house.sweep()
  expect((await checksOn(house, group?.head ?? '')).terms).toBe('failure')
  expect(amendmentsOnMain(house)).toEqual([])
})

story(
  'an early end goes through the queue by whoever has the access, and not by a stranger',
  undefined,
  async house => {
    const pull = await ask(house)
    await approve(house, pull)
    expect(works(house)).toBe(true)
    addQueue(house)
    const strange = await remove(house, 'octocat-refunds', 'monalisa')
    await approve(house, strange)
    expect(await checks(house, strange)).toEqual({ terms: 'success', approvals: 'success' })
    house.webhooks = false
    enqueue(house, strange, 'lisa')
    const [group] = groups(house)
    await house.as.mona.rest.pulls.createReview({ ...at, pull_number: strange, event: 'REQUEST_CHANGES', body: 'No' })
    house.webhooks = true
    await house.sweep()
    expect((await checksOn(house, group?.head ?? '')).approvals).toBe('failure')
    expect(works(house)).toBe(true)
    const own = await remove(house, 'octocat-refunds', 'octocat')
    expect((await comments(house, own))[0]).toContain('add it to the merge queue')
    await approve(house, own)
    await together(house, own)
    expect(await fate(house, own)).toBe(byQueue)
    expect(works(house)).toBe(false)
  }
)

const never = [
  'apiVersion: addendum/v1',
  'kind: Policy',
  'id: apart',
  'title: Apart',
  'never:',
  '  - {id: not-both, of: [payments-production/C-read, payments-production/C-deploy], because: One at a time.}',
  ''
].join('\n')

story(
  'what a member ahead would be granted counts for those behind it',
  { files: { 'policies/apart.yml': never } },
  async house => {
    addQueue(house)
    const read = await ask(house)
    const deploy = await ask(house, { id: 'octocat-deploy', clause: 'C-deploy' })
    for (const pull of [read, deploy]) await approve(house, pull)
    expect(await checks(house, deploy)).toEqual({ terms: 'success', approvals: 'success' })
    const head = await together(house, read, deploy)
    const told = await checksOn(house, head)
    expect(told.titles[0]).toContain(`#${deploy}: `)
    expect(await fate(house, read)).toBe(byQueue)
    expect(await fate(house, deploy)).toBe('open')
    expect(works(house)).toBe(true)
  }
)

story('what is no document of ours passes', undefined, async house => {
  addQueue(house)
  const pull = await propose(house, 'octocat', { 'README.md': '# Access\n' })
  await house.settle()
  await approve(house, pull, 'lisa')
  await together(house, pull)
  expect(await fate(house, pull)).toBe(byQueue)
})

story('a group that cannot be read has no success, and keeps no other waiting', undefined, async house => {
  addQueue(house)
  const [one, two] = [await ask(house), await ask(house, { id: 'monalisa-one', subject: 'monalisa' }, 'monalisa')]
  for (const pull of [one, two]) await approve(house, pull)
  house.webhooks = false
  for (const pull of [one, two]) enqueue(house, pull, 'lisa')
  const heads = groups(house).map(({ head }) => head)
  const stop = house.github.faults.before('pulls/get', ({ params }) => {
    if (Number(params['pull_number']) === two) house.outage = () => new Response('{}', { status: 502 })
  })
  house.webhooks = true
  await house.running().queue.look([{ lane: 'walk', key: `groups/${house.repository.id}`, data: data(house) }])
  await house.settle()
  stop()
  expect(await checksOn(house, heads[0] ?? '')).toMatchObject({ terms: 'success', approvals: 'success' })
  expect(await checksOn(house, heads[1] ?? '')).toMatchObject({ terms: 'missing', approvals: 'missing' })
  house.outage = undefined
  await house.advance(5 * minute)
  expect(await fate(house, two)).toBe(byQueue)
})

function data(house: House): { installation: number; repository: { id: number; owner: string; name: string } } {
  const [installation] = Object.values(house.github.world.state.installations)
  return {
    installation: installation?.id ?? 0,
    repository: { id: house.repository.id, owner: at.owner, name: at.repo }
  }
}

story('a group that does not stand on main, or whose steps two branches claim, fails', undefined, async house => {
  addQueue(house)
  const pull = await ask(house)
  await approve(house, pull)
  const own = { [requestPath()]: requestText({}) }
  const forged = (name: string, parents: string[]): string =>
    house.github.seed.commit('acme/access', `gh-readonly-queue/main/${name}`, own, { by: 'octocat', parents })
  const main = house.git.refs.get('refs/heads/main') ?? ''
  const stray = forged(`pr-${pull}-${'a'.repeat(40)}`, [])
  const claimed = forged(`pr-${pull}-${'b'.repeat(40)}`, [main])
  house.git.refs.set(`refs/heads/gh-readonly-queue/main/pr-9-${'b'.repeat(40)}`, claimed)
  house.git.refs.set(`refs/heads/gh-readonly-queue/main/pr-8-${'c'.repeat(40)}`, main)
  house.git.refs.set('refs/heads/gh-readonly-queue/main/of-no-number', claimed)
  await house.sweep()
  for (const head of [stray, claimed]) {
    expect(await checksOn(house, head)).toMatchObject({ terms: 'failure', approvals: 'failure' })
  }
  expect((await checksOn(house, stray)).titles[0]).toContain('does not stand on')
  expect((await checksOn(house, claimed)).titles[0]).toContain('not known which')
  expect(await checksOn(house, main)).toMatchObject({ terms: 'missing', approvals: 'missing' })
})
