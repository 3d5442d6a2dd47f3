import { expect, test } from 'vitest'
import { suggest } from '../../src/model/suggest.ts'

test.each([
  ['claus', 'clause'],
  ['caluse', 'clause'],
  ['Duration', 'duration'],
  ['durration', 'duration'],
  ['reasno', 'reason'],
  ['clausee', 'clause'],
  ['ticket', 'ticket']
])('%s is meant as %s', (written, word) => {
  expect(suggest(written, ['duration', 'clause', 'reason', 'ticket'])).toBe(word)
})

test('nothing is suggested where nothing is near', () => {
  expect(suggest('emergency', ['clause', 'id'])).toBeUndefined()
  expect(suggest('xx', ['id'])).toBeUndefined()
  expect(suggest('clxyze', ['clause'])).toBeUndefined()
  expect(suggest('a', [])).toBeUndefined()
})

test('a very long word costs nothing', () => {
  expect(suggest('x'.repeat(1_000_000), ['duration'])).toBeUndefined()
})

test('the nearer of two words is suggested, whatever their order', () => {
  expect(suggest('amendx', ['amenity', 'amend'])).toBe('amend')
  expect(suggest('amendx', ['amend', 'amenity'])).toBe('amend')
})
