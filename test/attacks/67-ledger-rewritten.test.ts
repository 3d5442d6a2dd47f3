// #67 The ledger's branch is rewritten or deleted. Rulesets forbid it; where they do not, nothing is granted; and
// what was rewritten is never gone on with.
import { expect } from 'vitest'
import { at } from '../house.ts'
import { approve, ask, fate, granted, hour, mergePast, minute, story, told, works } from '../stories/company.ts'
import { lift, said } from './scene.ts'
import type { House } from '../house.ts'

const unlocked = ['Addendum: ledger written by the app', 'Addendum: ledger never rewritten']

function ledgerRef(house: House): { ref: string; tip: string; parent: string } {
  const [name = '', tip = ''] = house.git.refs.list('refs/heads/ledger/')[0] ?? []
  return { ref: name.replace('refs/', ''), tip, parent: house.git.commit(tip)?.parents[0] ?? '' }
}

story('#67 GitHub lets not even an owner of the organisation rewrite or delete it', undefined, async house => {
  await granted(house)
  const { ref, tip, parent } = ledgerRef(house)
  await expect(house.as.lisa.rest.git.updateRef({ ...at, ref, sha: parent, force: true })).rejects.toThrow()
  await expect(house.as.lisa.rest.git.deleteRef({ ...at, ref })).rejects.toThrow()
  expect(ledgerRef(house).tip).toBe(tip)
})

story('#67 while it could be rewritten nothing new is granted', undefined, async house => {
  for (const name of unlocked) lift(house, name)
  const pull = await ask(house)
  await approve(house, pull)
  expect((await said(house, pull, 'terms')).text).toContain('Nothing is granted until then.')
  expect(await fate(house, pull)).toBe('open')
  expect(works(house)).toBe(false)
})

story('#67 set back, it goes on from what we wrote last, and nothing of it is lost', undefined, async house => {
  await granted(house, { duration: '1h' })
  for (const name of unlocked) lift(house, name)
  const { ref, tip, parent } = ledgerRef(house)
  await house.as.lisa.rest.git.updateRef({ ...at, ref, sha: parent, force: true })
  await house.advance(hour + minute)
  expect(works(house)).toBe(false)
  const line: string[] = []
  for (let sha: string | undefined = ledgerRef(house).tip; sha !== undefined; sha = house.git.commit(sha)?.parents[0])
    line.push(sha)
  expect(line).toContain(tip)
})

story(
  '#67 rewritten, it is not gone on with: access ends on time, and nothing new is granted',
  undefined,
  async house => {
    const first = await granted(house, { duration: '1h' })
    for (const name of unlocked) lift(house, name)
    const { ref, tip, parent } = ledgerRef(house)
    const forged = house.github.seed.commit(
      'acme/access',
      ref.replace('heads/', ''),
      {},
      { by: 'lisa', parents: [parent], force: true }
    )
    const later = await ask(house, { id: 'octocat-later' }, 'monalisa')
    await approve(house, later)
    await mergePast(house, later)
    await house.advance(hour + minute, { sweepEveryMs: 5 * minute })
    expect(works(house)).toBe(false)
    expect(house.payments.calls.filter(call => call.operation === 'grant')).toHaveLength(1)
    expect(ledgerRef(house).tip).toBe(forged)
    expect(house.loop().faults.map(({ code }) => code)).toContain('ledger.unreadable')
    // Put back, as the clone of anybody can, it goes on.
    await house.as.lisa.rest.git.updateRef({ ...at, ref, sha: tip, force: true })
    await house.advance(15 * minute, { sweepEveryMs: 5 * minute })
    expect(told(house, first)).toContain('revoke.done')
    expect((await house.ledger()).requests.get(`R-${later}`)?.outcome).toBe('refuse')
  }
)
