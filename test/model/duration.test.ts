import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDuration, longestSeconds, parseDuration } from '../../src/model/duration.ts'

test.each([
  ['2h', 7_200],
  ['90m', 5_400],
  ['1d', 86_400],
  ['1h30m', 5_400],
  ['45s', 45],
  ['1d2h3m4s', 93_784],
  ['PT2H', 7_200],
  ['P1D', 86_400],
  ['P1DT2H', 93_600],
  ['PT90M', 5_400],
  ['PT45S', 45],
  ['366d', longestSeconds]
])('%s is %d seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds)
})

test.each([
  '',
  '2',
  'h',
  '2 h',
  '2H',
  '1h2d',
  '1h1h',
  '1.5h',
  '1,5h',
  '-1h',
  '+1h',
  '0h',
  '0s',
  '367d',
  '9999999999s',
  'P',
  'PT',
  'P1DT',
  'P1M',
  'P1Y',
  'P1W',
  'PT1.5H',
  '-PT1H',
  'P1H',
  'PT1D',
  'pt2h',
  '2h\n',
  '1d'.repeat(40),
  'PT0S',
  '٢h',
  'P1D2H',
  '366d1s'
])('%j is not a duration', text => {
  expect(parseDuration(text)).toBeUndefined()
})

test.each([
  [7_200, '2h'],
  [5_400, '1h30m'],
  [86_400, '1d'],
  [61, '1m1s'],
  [0, '0s']
])('%d seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text)
})

test('what is formatted is read back', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: longestSeconds }), s => parseDuration(formatDuration(s)) === s))
})
