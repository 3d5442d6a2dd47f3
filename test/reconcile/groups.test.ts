// The walk of merge groups: what each kind of member must hold, what the members ahead change, and what keeps no other waiting.
import { readFileSync } from 'node:fs'
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
import { addQueue, addSlowCheck, checksOn, enqueue, groups, mergesTried, slowCheck, unheard } from '../stories/queue.ts'
import { groupsLook } from '../../src/reconcile/world.ts'
import type { Home } from '../../src/reconcile/world.ts'
import { headOf } from '../attacks/scene.ts'

const starter = (path: string): string =>
  readFileSync(new URL(`../../policies/starter/${path}`, import.meta.url), 'utf8')

const byQueue = 'merged by github-merge-queue[bot]'

/** Puts them in the queue unseen, and then lets the app look. Gives the head of the last group. */
async function together(house: House, ...pulls: number[]): Promise<string> {
  await unheard(house, () => pulls.forEach(pull => enqueue(house, pull, 'lisa')))
  const head = groups(house).at(-1)?.head ?? ''
  await house.sweep()
  return head
}

/** A branch of the queue's name, pushed by somebody. */
function forged(house: House, name: string, files: Record<string, string>, parents: string[]): string {
  return house.github.seed.commit('acme/access', `gh-readonly-queue/main/${name}`, files, { by: 'octocat', parents })
}

const mainOf = (house: House): string => house.git.refs.get('refs/heads/main') ?? ''

story('an amendment goes through the queue, and takes effect', undefined, async house => {
  addQueue(house)
  const pull = await amend(house)
  await approve(house, pull)
  expect((await comments(house, pull))[0]).toContain('add it to the merge queue')
  expect(await fate(house, pull)).toBe('open')
  await together(house, pull)
  expect(await fate(house, pull)).toBe(byQueue)
  expect(mergesTried(house)).toBe(0)
  expect(amendmentsOnMain(house)).toEqual(['payments-production/migration-week.yml'])
  expect((await house.ledger()).amendments.get(`A-${pull}`)?.outcome).toBe('allow')
})

story('an amendment whose beginning is past by then is thrown out', undefined, async house => {
  addQueue(house)
  const pull = await amend(house, { from: new Date(house.clock.now().getTime() + 5 * minute) })
  await approve(house, pull)
  await unheard(house, () => enqueue(house, pull))
  const [group] = groups(house)
  house.clock.forward(10 * minute)
  await house.sweep()
  expect((await checksOn(house, group?.head ?? '')).terms).toBe('failure')
  expect(amendmentsOnMain(house)).toEqual([])
})

story('an early end goes through the queue, by whoever may end it', undefined, async house => {
  const pull = await ask(house)
  await approve(house, pull)
  expect(works(house)).toBe(true)
  addQueue(house)
  const strange = await remove(house, 'octocat-refunds', 'monalisa')
  await approve(house, strange)
  expect(await checks(house, strange)).toEqual({ terms: 'success', approvals: 'success' })
  const before = mergesTried(house)
  const no = { ...at, pull_number: strange, event: 'REQUEST_CHANGES', body: 'No' } as const
  await unheard(house, () => enqueue(house, strange, 'lisa'))
  const [group] = groups(house)
  await unheard(house, () => house.as.mona.rest.pulls.createReview(no))
  await house.sweep()
  expect((await checksOn(house, group?.head ?? '')).approvals).toBe('failure')
  expect(works(house)).toBe(true)
  const own = await remove(house, 'octocat-refunds', 'octocat')
  expect((await comments(house, own))[0]).toContain('add it to the merge queue')
  await approve(house, own)
  await together(house, own)
  expect(await fate(house, own)).toBe(byQueue)
  expect(mergesTried(house)).toBe(before)
  expect(works(house)).toBe(false)
})

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

story('who owns a document is asked of the members ahead', undefined, async house => {
  addQueue(house)
  const owners = starter('.github/CODEOWNERS').replace(/^\/contracts\/ .*$/m, '/contracts/ @acme/payments-leads')
  const moved = await propose(house, 'mona', { '.github/CODEOWNERS': owners })
  const text = starter('contracts/payments-production.yml').replace('max: 8h', 'max: 4h')
  const document = await propose(house, 'mona', { 'contracts/payments-production.yml': text })
  await house.settle()
  for (const pull of [moved, document]) await approve(house, pull, 'lisa')
  expect(await checks(house, document)).toEqual({ terms: 'success', approvals: 'success' })
  const head = await together(house, moved, document)
  expect(await checksOn(house, head)).toMatchObject({ terms: 'success', approvals: 'failure' })
  expect(await fate(house, moved)).toBe(byQueue)
  expect(await fate(house, document)).toBe('open')
})

