// Story 41: the comment on an amendment decides the whole past again, and asks GitHub for each file of it once.
import { expect } from 'vitest'
import { at } from '../house.ts'
import type { House } from '../house.ts'
import { amend } from './amendments.ts'
import { join } from '../attacks/scene.ts'
import { decided } from '../ledger/records.ts'
import { approve, ask, comments, granted, hour, story } from './company.ts'

const shorter = ['{amend: C-read, set: {duration: {default: 1h, max: 1h}}}']
const blobs = (house: House): number => {
  return house.asked.filter(({ operation, status }) => operation === 'git/get-blob' && status === 200).length
}

story('every past request is decided again, whatever was forgotten, and none is read twice', undefined, async house => {
  for (const [index, duration] of ['30m', '2h', '3h'].entries()) {
    await granted(house, { id: `octocat-${index}`, duration })
    await house.advance(4 * hour)
  }
  await house.restart()
  const pull = await amend(house, { changes: shorter })
  const [said = ''] = await comments(house, pull)
  expect(said).toContain('**Past requests** 3 decided again')
  expect(said).toContain('**Allowed, would be refused** 2')
  expect(said).not.toContain('Left out')
  const before = blobs(house)
  await approve(house, pull, 'monalisa')
  expect(blobs(house)).toBe(before)
  expect((await comments(house, pull))[0]).toContain('**Allowed, would be refused** 2')
})

story('what is under other clauses is counted, and not read', undefined, async house => {
  await granted(house, { duration: '2h' })
  await house.advance(4 * hour)
  await house.restart()
  const cost = async (id: string, clause: string): Promise<number> => {
    const before = blobs(house)
    const pull = await amend(house, { id, changes: [`{amend: ${clause}, set: {duration: {default: 1h, max: 1h}}}`] })
    expect((await comments(house, pull))[0]).toContain('**Past requests** 1 decided again')
    return blobs(house) - before
  }
  await cost('first', 'C-deploy')
  // Its own file; and then the file of the one request as well.
  expect(await cost('second', 'C-deploy')).toBe(1)
  expect(await cost('third', 'C-read')).toBe(2)
})

const manual = { files: { '.github/addendum.yml': 'apiVersion: addendum/v1\nkind: Settings\nmerge: manual\n' } }

story(
  'who approved though it was not needed is on the ledger, and counts where more are asked for',
  manual,
  async house => {
    await join(house, 'payments-leads', 'lisa')
    for (const [id, also] of [
      ['one', false],
      ['two', true]
    ] as const) {
      const pull = await ask(house, { id, duration: '1h' })
      await approve(house, pull)
      if (also) await approve(house, pull, 'lisa')
      await house.as.mona.rest.pulls.merge({ ...at, pull_number: pull })
      await house.settle()
      await house.advance(2 * hour)
    }
    const noted = house.records().flatMap(record => (record.type === 'request.decided' ? [record.beyond] : []))
    expect(noted).toMatchObject([undefined, [{ by: 'gh:1004', stage: 0 }]])
    const changes = ['{amend: C-read, set: {approvals: {count: 2, from: [codeowners]}}}']
    const [said = ''] = await comments(house, await amend(house, { changes }))
    expect(said).toContain('**Past requests** 2 decided again')
    expect(said).toContain('**Allowed, would be refused** 1')
  }
)

story('so much of the past is read in an hour and no more, and what was left out is told', undefined, async house => {
  const { world } = house.running()
  const [installation = 0] = await world.installations()
  const access = await world.open({
    installation,
    repository: { id: house.repository.id, owner: 'acme', name: 'access' }
  })
  const refused = { outcome: 'refuse' as const, targets: [], window: null, failed: ['approved'] }
  const past = Array.from({ length: 1_005 }, (_, index) => decided(100_000 + index, refused))
  await access.ledger.append(() => past)
  const pull = await amend(house, { changes: shorter, from: new Date(house.clock.now().getTime() + 24 * hour) })
  const [said = ''] = await comments(house, pull)
  // The contract and the directory of then are read first; here nothing of it is there any more.
  expect(said).toContain('**Past requests** 998 decided again')
  expect(said).toContain('**Left out** 7 that were not read yet, the newest of 2026-11-22.')
  expect(said).toContain('**Could not be judged again** 998')
  await house.advance(hour + 1000)
  const [later = ''] = await comments(house, pull)
  expect(later).toContain('**Past requests** 1005 decided again')
  expect(later).not.toContain('Left out')
})
