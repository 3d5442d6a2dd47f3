import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LayeredMap } from '../../src/ledger/layered-map.ts'

it('is a map: whatever is set and deleted, in however many successors, a Map says the same', () => {
  const operation = fc.record({ key: fc.nat({ max: 30 }), value: fc.option(fc.nat(), { nil: undefined }) })
  fc.assert(
    fc.property(fc.array(fc.array(operation, { maxLength: 20 }), { maxLength: 10 }), rounds => {
      const plain = new Map<number, number>()
      let map = new LayeredMap<number, number>()
      for (const round of rounds) {
        const before = [...map]
        const edit = map.edit()
        for (const { key, value } of round) {
          if (value === undefined) {
            edit.delete(key)
            plain.delete(key)
          } else {
            edit.set(key, value)
            plain.set(key, value)
          }
          expect(edit.get(key)).toBe(value)
        }
        const next = edit.done()
        expect([...map]).toEqual(before)
        map = next
        const sort = (entries: Iterable<[number, number]>): [number, number][] => [...entries].sort(([a], [b]) => a - b)
        expect(sort(map)).toEqual(sort(plain))
        expect(map.size).toBe(plain.size)
        for (let key = 0; key <= 30; key++)
          expect([map.has(key), map.get(key)]).toEqual([plain.has(key), plain.get(key)])
      }
    })
  )
})

it('merges a layer that has grown, deletions included, and stays the same map when nothing is touched', () => {
  const edit = new LayeredMap(new Map(Array.from({ length: 100 }, (_, n) => [n, n]))).edit()
  for (let n = 50; n < 3000; n++) edit.set(n, -n)
  for (let n = 0; n < 50; n++) edit.delete(n)
  const map = edit.done()
  expect([map.size, map.get(0), map.get(50), map.get(2999)]).toEqual([2950, undefined, -50, -2999])
  expect(map.edit().done()).toBe(map)
  let sum = 0
  map.forEach(value => {
    sum += value
  })
  expect([sum, [...map.keys()].length, [...map.values()].length]).toEqual([-(50 + 2999) * 1475, 2950, 2950])
})
