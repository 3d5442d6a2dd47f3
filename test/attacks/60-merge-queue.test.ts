// #60 An approval is withdrawn while the pull request waits in the merge queue, where it is not asked for again.
// Every member of a group is decided again, as often as anything changes, and what fails never merges.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { at } from '../house.ts'
import { approve, ask, checks, fate, propose, requestPath, requestText, story, works } from '../stories/company.ts'
import { addQueue, addSlowCheck, checksOn, enqueue, groups, slowCheck, unheard } from '../stories/queue.ts'
import { headOf, leave, review } from './scene.ts'
import type { House } from '../house.ts'

const both = { terms: 'success', approvals: 'success' }

/** An approved request in the queue, whose group waits for another check. */
async function waiting(house: House, pulls: number[]): Promise<string[]> {
  addQueue(house)
  addSlowCheck(house)
  for (const pull of pulls) {
    await approve(house, pull)
    slowCheck(house, (await headOf(house, pull)).sha)
    enqueue(house, pull)
  }
  await house.settle()
  const heads = groups(house).map(({ head }) => head)
  expect(heads).toHaveLength(pulls.length)
  for (const head of heads) expect(await checksOn(house, head)).toMatchObject(both)
  return heads
}

/** The other check reports at last; GitHub merges what it may. Nothing came of this pull request. */
async function thrownOut(house: House, pull: number, heads: string[]): Promise<void> {
  for (const head of heads) slowCheck(house, head)
  await house.settle()
  expect(await fate(house, pull)).toBe('open')
  expect(works(house)).toBe(false)
  expect(house.payments.calls.filter(({ operation }) => operation === 'grant')).toEqual([])
}

story('#60 changes are requested after the group was found good', undefined, async house => {
  const pull = await ask(house)
  const heads = await waiting(house, [pull])
  await review(house, pull, 'mona', 'REQUEST_CHANGES')
  expect(await checksOn(house, heads[0] ?? '')).toMatchObject({ terms: 'success', approvals: 'failure' })
  await thrownOut(house, pull, heads)
})

story('#60 the approver leaves the team meanwhile', undefined, async house => {
  const pull = await ask(house)
  const heads = await waiting(house, [pull])
  await leave(house, 'payments-leads', 'mona')
  expect((await checksOn(house, heads[0] ?? '')).approvals).toBe('failure')
  await thrownOut(house, pull, heads)
})

story('#60 the approval is withdrawn, and the webhook of that is lost', undefined, async house => {
  const pull = await ask(house)
  const heads = await waiting(house, [pull])
  const no = { ...at, pull_number: pull, event: 'REQUEST_CHANGES', body: 'No' } as const
  await unheard(house, () => house.as.mona.rest.pulls.createReview(no))
  await house.sweep()
  expect((await checksOn(house, heads[0] ?? '')).approvals).toBe('failure')
  await thrownOut(house, pull, heads)
})

story('#60 it hides behind an approved one, whose group alone is asked', undefined, async house => {
  const pull = await ask(house)
  const other = await ask(house, { id: 'monalisa-refunds', subject: 'monalisa' }, 'monalisa')
  const [, last = ''] = await waiting(house, [pull, other])
  await review(house, pull, 'mona', 'REQUEST_CHANGES')
  const told = await checksOn(house, last)
  expect(told.approvals).toBe('failure')
  expect(told.titles[1]).toContain(`#${pull}: `)
  await thrownOut(house, pull, [last])
})

story('#60 a branch of the queue’s name brings more than the approved pull request', undefined, async house => {
  addQueue(house)
  const pull = await ask(house)
  await approve(house, pull)
  const main = house.git.refs.get('refs/heads/main') ?? ''
  const { sha } = await headOf(house, pull)
  const wish = { [requestPath('wish')]: requestText({ id: 'wish', duration: '8h' }) }
  const own = { [requestPath()]: requestText({}) }
  const forged = (name: string, files: Record<string, string>, parents = [main]): string =>
    house.github.seed.commit('acme/access', `gh-readonly-queue/main/${name}`, files, { by: 'octocat', parents })
  const heads = [
    forged(`pr-${pull}-${'a'.repeat(40)}`, { ...own, ...wish }),
    forged(`pr-${pull}-${'b'.repeat(40)}`, wish),
    forged(`pr-${pull}-${'c'.repeat(40)}`, { [requestPath()]: requestText({ duration: '8h' }) }, [main, sha]),
    forged(`pr-9999-${'d'.repeat(40)}`, own)
  ]
  await house.sweep()
  for (const head of heads) {
    expect(await checksOn(house, head)).toMatchObject({ terms: 'failure', approvals: 'failure' })
  }
  expect(await checks(house, pull)).toEqual(both)
})

story('#60 the same request twice in one group', undefined, async house => {
  const pull = await ask(house)
  addQueue(house)
  await approve(house, pull)
  const twin = await ask(house, {}, 'monalisa')
  await approve(house, twin)
  expect(await checks(house, twin)).toEqual(both)
  let [, second] = groups(house)
  await unheard(house, () => {
    enqueue(house, pull)
    enqueue(house, twin)
    ;[, second] = groups(house)
  })
  await house.sweep()
  expect((await checksOn(house, second?.head ?? '')).terms).toBe('failure')
  expect(await fate(house, pull)).toBe('merged by github-merge-queue[bot]')
  expect(await fate(house, twin)).toBe('open')
})

const starter = (path: string): string =>
  readFileSync(new URL(`../../policies/starter/${path}`, import.meta.url), 'utf8')

const owners = starter('.github/CODEOWNERS')
const before = { '.github/CODEOWNERS': owners.replace(/^\/contracts\/ .*$/m, '/contracts/ @acme/payments-leads') }

story(
  '#60 a branch of the queue’s name at the pull request itself asks whoever owned it before',
  { files: before },
  async house => {
    const text = starter('contracts/payments-production.yml').replace('max: 8h', 'max: 24h')
    const pull = await propose(house, 'octocat', { 'contracts/payments-production.yml': text })
    await house.settle()
    house.github.seed.commit('acme/access', 'main', { '.github/CODEOWNERS': owners }, { by: 'lisa' })
    await approve(house, pull)
    expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
    const { sha } = await headOf(house, pull)
    house.git.refs.set(`refs/heads/gh-readonly-queue/main/pr-${pull}-${'a'.repeat(40)}`, sha)
    const files = { 'contracts/payments-production.yml': text }
    const parents = house.git.commit(sha)?.parents ?? []
    const named = `gh-readonly-queue/main/pr-${pull}-${'b'.repeat(40)}`
    const next = house.github.seed.commit('acme/access', named, files, { by: 'octocat', parents })
    await house.sweep()
    expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
    expect(await checksOn(house, next)).toMatchObject({ terms: 'missing', approvals: 'missing' })
  }
)

story('#60 a branch of the queue’s name at somebody else’s pull request says nothing of it', undefined, async house => {
  addQueue(house)
  const pull = await ask(house)
  await approve(house, pull)
  const { sha } = await headOf(house, pull)
  house.git.refs.set(`refs/heads/gh-readonly-queue/main/pr-9999-${'a'.repeat(40)}`, sha)
  await house.sweep()
  expect(await checks(house, pull)).toEqual(both)
})
