// What every story is made of: a house of its own, what people do in it, and what no story may leave behind.
import { expect, test } from 'vitest'
import { openHouse } from '../house.ts'
import type { House, HouseOptions } from '../house.ts'

export * from './acts.ts'

/** A story: a house, what happens in it, and nothing that no story may leave behind. */
export function story(name: string, options: HouseOptions | undefined, tell: (house: House) => Promise<void>): void {
  test(name, async () => {
    const house = await openHouse(options)
    await tell(house)
    expect(await house.finish()).toEqual([])
  })
}
