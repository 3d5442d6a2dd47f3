import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatInstant, parseInstant, parseInstantOrDate } from '../../src/model/instant.ts'

test.each([
  ['2026-11-22T15:00:00Z', '2026-11-22T15:00:00Z'],
  ['2026-11-22T15:00:00+02:00', '2026-11-22T13:00:00Z'],
  ['2026-11-22T23:30:00-01:45', '2026-11-23T01:15:00Z'],
  ['2026-11-22T15:00:00.5Z', '2026-11-22T15:00:00.500Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
  ['2199-12-31T23:59:59Z', '2199-12-31T23:59:59Z']
])('%s is %s', (text, utc) => {
  expect(formatInstant(parseInstant(text) as Date)).toBe(utc)
  expect(parseInstantOrDate(text)).toEqual(parseInstant(text))
})

test.each([
  '',
  '2026-11-22',
  '2026-11-22T15:00Z',
  '2026-11-22T15:00:00',
  '2026-11-22 15:00:00Z',
  '2026-11-22t15:00:00z',
  '2026-02-29T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-00-01T00:00:00Z',
  '2026-04-31T00:00:00Z',
  '2026-11-00T00:00:00Z',
  '2026-11-22T24:00:00Z',
  '2026-11-22T23:60:00Z',
  '2016-12-31T23:59:60Z',
  '1999-12-31T23:59:59Z',
  '2200-01-01T00:00:00Z',
  '2026-11-22T15:00:00+24:00',
  '2026-11-22T15:00:00+02:60',
  '2026-11-22T15:00:00.1234Z',
  '2026-11-22T15:00:00Z\n'
])('%j is not an instant', text => {
  expect(parseInstant(text)).toBeUndefined()
})

test('a bare date is its midnight in UTC, where the field allows it', () => {
  expect(parseInstantOrDate('2026-01-01')).toEqual(new Date('2026-01-01T00:00:00Z'))
})

test.each(['2026-02-30', '1999-01-01', '2200-01-01', '2026-1-1', '2026-01-01x', 'now'])('%j is not a date', text => {
  expect(parseInstantOrDate(text)).toBeUndefined()
})

test('what is formatted is read back', () => {
  const instants = fc.date({
    min: new Date('2000-01-01T00:00:00Z'),
    max: new Date('2199-12-31T00:00:00Z'),
    noInvalidDate: true
  })
  fc.assert(fc.property(instants, at => parseInstant(formatInstant(at))?.getTime() === at.getTime()))
})
