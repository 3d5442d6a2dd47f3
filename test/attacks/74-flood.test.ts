// #74 Somebody floods us with pull requests, so that GitHub's limits are used up when access should end. A part of
// every limit is kept for ending it.
import { expect } from 'vitest'
import { gitHubLimits } from '../../src/read/budget.ts'
import { granted, hour, minute, propose, requestPath, requestText, story, told, works } from '../stories/company.ts'

const limits = { ...gitHubLimits, contentPerMinute: 10, contentPerHour: 12, reserve: 0.25 }

story(
  '#74 amid forty pull requests of one person, what was granted ends on time and leaves main',
  { limits },
  async house => {
    const pull = await granted(house, { duration: '2h' }, 'monalisa')
    expect(works(house)).toBe(true)
    const end = (await house.ledger()).requests.get(`R-${pull}`)?.window?.notAfter.getTime() ?? 0
    await house.advance(70 * minute)
    for (let index = 0; index < 40; index++) {
      const id = `octocat-flood-${index}`
      await propose(house, 'octocat', { [requestPath(id)]: requestText({ id, duration: '9h' }) })
    }
    await house.settle()
    expect(house.loop().faults.map(({ code }) => code)).toContain('github.limited')
    await house.advance(Math.max(0, end - house.clock.now().getTime()))
    expect(works(house)).toBe(false)
    await house.advance(2 * minute)
    expect(told(house, pull)).toContain('revoke.done')
    expect(house.onMain()).toEqual([])
    expect(
      house.asked.filter(
        ({ operation, status }) => status === 429 || (status === 403 && operation !== 'repos/get-branch-protection')
      )
    ).toEqual([])
    expect(house.clock.now().getTime()).toBeLessThan(end + hour)
  }
)
