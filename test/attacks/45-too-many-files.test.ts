// #45 The request hides among so many files that GitHub lists only some. A list that is not whole is no list, and a
// request is one file.
import { expect } from 'vitest'
import {
  approve,
  checks,
  exceptions,
  fate,
  mergePast,
  requestPath,
  requestText,
  story,
  works
} from '../stories/company.ts'
import { openFor, said } from './scene.ts'

story(
  '#45 a request among 3,001 files is refused, and what comes to main with them grants nothing',
  undefined,
  async house => {
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`notes/${index}.md`, 'Nothing\n']))
    const pull = await openFor(house, 'octocat', { ...many, [requestPath()]: requestText({}) }, { by: 'octocat' })
    await approve(house, pull)
    expect(await checks(house, pull)).toMatchObject({ terms: 'failure' })
    expect((await said(house, pull, 'terms')).text).toMatch(/not complete: .*3001 changed files/)
    expect(await fate(house, pull)).toBe('open')
    await mergePast(house, pull)
    expect(works(house)).toBe(false)
    expect(exceptions(house)).toContain('merged-unqualified')
    expect(house.onMain()).toEqual([])
  }
)
