// #6 The author commits under the approver's address to disqualify them.
// It says who is excluded and why; another owner may approve.
import { expect } from 'vitest'
import { approve, checks, fate, requestPath, requestText, story, works } from '../stories/company.ts'
import { join, openFor, said } from './scene.ts'

story(
  '#6 an owner in whose name somebody else committed is named as excluded, and another owner approves',
  undefined,
  async house => {
    await join(house, 'payments-leads', 'hubot')
    const author = { name: 'mona', email: '1002+mona@users.noreply.github.com' }
    const pull = await openFor(house, 'octocat', { [requestPath()]: requestText({}) }, { by: 'octocat', author })
    await approve(house, pull)
    expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
    expect(works(house)).toBe(false)
    const { text } = await said(house, pull, 'approvals')
    expect(text).toMatch(/@mona.*committer/)
    expect(text).toMatch(/Ask .*@hubot/)
    await approve(house, pull, 'hubot')
    expect(await fate(house, pull)).toBe('merged by addendum[bot]')
    expect(works(house)).toBe(true)
    expect((await house.ledger()).requests.get(`R-${pull}`)?.approvedBy).toEqual([1005])
  }
)
