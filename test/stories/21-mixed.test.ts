// Story 21: a pull request that brings a request and changes its own judges is judged as a request, and refused (attack #32).
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { approve, checks, exceptions, mergePast, propose, requestPath, requestText, story, works } from './company.ts'

const codeowners = readFileSync(new URL('../../policies/starter/.github/CODEOWNERS', import.meta.url), 'utf8')

story('a request with a change of CODEOWNERS is refused, even when it is merged', undefined, async house => {
  const pull = await propose(house, 'octocat', {
    [requestPath()]: requestText({}),
    '.github/CODEOWNERS': codeowners.replace('@acme/payments-leads', '@octocat')
  })
  await house.settle()
  expect((await checks(house, pull)).terms).toBe('failure')
  await approve(house, pull)
  await approve(house, pull, 'lisa')
  await mergePast(house, pull)
  expect(works(house)).toBe(false)
  expect(house.payments.calls.filter(call => call.operation === 'grant')).toEqual([])
  expect(exceptions(house)).toContain('merged-unqualified')
  expect(house.onMain()).toEqual([])
})

story('so is one of two requests', undefined, async house => {
  const pull = await propose(house, 'octocat', {
    [requestPath('one')]: requestText({ id: 'one' }),
    [requestPath('two')]: requestText({ id: 'two' })
  })
  await house.settle()
  expect((await checks(house, pull)).terms).toBe('failure')
  await approve(house, pull)
  await mergePast(house, pull)
  expect(works(house)).toBe(false)
  expect(house.onMain()).toEqual([])
})
