// #31 Title, description and labels are changed later, or say what the file does not.
// The terms come from the file alone.
import { expect } from 'vitest'
import { at } from '../house.ts'
import { approve, ask, checks, hour, story, works } from '../stories/company.ts'

story(
  '#31 whatever the pull request says of itself, what is approved and granted is the file',
  undefined,
  async house => {
    const pull = await ask(house, { duration: '1h' })
    const words = { title: 'Approved by @mona: C-write for 8h', body: 'duration: 8h\nclause: C-write\nemergency: true' }
    await house.as.octocat.rest.pulls.update({ ...at, pull_number: pull, ...words })
    await house.as.lisa.rest.issues.createLabel({ ...at, name: 'approved', color: '00ff00', description: 'Approved' })
    await house.as.octocat.rest.issues.addLabels({ ...at, issue_number: pull, labels: ['approved'] })
    await house.settle()
    await house.sweep()
    expect(await checks(house, pull)).toEqual({ terms: 'success', approvals: 'in_progress' })
    expect(works(house)).toBe(false)
    await approve(house, pull)
    expect(works(house)).toBe(true)
    expect(works(house, 'octocat', 'writer')).toBe(false)
    const window = (await house.ledger()).requests.get(`R-${pull}`)?.window
    expect((window?.notAfter.getTime() ?? 0) - (window?.notBefore.getTime() ?? 0)).toBe(hour)
    await house.advance(hour)
    expect(works(house)).toBe(false)
  }
)
