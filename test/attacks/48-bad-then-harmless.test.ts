// #48 First a bad push, then a harmless one, in the hope that only the last is looked at. What is judged is always
// the whole difference to the base.
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { approve, ask, checks, fate, mergePast, requestPath, requestText, story, works } from '../stories/company.ts'
import { openFor, pushTo, said } from './scene.ts'

const owners = '.github/CODEOWNERS'

story('#48 what an earlier push brought is still judged after a harmless one', undefined, async house => {
  const pull = await ask(house, { duration: '1h' })
  await pushTo(house, pull, { [owners]: '* @octocat\n' }, { by: 'octocat' })
  await pushTo(house, pull, { [requestPath()]: requestText({ duration: '2h' }) }, { by: 'octocat' })
  await approve(house, pull)
  await approve(house, pull, 'lisa')
  expect((await checks(house, pull)).terms).toBe('failure')
  expect((await said(house, pull, 'terms')).text).toContain('changes 2 files')
  expect(await fate(house, pull)).toBe('open')
  await mergePast(house, pull)
  expect(works(house)).toBe(false)
  expect(house.onMain()).toEqual([])
  expect(house.records().some(({ type }) => type === 'grant.intended')).toBe(false)
})

story('#48 what a later push took back is not held against it', undefined, async house => {
  const before = readFileSync(new URL(`../../policies/starter/${owners}`, import.meta.url), 'utf8')
  const files = { [owners]: '* @octocat\n', [requestPath()]: requestText({}) }
  const pull = await openFor(house, 'octocat', files, { by: 'octocat' })
  await pushTo(house, pull, { [owners]: before }, { by: 'octocat' })
  await approve(house, pull)
  expect(works(house)).toBe(true)
})
