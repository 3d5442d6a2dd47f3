// #21 A push lands between the check and the merge.
// The merge names the head that was judged, and the merged tree is read again.
import { expect } from 'vitest'
import { approve, ask, checks, fate, requestPath, requestText, story, works } from '../stories/company.ts'
import { headOf, keepStaleReviews, refusedEvenMerged } from './scene.ts'

story(
  '#21 a head that moves as it is merged is not merged, and what is merged past it is not granted',
  undefined,
  async house => {
    keepStaleReviews(house)
    const pull = await ask(house, { duration: '1h' })
    const { sha, ref } = await headOf(house, pull)
    let asked: unknown
    const stop = house.github.faults.before('pulls/merge', ({ body }) => {
      stop()
      asked = body
      const longer = { [requestPath()]: requestText({ duration: '8h' }) }
      house.github.seed.commit('acme/access', ref, longer, { by: 'octocat' })
    })
    await approve(house, pull)
    expect(asked).toMatchObject({ sha })
    expect(await fate(house, pull)).toBe('open')
    expect(works(house)).toBe(false)
    expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
    await refusedEvenMerged(house, pull, 'content-bound')
  }
)
