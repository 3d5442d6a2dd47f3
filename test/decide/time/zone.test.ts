// The wall clock of a zone: asked for once for each quarter of an hour, and never more kept than there is room for.
import { afterEach, expect, test, vi } from 'vitest'
import { zoneOf } from '../../../src/decide/time/zone.ts'

const quarterMs = 900_000
const winterMs = Date.parse('2026-01-01T00:07:00Z')

afterEach(() => vi.restoreAllMocks())

test('what is kept of a zone is bounded, and what is forgotten is asked for again', () => {
  const kathmandu = zoneOf('Asia/Kathmandu')
  if (kathmandu === undefined) throw new Error('not known')
  const asked = vi.spyOn(Intl.DateTimeFormat.prototype, 'formatToParts')
  expect(kathmandu(winterMs)).toBe(Date.parse('2026-01-01T05:52:00Z'))
  expect(kathmandu(winterMs + 60_000)).toBe(Date.parse('2026-01-01T05:53:00Z'))
  expect(asked).toHaveBeenCalledTimes(1)
  for (let i = 1; i <= 20_000; i += 1) kathmandu(winterMs + i * quarterMs)
  expect(asked).toHaveBeenCalledTimes(20_001)
  expect(kathmandu(winterMs)).toBe(Date.parse('2026-01-01T05:52:00Z'))
  expect(asked).toHaveBeenCalledTimes(20_002)
})

test('so are the zones, since one zone has a thousand spellings', () => {
  const name = 'America/Argentina/Buenos_Aires'
  const first = zoneOf(name)
  expect(zoneOf(name)).toBe(first)
  for (let i = 0; i < 2_048; i += 1) {
    const spelling = [...name].map((letter, at) => ((i >> at) & 1 ? letter.toUpperCase() : letter.toLowerCase()))
    expect(zoneOf(spelling.join(''))?.(winterMs)).toBe(Date.parse('2025-12-31T21:07:00Z'))
  }
  const again = zoneOf(name)
  expect(again).not.toBe(first)
  expect(again?.(winterMs)).toBe(first?.(winterMs))
})
