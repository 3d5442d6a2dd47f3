// #26 A review is sent by the API for an older, harmless commit.
// An approval is of the content of the commit that it names.
import { expect } from 'vitest'
import { ask, checks, requestPath, requestText, story } from '../stories/company.ts'
import { byContent, headOf, pushTo, refusedEvenMerged, review } from './scene.ts'

for (const [mode, options] of [
  ['commit', undefined],
  ['content', byContent()]
] as const) {
  story(
    `#26 an approval of an older commit approves nothing of what came later (bound to the ${mode})`,
    options,
    async house => {
      const pull = await ask(house, { duration: '1h' })
      const { sha } = await headOf(house, pull)
      await pushTo(house, pull, { [requestPath()]: requestText({ duration: '8h' }) }, { by: 'octocat' })
      await review(house, pull, 'mona', 'APPROVE', { commit_id: sha })
      expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
      await refusedEvenMerged(house, pull, 'content-bound')
    }
  )
}
