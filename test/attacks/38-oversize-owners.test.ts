// #38 CODEOWNERS is made so large that GitHub does not load it, or a line so long that readers lose the rest.
// Not loaded is unknown, and no line is lost.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { approve, ask, checks, story, works } from '../stories/company.ts'
import { manual, refusedEvenMerged } from './scene.ts'

const owners = readFileSync(new URL('../../policies/starter/.github/CODEOWNERS', import.meta.url), 'utf8')
const large = `# ${'x'.repeat(97)}\n`.repeat(30_000) + owners
const long = `# ${'x'.repeat(100_000)}\n${owners}`

story('#38 a file of 3 MB names no owners', manual({ '.github/CODEOWNERS': large }), async house => {
  const pull = await ask(house)
  await approve(house, pull)
  expect((await checks(house, pull)).approvals).toBe('failure')
  await refusedEvenMerged(house, pull, 'owners-readable')
})

story(
  '#38 a line of 100,000 characters loses none of the lines after it',
  { files: { '.github/CODEOWNERS': long } },
  async house => {
    const pull = await ask(house)
    await approve(house, pull, 'lisa')
    expect((await checks(house, pull)).approvals).toBe('in_progress')
    expect(works(house)).toBe(false)
    await approve(house, pull)
    expect(works(house)).toBe(true)
  }
)
