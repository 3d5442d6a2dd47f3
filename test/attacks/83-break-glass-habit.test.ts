// #83 Break-glass becomes a habit: it is asked for again and again, and nobody looks at it afterwards.
import { expect } from 'vitest'
import { at } from '../house.ts'
import { ask, checks, hour, minute, story, told, works } from '../stories/company.ts'
import { breakGlass } from '../stories/emergencies.ts'

const allowing = breakGlass('{approvals: none, max: 1h, review: 1d}')
const urgent = { duration: '1h', more: ['emergency: true'] }

story(
  '#83 what was not reviewed in time is the last of its clause, and whoever had it cannot review it',
  allowing,
  async house => {
    const first = await ask(house, urgent)
    expect(told(house, first)).toContain('breakglass.opened')
    const { data } = await house.as.lisa.rest.issues.listForRepo({ ...at, labels: 'break-glass' })
    expect(data.map(({ body }) => body)).toEqual([expect.stringContaining('@acme/payments-leads')])
    const issue = { ...at, issue_number: data[0]?.number ?? 0 }
    await house.as.octocat.rest.issues.addLabels({ ...issue, labels: ['review-ok'] })
    await house.as.octocat.rest.issues.update({ ...issue, state: 'closed' })
    await house.settle()
    expect((await house.as.lisa.rest.issues.get(issue)).data.state).toBe('open')
    await house.advance(24 * hour + minute)
    const again = await ask(house, { ...urgent, id: 'octocat-again' })
    expect((await checks(house, again)).terms).toBe('failure')
    expect(works(house)).toBe(false)
    expect(told(house, first)).not.toContain('breakglass.reviewed')
  }
)
