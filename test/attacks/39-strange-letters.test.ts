// #39 A path or a value looks like another: case, other alphabets, invisible and bidirectional marks.
// Paths are ASCII, byte for byte; what cannot be seen is refused.
import { expect, test } from 'vitest'
import { placeOf } from '../../src/model/place.ts'
import {
  approve,
  checks,
  fate,
  mergePast,
  propose,
  requestPath,
  requestText,
  story,
  works
} from '../stories/company.ts'

const paths = {
  'another case': 'Requests/payments-production/octocat-refunds.yml',
  'another case of the id': 'requests/payments-production/Octocat-refunds.yml',
  'a letter of another alphabet': 'requests/payments-production/\u043ectocat-refunds.yml',
  'a bidirectional mark': 'requests/payments-production/octocat\u202e-refunds.yml',
  'an invisible letter': 'requests/payments-production/octocat\u200b-refunds.yml',
  'wide letters': '\uff52\uff45\uff51\uff55\uff45\uff53\uff54\uff53/payments-production/octocat-refunds.yml',
  'a folder more': 'requests/payments-production/more/octocat-refunds.yml',
  'another ending': 'requests/payments-production/octocat-refunds.yaml'
}

test('#39 no such path is a place where a request lives', () => {
  expect(Object.values(paths).filter(path => placeOf(path) !== undefined)).toEqual([])
})

for (const [name, path] of Object.entries(paths)) {
  story(
    `#39 a path with ${name} is judged as a request, refused, and grants nothing when it is merged`,
    undefined,
    async house => {
      const pull = await propose(house, 'octocat', { [path]: requestText({}) })
      await house.settle()
      await approve(house, pull)
      await approve(house, pull, 'lisa')
      expect((await checks(house, pull)).terms).toBe('failure')
      expect(await fate(house, pull)).toBe('open')
      await mergePast(house, pull)
      expect(works(house)).toBe(false)
      const decided = house.records().filter(record => record.type === 'request.decided')
      expect(decided.every(record => record.outcome === 'refuse')).toBe(true)
    }
  )
}

const values = {
  'bidirectional mark': 'octocat\u202e',
  'invisible letter': 'octo\u200bcat',
  'letter of another alphabet': '\u043ectocat'
}
for (const [name, subject] of Object.entries(values)) {
  story(`#39 a subject with a ${name} is nobody`, undefined, async house => {
    const pull = await propose(house, 'octocat', { [requestPath()]: requestText({ subject }) })
    await house.settle()
    await approve(house, pull)
    expect((await checks(house, pull)).terms).toBe('failure')
    await mergePast(house, pull)
    expect((await house.ledger()).requests.get(`R-${pull}`)?.failed).toContain('document-valid')
    expect(works(house)).toBe(false)
  })
}
