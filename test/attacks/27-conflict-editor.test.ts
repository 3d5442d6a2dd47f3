// #27 A merge of main into the branch, as the conflict editor makes it, smuggles in other content.
// Blobs are compared, never what a commit says that it does.
import { expect } from 'vitest'
import { approve, ask, checks, requestPath, requestText, story } from '../stories/company.ts'
import { byContent, headOf, keepStaleReviews, pushTo, refusedEvenMerged } from './scene.ts'
import type { House } from '../house.ts'

async function merged(house: House, pull: number, duration: string): Promise<void> {
  const { sha } = await headOf(house, pull)
  const main = house.github.seed.commit('acme/access', 'main', { 'NOTES.md': 'Anything\n' }, { by: 'lisa' })
  const files = { 'NOTES.md': 'Anything\n', [requestPath()]: requestText({ duration }) }
  await pushTo(house, pull, files, { by: 'octocat', message: 'Merge branch main', parents: [sha, main] })
}

story('#27 a merge commit that changes the file takes the approval away', byContent(), async house => {
  keepStaleReviews(house)
  const pull = await ask(house, { duration: '1h' })
  await approve(house, pull)
  await merged(house, pull, '8h')
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
  await refusedEvenMerged(house, pull, 'content-bound')
})

story('#27 one that leaves every byte as it was does not', byContent(), async house => {
  keepStaleReviews(house)
  const pull = await ask(house, { duration: '1h' })
  await approve(house, pull)
  await merged(house, pull, '1h')
  expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'success' })
})
