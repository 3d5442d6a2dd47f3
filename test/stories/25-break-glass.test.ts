// Story 25: an emergency. Access before approval where the clause allows it, loud, and a review that is closed by somebody else.
import { expect, test } from 'vitest'
import type { LedgerRecord } from '../../src/model/record.ts'
import { at, openHouse } from '../house.ts'
import type { House, PersonName } from '../house.ts'
import { approve, ask, checks, fate, hour, minute, story, told, works } from './company.ts'
import { breakGlass } from './emergencies.ts'

const nobody = breakGlass('{approvals: none, max: 1h, review: 1d}')
const onCall = breakGlass('{approvals: {count: 1, from: ["@acme/security"]}, max: 1h, review: 1d}')
const urgent = { duration: '1h', more: ['emergency: true'] }

type Of<T extends LedgerRecord['type']> = LedgerRecord & { type: T }
const records = <T extends LedgerRecord['type']>(house: House, type: T): Of<T>[] =>
  house.records().filter((record): record is Of<T> => record.type === type)

async function issues(house: House, state: 'open' | 'closed' | 'all' = 'open') {
  const { data } = await house.as.lisa.rest.issues.listForRepo({ ...at, state, labels: 'break-glass' })
  return data
}

async function close(house: House, issue: number, by: PersonName, ...labels: string[]): Promise<void> {
  house.clock.forward(1000)
  if (labels.length > 0) await house.as[by].rest.issues.addLabels({ ...at, issue_number: issue, labels })
  await house.as[by].rest.issues.update({ ...at, issue_number: issue, state: 'closed' })
  await house.settle()
}

async function issueOf(house: House): Promise<number> {
  const [issue, ...others] = await issues(house)
  expect(others).toEqual([])
  return issue?.number ?? 0
}

story('granted as soon as it is open, told loudly, ended in an hour, reviewed by an owner', nobody, async house => {
  const pull = await ask(house, urgent)
  expect(await fate(house, pull)).toBe('merged by addendum[bot]')
  expect(works(house)).toBe(true)
  expect(told(house, pull)).toEqual(['request.decided', 'breakglass.opened', 'grant.intended', 'grant.done'])
  const [issue] = await issues(house)
  expect(issue?.user?.login).toBe('addendum[bot]')
  expect(issue?.body).toContain('\n@acme/payments-leads\n')
  expect(issue?.body).toContain('`payments-db/ledger reader`')
  await house.advance(hour)
  expect(works(house)).toBe(false)
  expect(house.onMain()).toEqual([])
  await close(house, issue?.number ?? 0, 'mona', 'review-ok')
  expect(records(house, 'breakglass.reviewed')).toMatchObject([
    { request: `R-${pull}`, by: 'gh:1002', verdict: 'ok', issue: issue?.number }
  ])
  expect(await issues(house)).toEqual([])
  expect(await issues(house, 'all')).toHaveLength(1)
})

story('a clause that asks somebody on call waits for one of them, and for nobody else', onCall, async house => {
  const pull = await ask(house, urgent)
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  await approve(house, pull, 'mona')
  expect(works(house)).toBe(false)
  await approve(house, pull, 'lisa')
  expect(works(house)).toBe(true)
  expect(await issues(house)).toHaveLength(1)
})

story('a clause that allows none refuses it', undefined, async house => {
  const pull = await ask(house, urgent)
  expect((await checks(house, pull)).terms).toBe('failure')
  await approve(house, pull)
  expect(works(house)).toBe(false)
  expect(await issues(house, 'all')).toEqual([])
})

story('nor does it last longer, or come for another', nobody, async house => {
  const long = await ask(house, { ...urgent, duration: '2h' })
  expect((await checks(house, long)).terms).toBe('failure')
  const other = await ask(house, { ...urgent, id: 'for-octocat' }, 'monalisa')
  expect((await checks(house, other)).approvals).toBe('failure')
  expect(works(house)).toBe(false)
})

