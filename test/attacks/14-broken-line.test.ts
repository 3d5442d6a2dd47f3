// #14 The team of a CODEOWNERS line is renamed, or the line breaks, so that GitHub skips it and a broader line wins.
// Any doubt about our path denies.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { approve, ask, checks, story } from '../stories/company.ts'
import { refusedEvenMerged } from './scene.ts'

const starter = readFileSync(new URL('../../policies/starter/.github/CODEOWNERS', import.meta.url), 'utf8')
const broken = starter.replace(/^(\/requests\/payments-production\/.*)$/m, '$1 and-somebody-else')

story(
  '#14 a line that GitHub skips does not hand the file to the broader line before it',
  { files: { '.github/CODEOWNERS': broken } },
  async house => {
    const pull = await ask(house)
    await approve(house, pull, 'lisa')
    expect((await checks(house, pull)).approvals).toBe('failure')
    await refusedEvenMerged(house, pull, 'owners-readable')
  }
)

story('#14 nor does a team that is not called so any more', undefined, async house => {
  const team = Object.values(house.github.world.state.teams).find(one => one.slug === 'payments-leads')
  if (team !== undefined) team.slug = 'leads'
  const pull = await ask(house)
  await approve(house, pull, 'lisa')
  await approve(house, pull, 'mona')
  expect((await checks(house, pull)).approvals).toBe('failure')
  await refusedEvenMerged(house, pull, 'owners-readable')
})
