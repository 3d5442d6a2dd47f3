// Story 17: two pull requests bring the same id. The first on the ledger has it, whatever GitHub merged (attack #44).
import { expect } from 'vitest'
import { ask, approve, checks, mergePast, propose, requestPath, requestText, story, works } from './company.ts'

const at = { owner: 'acme', repo: 'access' }
const files = { '.github/addendum.yml': 'apiVersion: addendum/v1\nkind: Settings\nmerge: manual\n' }

story(
  'of two approved requests with one id, the first that is merged is granted and the other is not',
  { files },
  async house => {
    const first = await ask(house)
    const second = await propose(house, 'monalisa', { [requestPath()]: requestText({ subject: 'monalisa' }) })
    await house.settle()
    await approve(house, first)
    await approve(house, second)
    expect((await checks(house, first)).terms).toBe('success')
    await house.as.mona.rest.pulls.merge({ ...at, pull_number: first })
    await house.settle()
    expect(works(house)).toBe(true)
    await house.sweep()
    expect((await checks(house, second)).terms).toBe('failure')
    await mergePast(house, second).catch((error: { status?: number }) => expect(error.status).toBe(405))
    await house.settle()
    expect(works(house, 'monalisa')).toBe(false)
  }
)

story('one id that was merged twice between two sweeps is granted once at most', { files }, async house => {
  house.webhooks = false
  const first = await ask(house, { id: 'same' })
  await house.sweep()
  await approve(house, first)
  await house.sweep()
  await house.as.mona.rest.pulls.merge({ ...at, pull_number: first })
  house.github.seed.commit('acme/access', 'main', { [requestPath('same')]: null }, { by: 'lisa' })
  const second = await propose(house, 'monalisa', {
    [requestPath('same')]: requestText({ id: 'same', subject: 'monalisa' })
  })
  await house.as.mona.rest.pulls.createReview({ ...at, pull_number: second, event: 'APPROVE' })
  await house.as.lisa.rest.pulls.merge({ ...at, pull_number: second })
  await house.sweep()
  await house.advance(600_000, { sweepEveryMs: 300_000 })
  const state = await house.ledger()
  const allowed = [...state.requests.values()].filter(request => request.outcome === 'allow')
  expect(allowed.length).toBeLessThanOrEqual(1)
  expect([works(house), works(house, 'monalisa')].filter(Boolean).length).toBeLessThanOrEqual(1)
  expect(house.onMain().length).toBeLessThanOrEqual(1)
})
