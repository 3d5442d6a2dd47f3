import { expect, test } from 'vitest'
import { openTurns } from '../../src/reconcile/turns.ts'
import type { Asking, Turns } from '../../src/reconcile/turns.ts'

const began = Date.UTC(2026, 10, 23, 9)
const minute = 60_000
const day = 24 * 60 * minute
const at = (ms: number): Date => new Date(began + ms)
const asking = (number: number, { author = 1001, head = `head ${number}` } = {}): Asking => ({
  number,
  author: { id: author },
  head: { sha: head }
})

/** Ten of account 1001 have had their turn. */
function busy(): Turns {
  const turns = openTurns(true)
  for (let number = 1; number <= 10; number += 1) expect(turns.take(asking(number), at(0))).toBe(true)
  return turns
}

test('ten heads of an account are judged at once, the eleventh a minute later, another account at once', () => {
  const turns = busy()
  expect(turns.take(asking(11), at(0))).toBe(false)
  expect(turns.take(asking(12, { author: 1002 }), at(0))).toBe(true)
  expect(turns.take(asking(11), at(minute - 1))).toBe(false)
  expect(turns.take(asking(11), at(minute))).toBe(true)
  expect(turns.take(asking(13), at(minute))).toBe(false)
})

test('a head keeps the turn that it had, so that a try which failed is repeated at once', () => {
  const turns = busy()
  expect(turns.take(asking(3), at(0))).toBe(true)
  expect(turns.take(asking(3, { head: 'another' }), at(0))).toBe(false)
})

test('everybody who waits is promised a minute of their own, and the promise stays', () => {
  const turns = busy()
  const waits = [11, 12, 13].map(number => turns.wait(asking(number), at(0)))
  expect(waits.map(wait => wait.at.getTime() - began)).toEqual([minute, 2 * minute, 3 * minute])
  expect(waits.map(wait => wait.first)).toEqual([true, false, false])
  expect(turns.wait(asking(12), at(30_000)).at).toEqual(at(2 * minute))
  expect(turns.waiting()).toBe(3)
  expect(turns.take(asking(13), at(2 * minute))).toBe(false)
  expect(turns.take(asking(12), at(2 * minute))).toBe(true)
  expect(turns.waiting()).toBe(2)
  // Who comes later stands behind them.
  expect(turns.wait(asking(14), at(2 * minute)).at).toEqual(at(4 * minute))
})

test('of one account one pull request in ten seconds is told to wait, and again for each new head', () => {
  const turns = busy()
  const told = [11, 12, 13].map(number => turns.wait(asking(number), at(0)).sayAt.getTime() - began)
  expect(told).toEqual([0, 10_000, 20_000])
  expect(turns.wait(asking(11), at(0)).sayAt).toEqual(at(0))
  expect(turns.wait(asking(11, { head: 'pushed' }), at(0))).toEqual({ at: at(minute), sayAt: at(30_000), first: false })
})

test('a pull request that is closed gives its turn back', () => {
  const turns = busy()
  for (let number = 11; number <= 40; number += 1) turns.wait(asking(number), at(0))
  for (let number = 11; number <= 40; number += 1) turns.closed(asking(number))
  expect(turns.waiting()).toBe(0)
  expect(turns.wait(asking(41), at(0)).at).toEqual(at(minute))
  turns.closed(asking(99, { author: 77 }))
})

test('nobody is promised more than a day, and who is beyond it asks again then', () => {
  const turns = busy()
  for (let number = 11; number <= 2000; number += 1) turns.wait(asking(number), at(0))
  expect(turns.wait(asking(2001), at(0)).at).toEqual(at(day))
  expect(turns.waiting()).toBe(24 * 60)
})

test('what this process judged needs a turn, for every pull request of that head and again after it was closed', () => {
  const turns = busy()
  expect(turns.spare(asking(11, { head: 'head 3' }))).toBe(false)
  turns.closed(asking(3))
  expect(turns.spare(asking(3))).toBe(false)
  expect(turns.take(asking(3), at(0))).toBe(false)
})

test('what a process before this one judged needs no turn', () => {
  const turns = busy()
  expect(turns.spare(asking(11))).toBe(true)
  expect(turns.take(asking(11), at(0))).toBe(true)
  expect(turns.take(asking(11, { head: 'pushed' }), at(0))).toBe(false)
})

test('whoever turns out to need none gives back what it was promised', () => {
  const turns = busy()
  turns.wait(asking(11), at(0))
  turns.spare(asking(11))
  expect(turns.waiting()).toBe(0)
  expect(turns.wait(asking(12), at(0)).at).toEqual(at(minute))
})

test('a clock that is set back locks nobody out', () => {
  const turns = busy()
  expect(turns.take(asking(11), at(-day))).toBe(false)
  expect(turns.take(asking(11), at(minute - day))).toBe(true)
})

test('ten looks at one pull request at once, then one in six seconds', () => {
  const turns = openTurns(true)
  for (let look = 0; look < 10; look += 1) expect(turns.pace(7, at(0))).toBeNull()
  expect(turns.pace(7, at(0))).toEqual(at(6000))
  expect(turns.pace(8, at(0))).toBeNull()
  expect(turns.pace(7, at(6000))).toBeNull()
  expect(turns.pace(7, at(6000))).toEqual(at(12_000))
})

test('a round takes all of most accounts, and of one with very many the next ten, until it begins anew', () => {
  const turns = openTurns(true)
  const open = [...Array.from({ length: 23 }, (_, index) => asking(index + 1)), asking(50, { author: 1002 })].reverse()
  const round = (): number[] => turns.share(open).map(({ number }) => number)
  const from = (first: number): number[] => Array.from({ length: 10 }, (_, index) => first + index)
  expect(round().sort((a, b) => a - b)).toEqual([...from(1), 50])
  expect(round().sort((a, b) => a - b)).toEqual([...from(11), 50])
  expect(round()).toEqual([50, 21, 22, 23, 1, 2, 3, 4, 5, 6, 7])
})

test('where GitHub sets no limits nobody waits', () => {
  const turns = openTurns(false)
  const open = Array.from({ length: 30 }, (_, index) => asking(index))
  expect(open.every(one => turns.take(one, at(0)) && turns.pace(1, at(0)) === null)).toBe(true)
  expect(turns.share(open)).toEqual(open)
})
