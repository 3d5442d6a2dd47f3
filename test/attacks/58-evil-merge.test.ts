// #58 A merge commit made by hand brings other bytes than were approved. What main holds is compared with what was
// judged, byte for byte.
import { expect } from 'vitest'
import { approve, ask, checks, requestPath, requestText, story } from '../stories/company.ts'
import { headOf, manual, refusedOnceMerged } from './scene.ts'

story('#58 a merge that lengthens what was approved is refused', manual(), async house => {
  const pull = await ask(house, { duration: '1h' })
  await approve(house, pull)
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'success' })
  const { sha } = await headOf(house, pull)
  const main = house.git.refs.get('refs/heads/main') ?? ''
  const files = { [requestPath()]: requestText({ duration: '8h' }) }
  house.github.seed.commit('acme/access', 'main', files, {
    by: 'lisa',
    message: `Merge pull request #${pull}`,
    parents: [main, sha]
  })
  await house.settle()
  await refusedOnceMerged(house, pull, 'merged-rightly')
})
