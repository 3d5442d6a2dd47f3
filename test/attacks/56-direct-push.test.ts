// #56 A request file is pushed straight to main. Without its own pull request it is nobody's request: recorded, and
// taken out.
import { expect } from 'vitest'
import { exceptions, minute, openPulls, requestPath, requestText, story, works } from '../stories/company.ts'

story(
  '#56 a file that was pushed to main grants nothing, is on the ledger, and leaves by a pull request',
  undefined,
  async house => {
    house.github.seed.commit('acme/access', 'main', { [requestPath()]: requestText({}) }, { by: 'lisa' })
    await house.settle()
    expect(works(house)).toBe(false)
    expect(house.payments.calls.filter(call => call.operation === 'grant')).toEqual([])
    expect(exceptions(house)).toEqual(['unrequested-file'])
    expect(house.onMain()).toEqual([])
    expect(house.repository.pulls[1]?.mergedAt).not.toBeNull()
    expect(await openPulls(house)).toEqual([])
  }
)

story('#56 nor with every webhook lost, nor after a restart', undefined, async house => {
  house.webhooks = false
  house.github.seed.commit('acme/access', 'main', { [requestPath()]: requestText({}) }, { by: 'lisa' })
  await house.restart()
  await house.advance(10 * minute, { sweepEveryMs: 5 * minute })
  expect(works(house)).toBe(false)
  expect(exceptions(house)).toEqual(['unrequested-file'])
  expect(house.onMain()).toEqual([])
})
