// #62 A draft, of which owners are not told, is approved by the one who knows of it. Nothing succeeds before it is
// ready for review.
import { expect } from 'vitest'
import { approve, checks, fate, propose, requestPath, requestText, story, works } from '../stories/company.ts'

story(
  '#62 an approved draft is neither merged nor granted, and its check says that it waits',
  undefined,
  async house => {
    const pull = await propose(house, 'octocat', { [requestPath()]: requestText({}) }, { draft: true })
    await house.settle()
    await approve(house, pull)
    expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
    expect(await fate(house, pull)).toBe('open')
    expect(house.asked.filter(({ operation }) => operation === 'pulls/merge')).toEqual([])
    expect(works(house)).toBe(false)
  }
)
