// #74 Somebody floods us with pull requests, so that GitHub's limits are used up when access should end, or everybody
// else waits. A part of every limit is kept for ending access, and whoever asks for very much waits in turn.
import { expect } from 'vitest'
import { gitHubLimits } from '../../src/read/budget.ts'
import { at, openHouse } from '../house.ts'
import type { House } from '../house.ts'
import {
  approve,
  ask,
  checks,
  comments,
  fate,
  granted,
  hour,
  minute,
  propose,
  remove,
  requestPath,
  requestText,
  story,
  told,
  works
} from '../stories/company.ts'
import { headOf, manual, pushTo, said } from './scene.ts'

const limits = { ...gitHubLimits, contentPerMinute: 10, contentPerHour: 12, reserve: 0.25 }

story(
  '#74 amid forty pull requests of one person, what was granted ends on time and leaves main',
  { limits },
  async house => {
    const pull = await granted(house, { duration: '2h' }, 'monalisa')
    expect(works(house)).toBe(true)
    const end = (await house.ledger()).requests.get(`R-${pull}`)?.window?.notAfter.getTime() ?? 0
    await house.advance(70 * minute)
    for (let index = 0; index < 40; index++) {
      const id = `octocat-flood-${index}`
      await propose(house, 'octocat', { [requestPath(id)]: requestText({ id, duration: '9h' }) })
    }
    await house.settle()
    expect(house.loop().faults.map(({ code }) => code)).toContain('github.limited')
    await house.advance(Math.max(0, end - house.clock.now().getTime()))
    expect(works(house)).toBe(false)
    await house.advance(2 * minute)
    expect(told(house, pull)).toContain('revoke.done')
    expect(house.onMain()).toEqual([])
    expect(
      house.asked.filter(
        ({ operation, status }) => status === 429 || (status === 403 && operation !== 'repos/get-branch-protection')
      )
    ).toEqual([])
    expect(house.clock.now().getTime()).toBeLessThan(end + hour)
  }
)

const second = 1000
const asItIs = { limits: gitHubLimits }

/** Opens pull requests one after the other, faster than anybody is looked at. */
async function flood(house: House, count: number): Promise<number[]> {
  const pulls: number[] = []
  for (let index = 0; index < count; index++) {
    const id = `octocat-flood-${index}`
    pulls.push(await propose(house, 'octocat', { [requestPath(id)]: requestText({ id }) }))
  }
  return pulls
}

/** How many of these were judged, and how many say that they wait for their turn. */
async function fates(house: House, pulls: readonly number[]): Promise<{ judged: number; waiting: number }> {
  const all = await Promise.all(pulls.map(async pull => (await checks(house, pull)).terms))
  return {
    judged: all.filter(one => one === 'success').length,
    waiting: all.filter(one => one === 'queued').length
  }
}

/** Requests that GitHub counts (those answered 304 are free) until somebody else's request is judged. */
async function costOf(house: House, id: string): Promise<number> {
  const before = house.asked.length
  const pull = await ask(house, { id, subject: 'monalisa' }, 'monalisa')
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  return house.asked.slice(before).filter(({ status }) => status !== 304).length
}

story('#74 amid a flood somebody else is judged at once, at no more requests than ever', asItIs, async house => {
  const quiet = await openHouse(asItIs)
  await granted(quiet)
  await costOf(quiet, 'monalisa-first')
  await quiet.advance(11 * minute)
  const usual = await costOf(quiet, 'monalisa-second')

  await granted(house)
  const pulls = await flood(house, 60)
  const asked = house.clock.now().getTime()
  await costOf(house, 'monalisa-first')
  // Behind the ten of the flood that are judged at once; sixty would take four minutes.
  expect(house.clock.now().getTime() - asked).toBeLessThan(minute)
  expect((await fates(house, pulls)).judged).toBe(10)
  await house.advance(11 * minute)
  expect(await costOf(house, 'monalisa-second')).toBe(usual)
})

story('#74 the flood itself goes on in turn, and each of it says when', asItIs, async house => {
  const pulls = await flood(house, 40)
  await house.settle()
  const [last = 0] = pulls.slice(-1)
  await house.advance(5 * minute)
  const { judged, waiting } = await fates(house, pulls)
  expect(judged).toBeLessThan(20)
  expect(judged + waiting).toBe(40)
  const before = await said(house, last, 'terms')
  expect(before.conclusion).toBe('queued')
  expect(before.text).toMatch(/goes on at \d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} UTC/)
  expect(await comments(house, last)).toEqual([])
  await house.advance(15 * minute)
  expect((await fates(house, pulls)).judged).toBeLessThan(40)
  await house.advance(15 * minute)
  expect(await fates(house, pulls)).toEqual({ judged: 40, waiting: 0 })
  await approve(house, last)
  expect(await fate(house, last)).toBe('merged by addendum[bot]')
})

