// #80 A start in the past, a zone left open, a duration without end, commits with false dates. Time is the server's,
// in UTC, and the clause's maximum holds.
import { expect } from 'vitest'
import { approve, ask, checks, granted, hour, requestPath, requestText, story, works } from '../stories/company.ts'
import { openFor, refusedEvenMerged } from './scene.ts'

for (const duration of ['9h', '1000d', 'PT1000000H', '-1h', '0h', '1h30', '1e9h', '"Infinity"', 'P1Y']) {
  story(`#80 a duration of ${duration} is refused`, undefined, async house => {
    const pull = await ask(house, { duration })
    await approve(house, pull)
    expect((await checks(house, pull)).terms).toBe('failure')
    await refusedEvenMerged(house, pull, duration === '9h' ? 'duration-within' : 'document-valid')
  })
}

for (const start of ['2026-11-22T15:00:00', '2026-11-22', 'tomorrow', '2026-02-30T00:00:00Z', '1700000000']) {
  story(`#80 a start at ${start}, of which nobody knows when it is, is refused`, undefined, async house => {
    const pull = await ask(house, { start })
    await approve(house, pull)
    expect((await checks(house, pull)).terms).toBe('failure')
    await refusedEvenMerged(house, pull, 'document-valid')
  })
}

story('#80 a start in years is refused', undefined, async house => {
  await refusedEvenMerged(house, await ask(house, { start: '2029-01-01T00:00:00Z' }), 'start-in-reach')
})

story('#80 a start in the past begins now, and lasts no longer', undefined, async house => {
  const pull = await granted(house, { start: '2020-01-01T00:00:00Z', duration: '1h' })
  expect(works(house)).toBe(true)
  const window = (await house.ledger()).requests.get(`R-${pull}`)?.window
  expect((window?.notBefore.getTime() ?? 0) > Date.parse('2026-01-01')).toBe(true)
  await house.advance(hour)
  expect(works(house)).toBe(false)
})

story('#80 dates of commits mean nothing', undefined, async house => {
  const before = house.clock.now()
  const pull = await openFor(
    house,
    'octocat',
    { [requestPath()]: requestText({ duration: '1h' }) },
    { by: 'octocat', message: 'Dated 2035-01-01T00:00:00Z' }
  )
  const commit = house.git.commit(house.repository.pulls[pull]?.headSha ?? '')
  expect(commit).toBeDefined()
  await approve(house, pull)
  const window = (await house.ledger()).requests.get(`R-${pull}`)?.window
  expect((window?.notBefore.getTime() ?? 0) >= before.getTime()).toBe(true)
  await house.advance(hour)
  expect(works(house)).toBe(false)
})
