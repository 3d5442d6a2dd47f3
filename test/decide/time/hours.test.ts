// The hours of a clause against a table, summer time included, and under other zones of the process.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openingAt } from '../../../src/decide/time/hours.ts'
import type { Window } from '../../../src/model/contract.ts'
import { at } from '../facts.ts'

const week: Window['days'] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const office: Window = { days: week.slice(0, 5), startMinute: 480, endMinute: 1_080, zone: 'Europe/Berlin' }
const night: Window = { ...office, startMinute: 1_320, endMinute: 360 }
const short: Window = { days: week, startMinute: 135, endMinute: 165, zone: 'Europe/Berlin' }

describe('openingAt', () => {
  test.each<[string, Window, string, string, string]>([
    ['inside, in winter', office, '2026-11-23T10:00:00Z', '2026-11-23T07:00:00Z', '2026-11-23T17:00:00Z'],
    ['inside, in summer', office, '2026-07-01T10:00:00Z', '2026-07-01T06:00:00Z', '2026-07-01T16:00:00Z'],
    ['the first instant', office, '2026-11-23T07:00:00Z', '2026-11-23T07:00:00Z', '2026-11-23T17:00:00Z'],
    ['the instant after the last', office, '2026-11-23T17:00:00Z', '2026-11-24T07:00:00Z', '2026-11-24T17:00:00Z'],
    ['over the weekend', office, '2026-11-20T18:00:00Z', '2026-11-23T07:00:00Z', '2026-11-23T17:00:00Z'],
    ['a night that began yesterday', night, '2026-11-24T03:00:00Z', '2026-11-23T21:00:00Z', '2026-11-24T05:00:00Z'],
    ['the night of Friday, on Saturday', night, '2026-11-21T03:00:00Z', '2026-11-20T21:00:00Z', '2026-11-21T05:00:00Z'],
    ['Sunday night is not Monday’s', night, '2026-11-23T03:00:00Z', '2026-11-23T21:00:00Z', '2026-11-24T05:00:00Z'],
    [
      'one day a week, just closed',
      { ...office, days: ['mon'] },
      '2026-11-23T17:00:00Z',
      '2026-11-30T07:00:00Z',
      '2026-11-30T17:00:00Z'
    ],
    [
      'a date that is another there',
      { ...office, zone: 'Pacific/Auckland' },
      '2026-11-22T20:00:00Z',
      '2026-11-22T19:00:00Z',
      '2026-11-23T05:00:00Z'
    ],
    [
      'a zone off the half hour',
      { ...office, zone: 'Asia/Kathmandu' },
      '2026-11-23T03:00:00Z',
      '2026-11-23T02:15:00Z',
      '2026-11-23T12:15:00Z'
    ],
    ['hours in the gap of spring', short, '2026-03-29T00:00:00Z', '2026-03-29T01:15:00Z', '2026-03-29T01:45:00Z'],
    [
      'hours that autumn repeats: the first',
      short,
      '2026-10-25T00:00:00Z',
      '2026-10-25T00:15:00Z',
      '2026-10-25T00:45:00Z'
    ],
    [
      'after the first of them: the next day',
      short,
      '2026-10-25T01:20:00Z',
      '2026-10-26T01:15:00Z',
      '2026-10-26T01:45:00Z'
    ],
    ['a night that is an hour shorter', night, '2026-03-27T22:00:00Z', '2026-03-27T21:00:00Z', '2026-03-28T05:00:00Z'],
    [
      'a day that autumn makes longer',
      { ...office, days: ['sun'], startMinute: 0, endMinute: 1_440 },
      '2026-10-25T12:00:00Z',
      '2026-10-24T22:00:00Z',
      '2026-10-25T23:00:00Z'
    ],
    [
      'whole days that touch are one',
      { ...office, startMinute: 0, endMinute: 1_440 },
      '2026-11-23T23:30:00Z',
      '2026-11-22T23:00:00Z',
      '2026-11-27T23:00:00Z'
    ],
    [
      'whole days ahead are one',
      { ...office, startMinute: 0, endMinute: 0 },
      '2026-11-28T12:00:00Z',
      '2026-11-29T23:00:00Z',
      '2026-12-04T23:00:00Z'
    ]
  ])('%s', (_, window, instant, openAt, closeAt) => {
    expect(openingAt(window, at(instant))).toEqual({ openAt: at(openAt), closeAt: at(closeAt) })
  })

  test('every day around the clock never closes', () => {
    const opening = openingAt({ ...office, days: week, startMinute: 0, endMinute: 1_440 }, at('2026-11-23T10:00:00Z'))
    expect(opening?.closeAt).toBeNull()
    expect(
      openingAt({ ...night, days: week, startMinute: 600, endMinute: 600 }, at('2026-11-23T10:00:00Z'))?.closeAt
    ).toBeNull()
  })

  test('without a day, a known zone or a real instant there is no opening', () => {
    expect(openingAt({ ...office, days: [] }, at('2026-11-23T10:00:00Z'))).toBeUndefined()
    expect(openingAt({ ...office, zone: 'Mars/Olympus' }, at('2026-11-23T10:00:00Z'))).toBeUndefined()
    expect(openingAt(office, new Date(Number.NaN))).toBeUndefined()
    expect(openingAt(office, new Date(8.64e15))).toBeUndefined()
  })

  test('inside an opening the wall clock is within the hours, on a named day, away from changes of the clock', () => {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone: 'America/New_York',
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit'
    })
    const instants = fc.date({ min: at('2026-04-01T00:00:00Z'), max: at('2026-10-20T00:00:00Z'), noInvalidDate: true })
    const minutes = fc.tuple(fc.integer({ min: 0, max: 719 }), fc.integer({ min: 720, max: 1_440 }))
    fc.assert(
      fc.property(instants, minutes, fc.subarray(week, { minLength: 1 }), (instant, [startMinute, endMinute], days) => {
        const opening = openingAt({ days, startMinute, endMinute, zone: 'America/New_York' }, instant)
        const [day = '', clock = ''] = format.format(instant).toLowerCase().split(' ')
        const [hour = 0, minute = 0] = clock.split(':').map(Number)
        const at = hour * 60 + minute
        const within = days.some(name => day.startsWith(name)) && startMinute <= at && at < endMinute
        expect(opening !== undefined && opening.openAt <= instant).toBe(within)
      }),
      { numRuns: 300 }
    )
  })

  test('the zone and language of the process do not matter', () => {
    const script = `
      const { openingAt } = await import('./src/decide/time/hours.ts')
      const windows = ${JSON.stringify([office, night, short])}
      const instants = ['2026-03-29T00:30:00Z', '2026-10-25T01:20:00Z', '2026-11-23T17:00:00Z']
      console.log(JSON.stringify(windows.flatMap(window => instants.map(text => openingAt(window, new Date(text))))))`
    const root = join(import.meta.dirname, '../../..')
    const under = (TZ: string, LANG: string) =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        cwd: root,
        env: { ...process.env, TZ, LANG },
        encoding: 'utf8'
      })
    const places = [
      ['UTC', 'C'],
      ['Pacific/Kiritimati', 'ar_EG.UTF-8'],
      ['America/St_Johns', 'th_TH.UTF-8']
    ] as const
    const answers = places.map(([zone, language]) => under(zone, language))
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toContain('2026-')
  })
})