story('#74 forty pull requests of one and the same commit wait in turn like any others', asItIs, async house => {
  const pulls = await flood(house, 1)
  const { sha } = await headOf(house, pulls[0] ?? 0)
  for (let index = 1; index < 40; index++) {
    const head = `twin-${index}`
    house.git.refs.set(`refs/heads/${head}`, sha)
    house.clock.forward(second)
    const { data } = await house.as.octocat.rest.pulls.create({ ...at, title: head, head, base: 'main' })
    pulls.push(data.number)
  }
  const judged = async (): Promise<number> =>
    (await Promise.all(pulls.map(pull => comments(house, pull)))).filter(told => told.length > 0).length
  await house.settle()
  await house.advance(5 * minute)
  expect(await judged()).toBeLessThan(20)
  expect((await checks(house, pulls[0] ?? 0)).terms).toBe('success')
  await house.advance(35 * minute)
  expect(await judged()).toBe(40)
})

story('#74 who waits in turn ends access as fast as ever', asItIs, async house => {
  await granted(house)
  const pulls = await flood(house, 40)
  await house.settle()
  expect((await fates(house, pulls)).judged).toBe(10)
  const pull = await remove(house, 'octocat-refunds', 'octocat')
  expect(await fate(house, pull)).toBe('merged by addendum[bot]')
  expect(works(house)).toBe(false)
})

story(
  '#74 forty pushes to one pull request cost what ten do, and the last is judged in its turn',
  asItIs,
  async house => {
    const pull = await ask(house)
    for (let push = 0; push < 40; push++) {
      await pushTo(house, pull, { [requestPath()]: requestText({ ticket: `PAY-${push}` }) }, { by: 'octocat' })
    }
    const runs = house.asked.filter(({ operation }) => operation === 'checks/create').length
    expect(runs).toBeLessThan(2 * 20)
    await house.advance(10 * minute)
    expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  }
)

/** Looks at pull requests while something is done every second for a minute. */
async function looksDuring(house: House, act: (nth: number) => Promise<unknown>): Promise<number> {
  const before = house.asked.length
  for (let nth = 0; nth < 60; nth++) {
    await act(nth)
    await house.settle()
    house.clock.forward(second)
  }
  return house.asked.slice(before).filter(({ operation }) => operation === 'pulls/list-reviews').length
}

story('#74 comments cost nothing, and edits in a loop a look in six seconds', asItIs, async house => {
  const pull = await ask(house)
  const { issues } = house.as.hubot.rest
  const talk = (nth: number) => issues.createComment({ ...at, issue_number: pull, body: `Any news (${nth})?` })
  expect(await looksDuring(house, talk)).toBe(0)
  const rename = (nth: number) =>
    house.as.octocat.rest.pulls.update({ ...at, pull_number: pull, title: `Title ${nth}` })
  const looks = await looksDuring(house, rename)
  expect(looks).toBeGreaterThan(10)
  expect(looks).toBeLessThanOrEqual(20)
})

story('#74 after a restart what was judged stays as it was said', asItIs, async house => {
  const pulls = await flood(house, 15)
  await house.advance(10 * minute)
  expect(await fates(house, pulls)).toEqual({ judged: 15, waiting: 0 })
  const written = (): number => house.asked.filter(({ operation }) => operation.startsWith('checks/create')).length
  const before = written()
  await house.restart()
  await house.advance(12 * minute, { sweepEveryMs: 5 * minute })
  expect(await fates(house, pulls)).toEqual({ judged: 15, waiting: 0 })
  expect(written()).toBe(before)
})

const pressed = { ...manual(), ...asItIs }

story('#74 a sweep looks at ten of each account, and at the next ten the next time', pressed, async house => {
  const pulls = await flood(house, 25)
  const other = await ask(house, { id: 'monalisa-refunds', subject: 'monalisa' }, 'monalisa')
  await house.advance(30 * minute)
  expect(await fates(house, pulls)).toEqual({ judged: 25, waiting: 0 })
  house.webhooks = false
  for (const pull of [...pulls, other]) {
    house.clock.forward(second)
    await house.as.mona.rest.pulls.createReview({ ...at, pull_number: pull, event: 'APPROVE' })
  }
  const approved = async (): Promise<number> =>
    (await Promise.all(pulls.map(pull => checks(house, pull)))).filter(one => one.approvals === 'success').length
  await house.sweep()
  expect([await approved(), (await checks(house, other)).approvals]).toEqual([10, 'success'])
  await house.sweep()
  await house.sweep()
  expect(await approved()).toBe(25)
})
