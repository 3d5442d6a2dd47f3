// #86 The app is uninstalled or suspended, the repository renamed, its default branch changed. Nothing new is
// granted, and what is held ends from what we know ourselves.
import { expect } from 'vitest'
import { at } from '../house.ts'
import { ask, approve, granted, hour, minute, story, told, works } from '../stories/company.ts'
import type { House } from '../house.ts'

const grants = (house: House): number => house.payments.calls.filter(({ operation }) => operation === 'grant').length

story('#86 uninstalled, access ends on time', undefined, async house => {
  await granted(house, { duration: '1h' })
  const { installations, tokens } = house.github.world.state
  for (const id of Object.keys(installations)) delete installations[Number(id)]
  for (const token of Object.keys(tokens)) delete tokens[token]
  // A process that never saw the repository has only what the queue keeps.
  await house.restart({ keepQueue: true })
  await house.advance(hour)
  expect(works(house)).toBe(false)
  expect(grants(house)).toBe(1)
})

story('#86 suspended, access ends on time and is written down later', undefined, async house => {
  const pull = await granted(house, { duration: '1h' })
  const next = await ask(house, { id: 'monalisa-next', subject: 'monalisa' }, 'monalisa')
  const { installations, tokens } = house.github.world.state
  for (const one of Object.values(installations)) one.suspendedAt = house.clock.now().toISOString()
  const kept = { ...tokens }
  for (const token of Object.keys(tokens)) delete tokens[token]
  await approve(house, next)
  await house.advance(hour)
  expect(works(house)).toBe(false)
  expect(grants(house)).toBe(1)
  for (const one of Object.values(installations)) one.suspendedAt = null
  Object.assign(tokens, kept)
  await house.advance(15 * minute, { sweepEveryMs: 5 * minute })
  expect(told(house, pull)).toContain('revoke.done')
  expect(works(house, 'monalisa')).toBe(true)
})

story('#86 renamed, access ends on time', undefined, async house => {
  const pull = await granted(house, { duration: '1h' })
  await house.as.lisa.rest.repos.update({ ...at, name: 'access-of-old' })
  await house.advance(hour)
  expect(works(house)).toBe(false)
  await house.advance(15 * minute, { sweepEveryMs: 5 * minute })
  await house.restart()
  await house.advance(15 * minute, { sweepEveryMs: 5 * minute })
  expect(told(house, pull)).toContain('revoke.done')
})

story('#86 another default branch brings no request of its own, and ends nothing later', undefined, async house => {
  const pull = await granted(house, { duration: '1h' })
  const main = house.git.refs.get('refs/heads/main') ?? ''
  house.github.seed.commit(
    'acme/access',
    'other',
    { '.github/CODEOWNERS': '* @monalisa\n' },
    { by: 'lisa', parents: [main] }
  )
  await house.as.lisa.rest.repos.update({ ...at, default_branch: 'other' })
  house.github.seed.commit(
    'acme/access',
    'wish',
    { 'requests/payments-production/monalisa-wish.yml': 'kind: AccessRequest\n' },
    { by: 'octocat' }
  )
  await house.restart()
  await house.advance(hour + minute, { sweepEveryMs: 5 * minute })
  expect(works(house)).toBe(false)
  expect(grants(house)).toBe(1)
  expect((await house.ledger()).requests.get(`R-${pull}`)?.outcome).toBe('allow')
})

story('#86 another repository under the old name is not taken for the one that was renamed', undefined, async house => {
  const pull = await granted(house, { duration: '1h' })
  house.webhooks = false
  await house.as.lisa.rest.repos.update({ ...at, name: 'access-of-old' })
  const files = { '.github/addendum.yml': 'apiVersion: addendum/v1\nkind: Settings\n' }
  const { id } = house.github.seed.repository('acme', 'access', { files, author: 'octocat' })
  for (const one of Object.values(house.github.world.state.installations)) one.repositoryIds?.push(id)
  // The sweep of the start fails, so all that is known is what the queue keeps: the old name, and the id that it was.
  house.outage = () => null
  await house.restart({ keepQueue: true })
  house.outage = undefined
  await house.advance(hour)
  expect(works(house)).toBe(false)
  await house.advance(15 * minute, { sweepEveryMs: 5 * minute })
  expect(told(house, pull)).toContain('revoke.done')
  expect(grants(house)).toBe(1)
})
