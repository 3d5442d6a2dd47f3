// Killed before and after every single call: the story ends the same, and no effect on the way breaks an invariant (reliability.md §1).
import { expect, test } from 'vitest'
import { play } from './overlap.ts'

/** All of them take minutes: nightly. By default every nineteenth, each time the same. */
const stride = process.env['ADDENDUM_CRASH_ALL'] === undefined ? 19 : 1
const whole = await play(undefined)

test('undisturbed, the story ends with nothing held and nothing open', () => {
  expect(whole.problems).toEqual([])
  expect(whole.end).toMatchObject({
    carried: true,
    onMain: [],
    openPulls: [],
    octocat: false,
    monalisa: true,
    open: []
  })
})

for (const when of ['before', 'after'] as const) {
  test(`killed ${when} each call in turn, it ends the same`, { timeout: 900_000 }, async () => {
    const different: string[] = []
    for (let at = when === 'before' ? 1 : 4; at <= whole.calls; at += stride) {
      const run = await play({ at, when })
      if (run.problems.length > 0) different.push(`${at}: ${run.problems.join('; ')}`)
      if (JSON.stringify(run.end) !== JSON.stringify(whole.end))
        different.push(`${at}: ends as ${JSON.stringify(run.end)}`)
    }
    expect(different).toEqual([])
  })
}
