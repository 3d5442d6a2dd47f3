import { expect, test } from 'vitest'
import { pulse, systemClock } from '../src/clock.ts'

test("now is the machine's time", () => {
  const before = Date.now()
  const now = systemClock.now().getTime()
  expect(now).toBeGreaterThanOrEqual(before)
  expect(now).toBeLessThanOrEqual(Date.now())
})

test('sleep takes at least as long as it promised, and no time for zero, negative or no number', async () => {
  const before = performance.now()
  for (const none of [0, -5, Number.NaN]) await systemClock.sleep(none)
  const between = performance.now()
  await systemClock.sleep(30)
  expect(between - before).toBeLessThan(25)
  expect(performance.now() - between).toBeGreaterThanOrEqual(29)
})

test("a sleep beyond the range of Node's timers does not end at once", async () => {
  const month = systemClock.sleep(2 ** 31 + 1000).then(() => 'woke')
  expect(await Promise.race([month, systemClock.sleep(20).then(() => 'sleeps')])).toBe('sleeps')
})

test('a pulse beats until it is stopped', async () => {
  let beats = 0
  const two = Promise.withResolvers<void>()
  const stop = pulse(2, () => {
    beats += 1
    if (beats === 2) two.resolve()
  })
  await two.promise
  stop()
  const after = beats
  await systemClock.sleep(20)
  expect(beats).toBe(after)
})
