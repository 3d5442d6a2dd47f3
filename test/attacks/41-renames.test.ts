// #41 A file is renamed into the folder of requests, or out of it. Both names are judged; a request is only ever added.
import { expect } from 'vitest'
import {
  approve,
  checks,
  exceptions,
  fate,
  granted,
  mergePast,
  propose,
  requestPath,
  requestText,
  story,
  works
} from '../stories/company.ts'

const drafts = { 'drafts/octocat.yml': requestText({}) }

story('#41 a file that is renamed into a request is not one', { files: drafts }, async house => {
  const pull = await propose(house, 'octocat', { 'drafts/octocat.yml': null, [requestPath()]: requestText({}) })
  await house.settle()
  await approve(house, pull)
  await approve(house, pull, 'lisa')
  expect((await checks(house, pull)).terms).toBe('failure')
  expect(await fate(house, pull)).toBe('open')
  await mergePast(house, pull)
  expect(works(house)).toBe(false)
  expect(exceptions(house)).toEqual(['merged-unqualified', 'unrequested-file'])
  expect(house.onMain()).toEqual([])
})

story('#41 a request that is renamed out of its folder is not waved through as a note', undefined, async house => {
  await granted(house)
  const pull = await propose(house, 'monalisa', { [requestPath()]: null, 'drafts/octocat.yml': requestText({}) })
  await house.settle()
  expect((await checks(house, pull)).terms).toBe('failure')
  expect(await fate(house, pull)).toBe('open')
  expect(works(house)).toBe(true)
})
