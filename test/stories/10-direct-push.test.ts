// Story 10: an administrator pushes a request file straight to main. It is nobody's request: nothing is granted, it is told, it goes.
import { expect } from 'vitest'
import { exceptions, minute, requestPath, requestText, story, works } from './company.ts'

story('a request that was pushed past every pull request grants nothing and is reverted', undefined, async house => {
  house.github.seed.commit(
    'acme/access',
    'main',
    { [requestPath('lisa-way')]: requestText({ id: 'lisa-way' }) },
    { by: 'lisa' }
  )
  await house.settle()
  expect(works(house)).toBe(false)
  expect(house.payments.calls.filter(call => call.operation === 'grant')).toEqual([])
  expect(exceptions(house)).toEqual(['unrequested-file'])
  expect(house.onMain()).toEqual([])
})

story('found by the sweep as well, and recorded once', undefined, async house => {
  house.webhooks = false
  house.github.seed.commit(
    'acme/access',
    'main',
    { [requestPath('lisa-way')]: requestText({ id: 'lisa-way' }) },
    { by: 'lisa' }
  )
  await house.advance(20 * minute, { sweepEveryMs: 5 * minute })
  expect(exceptions(house)).toEqual(['unrequested-file'])
  expect(house.onMain()).toEqual([])
  expect(works(house)).toBe(false)
})
