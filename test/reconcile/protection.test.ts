// Drift while the app works: nothing new is granted, what is granted ends as ever, and the ledger and the log say so.
import { expect } from 'vitest'
import { appPermissions } from '../../src/model/protection.ts'
import type { LedgerRecord } from '../../src/model/record.ts'
import type { House } from '../house.ts'
import {
  approve,
  ask,
  checks,
  exceptions,
  fate,
  granted,
  hour,
  mergePast,
  minute,
  story,
  works
} from '../stories/company.ts'

type Observed = Extract<LedgerRecord, { type: 'protection.observed' }>

function observed(house: House): Observed[] {
  return house.records().flatMap(record => (record.type === 'protection.observed' ? [record] : []))
}

/** Somebody with the right to switches a ruleset off; gives the way back. */
function lift(house: House, name: string): () => void {
  const found = house.repository.rulesets.find(ruleset => ruleset.name === name)
  if (found === undefined) throw new Error(`no ruleset ${name}`)
  found.enforcement = 'disabled'
  return () => (found.enforcement = 'active')
}

story(
  'attack 66: rules that are lifted stop new grants until they are back; the request then goes on by itself',
  undefined,
  async house => {
    const restore = lift(house, 'Addendum: main')
    const pull = await ask(house)
    await approve(house, pull)
    expect(await checks(house, pull)).toMatchObject({ terms: 'in_progress', approvals: 'success' })
    expect(await fate(house, pull)).toBe('open')
    expect(works(house)).toBe(false)
    restore()
    await house.sweep()
    expect(await fate(house, pull)).toBe('merged by addendum[bot]')
    expect(works(house)).toBe(true)
  }
)

story(
  'attacks 55 and 88: merged while the rules were lifted, it is refused at grant time and taken out again',
  undefined,
  async house => {
    const pull = await ask(house)
    lift(house, 'Addendum: ledger never rewritten')
    await mergePast(house, pull)
    await house.sweep()
    expect(works(house)).toBe(false)
    expect(house.onMain()).toEqual([])
    const decided = house.records().find(record => record.type === 'request.decided')
    expect(decided).toMatchObject({ outcome: 'refuse', failed: expect.arrayContaining(['protected']) as string[] })
  }
)

story(
  'attack 67: while the ledger can be rewritten, what was granted ends as if nothing were wrong',
  undefined,
  async house => {
    const pull = await granted(house)
    expect(works(house)).toBe(true)
    lift(house, 'Addendum: ledger written by the app')
    lift(house, 'Addendum: main')
    await house.advance(2 * hour + minute, { sweepEveryMs: 5 * minute })
    expect(works(house)).toBe(false)
    expect(house.onMain()).toEqual([])
    expect(
      (await house.ledger()).requests.get(`R-${pull}`)?.holdings.every(holding => holding.ended !== undefined)
    ).toBe(true)
    expect(exceptions(house)).toEqual([])
  }
)

const unseen = ['main-bypass-unknown', 'ledger-bypass-unknown', 'classic-unreadable']

story(
  'the ledger holds what protects the repository from its first day on, once a day, and each change of it',
  undefined,
  async house => {
    await house.sweep()
    await house.advance(23 * hour, { sweepEveryMs: hour })
    const [first, ...more] = observed(house)
    expect(more).toEqual([])
    expect(first).toMatchObject({ findings: unseen, bypassActors: null })
    await house.advance(2 * hour, { sweepEveryMs: hour })
    expect(observed(house)).toHaveLength(2)
    const restore = lift(house, 'Addendum: main')
    await house.sweep()
    await house.sweep()
    expect(observed(house)).toHaveLength(3)
    expect(observed(house)[2]?.findings).toEqual(
      expect.arrayContaining(['check-missing', 'main-rewritable', 'main-deletable'])
    )
    restore()
    await house.sweep()
    expect(observed(house)).toHaveLength(4)
    expect(observed(house)[3]?.rules).toBe(first?.rules)
  }
)

story(
  'what went wrong while the app was away is on the ledger when it is back, and nothing is where nothing did',
  undefined,
  async house => {
    await house.restart()
    expect(observed(house)).toHaveLength(1)
    lift(house, 'Addendum: ledger never rewritten')
    await house.restart()
    expect(observed(house)).toHaveLength(2)
    expect(observed(house)[1]?.findings).toEqual(expect.arrayContaining(['ledger-rewritable', 'ledger-deletable']))
  }
)

story(
  'an app that may read the administration sees who may pass, and counts them',
  { permissions: { ...appPermissions, administration: 'write' } },
  async house => {
    const [first] = observed(house)
    expect(first?.findings).toEqual(['main-bypass', 'permission-excess'])
    // Two of the owners', two of the app's own.
    expect(first?.bypassActors).toBe(4)
  }
)
