// #68 Somebody writes to the ledger while we do. Writing is compare-and-swap on the tip: who was late reads again,
// and nothing is lost.
import { expect } from 'vitest'
import { approve, ask, story, told, works } from '../stories/company.ts'
import { lift } from './scene.ts'

// The rule that forbids rewriting is away for that moment, so that only our own care is left.
story('#68 a commit that comes to the ledger between our reading and our writing stays', undefined, async house => {
  const pull = await ask(house)
  const [name = ''] = house.git.refs.list('refs/heads/ledger/')[0] ?? []
  let theirs = ''
  let restore = (): unknown => undefined
  const stop = house.github.faults.before('git/update-ref', ({ params }) => {
    if (!JSON.stringify(params).includes('ledger')) return
    stop()
    restore = lift(house, 'Addendum: ledger never rewritten')
    theirs = house.github.seed.commit('acme/access', name.replace('refs/heads/', ''), {}, { by: 'lisa' })
  })
  await approve(house, pull)
  restore()
  await house.advance(60_000)
  expect(works(house)).toBe(true)
  expect(told(house, pull)).toEqual(['request.decided', 'grant.intended', 'grant.done'])
  const line: string[] = []
  for (let sha = house.git.refs.get(name); sha !== undefined; sha = house.git.commit(sha)?.parents[0]) line.push(sha)
  expect(theirs).not.toBe('')
  expect(line).toContain(theirs)
})
