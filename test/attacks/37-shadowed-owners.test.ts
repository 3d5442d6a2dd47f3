// #37 A CODEOWNERS file is added where GitHub looks first, to shadow the real one.
// All three places are guarded, and the base branch's file judges.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { approve, ask, checks, fate, propose, story, works } from '../stories/company.ts'
import { manual, refusedEvenMerged } from './scene.ts'
import { at } from '../house.ts'

const owners = readFileSync(new URL('../../policies/starter/.github/CODEOWNERS', import.meta.url), 'utf8')
const atRoot = manual({ '.github/CODEOWNERS': null, CODEOWNERS: owners })

story(
  '#37 a file that would shadow the owners waits for the owners, and changes nothing before it is merged',
  atRoot,
  async house => {
    const shadow = await propose(house, 'octocat', { '.github/CODEOWNERS': '* @acme/payments\n' })
    await house.settle()
    expect((await checks(house, shadow)).approvals).toBe('in_progress')
    await approve(house, shadow, 'monalisa')
    expect((await checks(house, shadow)).approvals).toBe('in_progress')
    const merging = house.as.monalisa.rest.pulls.merge({ ...at, pull_number: shadow })
    await expect(merging).rejects.toMatchObject({ status: 405 })
    expect(await fate(house, shadow)).toBe('open')
    const pull = await ask(house)
    await approve(house, pull, 'monalisa')
    expect((await checks(house, pull)).approvals).toBe('in_progress')
    await refusedEvenMerged(house, pull, 'approved')
  }
)

story('#37 so does one at the last place, which shadows nothing yet', manual(), async house => {
  const shadow = await propose(house, 'octocat', { 'docs/CODEOWNERS': '* @acme/payments\n' })
  await house.settle()
  await approve(house, shadow, 'monalisa')
  expect((await checks(house, shadow)).approvals).toBe('in_progress')
  await approve(house, shadow, 'lisa')
  expect((await checks(house, shadow)).approvals).toBe('success')
  expect(works(house)).toBe(false)
})