story('a group that cannot be read has no success, and keeps no other waiting', undefined, async house => {
  addQueue(house)
  const [one, two] = [await ask(house), await ask(house, { id: 'monalisa-one', subject: 'monalisa' }, 'monalisa')]
  for (const pull of [one, two]) await approve(house, pull)
  const own = { [requestPath()]: requestText({}) }
  const head = forged(house, `pr-${one}-${'a'.repeat(40)}`, own, [mainOf(house)])
  const stop = house.github.faults.before('pulls/get', ({ params }) => {
    const asked = Number(params['pull_number'])
    if (asked === one) house.github.faults.fail({ kind: 'status', status: 502 }, { operation: 'pulls/get' })
  })
  await together(house, two)
  stop()
  expect(await checksOn(house, head)).toMatchObject({ terms: 'missing', approvals: 'missing' })
  expect(await fate(house, two)).toBe(byQueue)
  const anew = forged(house, `pr-${one}-${'b'.repeat(40)}`, own, [mainOf(house)])
  await house.advance(5 * minute)
  expect(await checksOn(house, anew)).toMatchObject({ terms: 'success', approvals: 'success' })
})

story('a member that merges while its group is read takes none of those behind it along', undefined, async house => {
  addQueue(house)
  addSlowCheck(house)
  const [one, two] = [await ask(house), await ask(house, { id: 'monalisa-one', subject: 'monalisa' }, 'monalisa')]
  for (const pull of [one, two]) {
    await approve(house, pull)
    slowCheck(house, (await headOf(house, pull)).sha)
    enqueue(house, pull)
  }
  await house.settle()
  const [ahead, behind] = groups(house)
  expect(await checksOn(house, behind?.head ?? '')).toMatchObject({ terms: 'success', approvals: 'success' })
  const stop = house.github.faults.before('pulls/get', ({ params }) => {
    if (Number(params['pull_number']) === one) slowCheck(house, ahead?.head ?? '')
  })
  await house.running().queue.look([groupsLook(homeOf(house))])
  await house.settle()
  stop()
  expect(await fate(house, one)).toBe(byQueue)
  await house.advance(minute)
  expect(await checksOn(house, behind?.head ?? '')).toMatchObject({ terms: 'success', approvals: 'success' })
  expect(groups(house)).toEqual([behind])
})

function homeOf(house: House): Home {
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
  const main = mainOf(house)
  const stray = forged(house, `pr-${pull}-${'a'.repeat(40)}`, own, [])
  const claimed = forged(house, `pr-${pull}-${'b'.repeat(40)}`, own, [main])
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

story('the first that fails is told first, whatever its number', undefined, async house => {
  addQueue(house)
  const [one, two] = [await ask(house), await ask(house, { id: 'monalisa-one', subject: 'monalisa' }, 'monalisa')]
  for (const pull of [one, two]) await approve(house, pull)
  const no = { ...at, pull_number: two, event: 'REQUEST_CHANGES', body: 'No' } as const
  await unheard(house, () => {
    enqueue(house, two)
    enqueue(house, one)
  })
  const [ahead, behind] = groups(house).map(({ head }) => head)
  await unheard(house, () => house.as.mona.rest.pulls.createReview(no))
  await house.sweep()
  const told = house.repository.checks.map(({ headSha }) => headSha).filter(sha => sha === ahead || sha === behind)
  expect(told).toEqual([ahead, ahead, behind, behind])
})

story('nothing is said where the operator no longer names the repository', undefined, async house => {
  addQueue(house)
  const pull = await ask(house)
  await approve(house, pull)
  house.running().world.serves = () => false
  enqueue(house, pull)
  await house.settle()
  const [group] = groups(house)
  expect(await checksOn(house, group?.head ?? '')).toMatchObject({ terms: 'missing', approvals: 'missing' })
})

story('nothing is said of a group that stands on what main was: the queue makes it anew', undefined, async house => {
  addQueue(house)
  const pull = await ask(house)
  await approve(house, pull)
  const before = mainOf(house)
  house.github.seed.commit('acme/access', 'main', { 'README.md': '# Access\n' }, { by: 'lisa' })
  const own = { [requestPath()]: requestText({}) }
  const head = forged(house, `pr-${pull}-${'a'.repeat(40)}`, own, [before])
  await house.sweep()
  expect(await checksOn(house, head)).toMatchObject({ terms: 'missing', approvals: 'missing' })
})

story('a long line of rebased commits is one member', undefined, async house => {
  addQueue(house, { method: 'REBASE' })
  const pull = await propose(house, 'octocat', { 'draft.md': '1' })
  const { ref } = await headOf(house, pull)
  for (const files of [...['2', '3', '4'].map(text => ({ 'draft.md': text })), { 'draft.md': null }]) {
    house.github.seed.commit('acme/access', ref, files, { by: 'octocat' })
  }
  house.github.seed.commit('acme/access', ref, { [requestPath()]: requestText({}) }, { by: 'octocat' })
  await house.settle()
  await approve(house, pull)
  await together(house, pull)
  expect(await fate(house, pull)).toBe(byQueue)
  expect((await house.ledger()).requests.get(`R-${pull}`)?.outcome).toBe('allow')
  expect(works(house)).toBe(true)
})