story(
  'nobody closes their own review, nor who does not own the file, nor without a word on it',
  nobody,
  async house => {
    await ask(house, urgent)
    const issue = await issueOf(house)
    for (const [by, ...labels] of [
      ['octocat', 'review-ok'],
      ['monalisa', 'review-ok'],
      ['lisa', 'review-ok']
    ] as [PersonName, string][]) {
      await close(house, issue, by, ...labels)
      expect(await issueOf(house)).toBe(issue)
    }
    await house.as.lisa.rest.issues.removeLabel({ ...at, issue_number: issue, name: 'review-ok' })
    await close(house, issue, 'mona')
    expect((await issues(house))[0]?.body).toContain('Not a review yet')
    await close(house, issue, 'mona', 'review-ok', 'review-finding')
    expect(await issueOf(house)).toBe(issue)
    await house.as.mona.rest.issues.createComment({ ...at, issue_number: issue, body: '/addendum review ok' })
    await house.settle()
    expect(records(house, 'breakglass.reviewed')).toEqual([])
    await house.as.mona.rest.issues.removeLabel({ ...at, issue_number: issue, name: 'review-ok' })
    await close(house, issue, 'mona')
    expect(records(house, 'breakglass.reviewed')).toMatchObject([{ by: 'gh:1002', verdict: 'finding' }])
  }
)

story(
  'an overdue review stops further break-glass of the clause, and nothing else, until it is done',
  nobody,
  async house => {
    await ask(house, urgent)
    await house.advance(24 * hour + minute)
    expect((await issues(house))[0]?.body).toContain('Overdue')
    const again = await ask(house, { ...urgent, id: 'octocat-again' })
    expect((await checks(house, again)).terms).toBe('failure')
    const usual = await ask(house, { id: 'octocat-usual' })
    expect((await checks(house, usual)).terms).toBe('success')
    await close(house, await issueOf(house), 'mona', 'review-finding')
    expect(await fate(house, again)).toBe('merged by addendum[bot]')
    expect(works(house)).toBe(true)
  }
)

story(
  'with every webhook lost and after a restart there is one issue, and the sweep finds who closed it',
  nobody,
  async house => {
    house.webhooks = false
    const pull = await ask(house, urgent)
    await house.sweep()
    expect(works(house)).toBe(true)
    await house.restart()
    await house.restart()
    const issue = await issueOf(house)
    await close(house, issue, 'mona', 'review-ok')
    expect(told(house, pull)).not.toContain('breakglass.reviewed')
    await house.sweep()
    expect(told(house, pull)).toContain('breakglass.reviewed')
    expect(await issues(house, 'all')).toHaveLength(1)
  }
)

story('an answer that is lost opens no second issue', nobody, async house => {
  house.github.faults.fail({ kind: 'timeout', when: 'after' }, { operation: 'issues/create', times: 1 })
  await ask(house, urgent)
  await house.advance(10 * minute)
  expect(await issues(house, 'all')).toHaveLength(1)
})

story('an issue that is rewritten says again what is owed', nobody, async house => {
  await ask(house, urgent)
  const issue = await issueOf(house)
  const { body } = (await issues(house))[0] ?? {}
  await house.as.lisa.rest.issues.update({ ...at, issue_number: issue, body: 'Nothing to see here.' })
  await house.sweep()
  expect((await issues(house))[0]?.body).toBe(body)
})

test(
  'killed at a call, whichever it is, there is one issue, one review and no access left',
  { timeout: 120_000 },
  async () => {
    const play = async (cut?: { at: number; when: 'before' | 'after' }): Promise<[number, unknown]> => {
      const house = await openHouse(cut === undefined ? nobody : { ...nobody, cut })
      const sweeps = { sweepEveryMs: 5 * minute }
      const pull = await ask(house, urgent)
      await house.advance(10 * minute, sweeps)
      const held = works(house)
      await close(house, await issueOf(house), 'mona', 'review-ok')
      await house.advance(hour, sweeps)
      const types = told(house, pull).filter(type => type.startsWith('breakglass'))
      const end = { held, types, all: (await issues(house, 'all')).length, open: (await issues(house)).length }
      return [house.tally.calls.length, { ...end, works: works(house), problems: await house.finish() }]
    }
    const [calls, whole] = await play()
    const types = ['breakglass.opened', 'breakglass.reviewed']
    expect(whole).toEqual({ held: true, types, all: 1, open: 0, works: false, problems: [] })
    for (const [first, when] of [
      [1, 'before'],
      [6, 'after']
    ] as const) {
      for (let cut = first; cut <= calls; cut += 11)
        expect([cut, when, (await play({ at: cut, when }))[1]]).toEqual([cut, when, whole])
    }
  }
)
