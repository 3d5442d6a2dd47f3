// #52 A file that costs a parser quadratic time stops the app for everybody. Size and marks are bounded before
// anything is parsed.
import { expect, test } from 'vitest'
import { parseRequest } from '../../src/model/request.ts'
import { approve, checks, requestPath, requestText, story } from '../stories/company.ts'
import { openFor, refusedEvenMerged } from './scene.ts'

story('#52 a request of 300 KB is refused unread', undefined, async house => {
  const text = `${requestText({})}# ${'nothing to see '.repeat(20_000)}\n`
  const pull = await openFor(house, 'octocat', { [requestPath()]: text }, { by: 'octocat' })
  await approve(house, pull)
  expect((await checks(house, pull)).terms).toBe('failure')
  await refusedEvenMerged(house, pull, 'document-valid')
})

const most = 16 * 1024
const fill = (unit: (index: number) => string): string => {
  let text = ''
  for (let index = 0; text.length < most - 40; index++) text += unit(index)
  return text
}

const costly: Record<string, string> = {
  'many keys': fill(index => `k${index}: 1\n`),
  'many keys in one line': `{${fill(index => `k${index}: 1, `)}z: 1}`,
  'deep lists': '['.repeat(most - 40),
  'deep maps': fill(index => `${' '.repeat(Math.min(index, 100))}a:\n`),
  'aliases of aliases': fill(index => `a${index}: &a${index} [*a${index - 1}, *a${index - 1}]\n`),
  'quotes without end': `a: ${'"'.repeat(most - 40)}`,
  'a text of many lines': `a: |\n${'  b\n'.repeat(4000)}`
}

for (const [what, text] of Object.entries(costly)) {
  test(`#52 ${what} cost less than a quarter of a second`, () => {
    expect(Math.min(...[1, 2, 3].map(() => cpuMs(() => parseRequest('requests/a/b.yml', text))))).toBeLessThan(250)
  })
}

// Of the processor and not of the clock, so that a busy machine changes nothing.
function cpuMs(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
