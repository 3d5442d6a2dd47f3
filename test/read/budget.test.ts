import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fault } from '../../src/model/fault.ts'
import { createBudget, gitHubLimits } from '../../src/read/budget.ts'
import type { Limits } from '../../src/read/budget.ts'
import { urgently, writeOf } from '../../src/read/priority.ts'
import type { Priority } from '../../src/read/priority.ts'
import { keptLog, quickClock } from './time.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** A budget with everything that was sent, and when. */
function bench(limits: Limits | null = gitHubLimits) {
  const clock = quickClock()
  const log = keptLog()
  const budget = createBudget({ clock, log, limits })
  const sent: { name: string; at: number; content: boolean }[] = []
  const write = (name: string, priority: Priority = 'comment', { content = false, takesMs = 0 } = {}): Promise<void> =>
    budget.write({ priority, content }, async () => {
      sent.push({ name, at: clock.ms(), content })
      if (takesMs > 0) await clock.sleep(takesMs)
    })
  return { clock, log, budget, sent, write, start: clock.ms() }
}

const faultOf = async (work: Promise<unknown>): Promise<Fault> => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown
  )
  if (!(error instanceof Fault)) throw new Error(`no Fault: ${String(error)}`)
  return error
}

test('the first write goes at once, the next ones a second apart, one at a time', async () => {
  const { clock, write, sent, start } = bench()
  await clock.run(Promise.all([write('a'), write('b', 'comment', { takesMs: 2500 }), write('c')]))
  expect(sent.map(({ name, at }) => [name, at - start])).toEqual([
    ['a', 0],
    ['b', 1000],
    ['c', 3500]
  ])
})

test('what ends access goes first, then the ledger, then checks, then comments, whenever they came', async () => {
  const { clock, write, sent } = bench()
  const first = write('first')
  const rest = [write('comment'), write('check', 'check'), write('ledger', 'ledger'), write('end', 'end')]
  await clock.run(Promise.all([first, ...rest]))
  expect(sent.map(({ name }) => name)).toEqual(['first', 'end', 'ledger', 'check', 'comment'])
})

test('a write is classified by its path, and everything within `urgently` is urgent', async () => {
  const repo = '/api/v3/repos/acme/access'
  expect(writeOf('POST', `${repo}/git/trees`)).toEqual({ priority: 'ledger', content: false })
  expect(writeOf('PATCH', `${repo}/git/refs/heads/ledger/2026`)).toEqual({ priority: 'ledger', content: false })
  expect(writeOf('POST', `${repo}/check-runs`)).toEqual({ priority: 'check', content: false })
  expect(writeOf('PUT', `${repo}/pulls/7/merge`)).toEqual({ priority: 'check', content: true })
  expect(writeOf('POST', `${repo}/issues/7/comments`)).toEqual({ priority: 'comment', content: true })
  expect(writeOf('PATCH', `${repo}/issues/comments/7`)).toEqual({ priority: 'comment', content: false })
  expect(writeOf('POST', `${repo}/pulls`)).toEqual({ priority: 'comment', content: true })
  expect(await urgently(async () => writeOf('POST', `${repo}/pulls`))).toEqual({ priority: 'end', content: true })
})

test('whatever is asked, no window of GitHub holds more than it allows, and nothing waits for long', async () => {
  const limits: Limits = {
    spacingMs: 1000,
    contentPerMinute: 8,
    contentPerHour: 30,
    pointsPerMinute: 120,
    reserve: 0.1
  }
  const ask = fc.record({
    afterMs: fc.oneof(
      fc.constant(0),
      fc.integer({ min: 0, max: 4 * second }),
      fc.integer({ min: 0, max: 20 * minute })
    ),
    priority: fc.constantFrom<Priority[]>('end', 'ledger', 'check', 'comment'),
    content: fc.boolean(),
    takesMs: fc.integer({ min: 0, max: 3000 })
  })
  await fc.assert(
    fc.asyncProperty(fc.array(ask, { maxLength: 120 }), async asks => {
      const { clock, write, sent, budget } = bench(limits)
      let longestMs = 0
      const one = async ({ priority, content, takesMs }: (typeof asks)[number]): Promise<void> => {
        const askedMs = clock.ms()
        await write('', priority, { content, takesMs }).catch((error: unknown) => {
          if (!(error instanceof Fault)) throw error
          longestMs = Math.max(longestMs, clock.ms() - askedMs)
          expect(error.retryAt?.getTime()).toBeGreaterThan(clock.ms())
        })
      }
      const all: Promise<void>[] = []
      for (const each of asks) {
        await clock.run(clock.sleep(each.afterMs))
        all.push(one(each))
      }
      await clock.run(Promise.all(all))
      const contents = sent.filter(({ content }) => content)
      for (const [index, { at }] of sent.entries()) {
        if (index > 0) expect(at - (sent[index - 1]?.at ?? 0)).toBeGreaterThanOrEqual(1000)
        expect(sent.filter(other => other.at > at - minute && other.at <= at).length * 5).toBeLessThanOrEqual(120)
        expect(contents.filter(other => other.at > at - minute && other.at <= at).length).toBeLessThanOrEqual(8)
        expect(contents.filter(other => other.at > at - hour && other.at <= at).length).toBeLessThanOrEqual(30)
      }
      // Twenty seconds of patience, and the length of one write that was being sent.
      expect(longestMs).toBeLessThanOrEqual(24 * second)
      expect(budget.numbers().waiting).toBe(0)
    }),
    { numRuns: 40 }
  )
}, 60_000)

test('a flood of comments leaves a tenth of the hour to the end of access, and is spread (attack 74)', async () => {
  const { clock, write, budget, sent, log } = bench({ ...gitHubLimits, contentPerMinute: 1000 })
  for (let n = 0; n < 450; n += 1) await clock.run(write('comment', 'comment', { content: true }))
  const faults = await clock.run(
    Promise.all(Array.from({ length: 5 }, () => faultOf(write('late', 'comment', { content: true }))))
  )
  const instants = faults.map(fault => fault.retryAt?.getTime() ?? 0)
  expect(new Set(instants).size).toBe(5)
  expect(Math.min(...instants)).toBeGreaterThanOrEqual((sent[0]?.at ?? 0) + hour)
  expect(Math.max(...instants) - Math.min(...instants)).toBe(4 * (hour / 450))
  for (let n = 0; n < 50; n += 1) await clock.run(write('end', 'end', { content: true }))
  expect(sent.filter(({ name }) => name === 'end')).toHaveLength(50)
  expect((await clock.run(faultOf(write('end', 'end', { content: true })))).code).toBe('github.limited')
  // What creates no content is not held up by those who do.
  await clock.run(write('ledger', 'ledger'))
  expect(sent.at(-1)?.name).toBe('ledger')
  expect(budget.numbers()).toMatchObject({ contentLastHour: 500, near: true, putOff: 6, refused: 0, waiting: 0 })
  expect(log.lines.map(line => line.level)).toEqual(['warn'])
})

test('near the limit the log says so once, and once more when it is well again', async () => {
  const { clock, write, log, budget } = bench({ ...gitHubLimits, contentPerMinute: 1000 })
  const levels = (): string[] => log.lines.map(({ level }) => level)
  for (let n = 0; n < 399; n += 1) await clock.run(write('', 'comment', { content: true }))
  expect([levels(), budget.numbers().near]).toEqual([[], false])
  const fullMs = clock.ms()
  for (let n = 0; n < 40; n += 1) await clock.run(write('', 'comment', { content: true }))
  expect([levels(), budget.numbers().near]).toEqual([['warn'], true])
  // Just below four fifths is no news yet: the log does not flutter.
  clock.set(fullMs + hour - 340 * second)
  for (let n = 0; n < 3; n += 1) await clock.run(write('', 'comment'))
  expect([levels(), budget.numbers().near]).toEqual([['warn'], false])
  clock.set(fullMs + hour)
  for (let n = 0; n < 3; n += 1) await clock.run(write('', 'comment'))
  expect(levels()).toEqual(['warn', 'info'])
})

test('GitHub asking for silence is told once, and its end with the first answer after it', async () => {
  const { clock, log, budget } = bench()
  budget.pause(new Date(clock.ms() + 30 * second))
  budget.pause(new Date(clock.ms() + 60 * second))
  expect(log.lines.map(({ level }) => level)).toEqual(['warn'])
  clock.set(clock.ms() + minute)
  const headers = { limit: 5000, remaining: 4000, reset: clock.ms() / 1000 + 3600 }
  const answer = Object.entries(headers).map(([name, value]) => [`x-ratelimit-${name}`, String(value)])
  for (let n = 0; n < 3; n += 1) budget.told(Object.fromEntries(answer) as Record<string, string>)
  expect(log.lines.map(({ level }) => level)).toEqual(['warn', 'info'])
})

test('reads go on beside writes, and are paced to 900 points a minute with a tenth kept', async () => {
  const { clock, budget, start } = bench()
  await clock.run(Promise.all(Array.from({ length: 810 }, () => budget.read())))
  expect(clock.ms()).toBe(start)
  expect((await clock.run(faultOf(budget.read()))).retryAt?.getTime()).toBe(start + minute)
  await clock.run(urgently(() => budget.read()))
  expect(clock.ms()).toBe(start)
  clock.set(start + 50 * second)
  await clock.run(budget.read())
  expect(clock.ms()).toBe(start + minute)
})

test('while GitHub asks for silence nothing is sent: a short one is waited out, a long one put off', async () => {
  const { clock, budget, write, sent, start } = bench()
  budget.pause(new Date(start + 10 * second))
  await clock.run(write('end', 'end'))
  expect(sent).toEqual([{ name: 'end', at: start + 10 * second, content: false }])
  budget.pause(new Date(clock.ms() + 2 * minute))
  const until = clock.ms() + 2 * minute
  expect((await clock.run(faultOf(urgently(() => budget.read())))).retryAt?.getTime()).toBe(until)
  expect((await clock.run(faultOf(write('end', 'end')))).retryAt?.getTime()).toBe(until)
  expect(budget.numbers()).toMatchObject({ pausedUntil: new Date(until), refused: 2 })
})

test('no header may silence us for more than an hour', () => {
  const { budget, start } = bench()
  budget.pause(new Date(start + 400 * hour))
  expect(budget.numbers().pausedUntil).toEqual(new Date(start + hour))
})

test('the last tenth of the primary limit is for the end of access alone, until it is reset', async () => {
  const { clock, budget, start } = bench()
  const reset = Math.ceil((start + 30 * minute) / 1000)
  const told = (remaining: number, resource = 'core'): void =>
    budget.told({
      'x-ratelimit-limit': '5000',
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-reset': String(reset),
      'x-ratelimit-resource': resource
    })
  told(0, 'search')
  told(501)
  await clock.run(budget.read())
  told(500)
  expect((await clock.run(faultOf(budget.read()))).retryAt).toEqual(new Date(reset * 1000))
  await clock.run(urgently(() => budget.read()))
  told(0)
  expect((await clock.run(faultOf(urgently(() => budget.read())))).retryAt).toEqual(new Date(reset * 1000))
  clock.set(reset * 1000)
  await clock.run(budget.read())
  budget.told({ 'x-ratelimit-limit': 'many', 'x-ratelimit-remaining': 'few' })
  expect(budget.numbers()).toMatchObject({ remaining: null, limit: null, resetAt: null })
})

test('a clock that is set back locks nobody out (reliability fault 23)', async () => {
  const { clock, write, sent, start } = bench({ ...gitHubLimits, contentPerHour: 10 })
  for (let n = 0; n < 9; n += 1) await clock.run(write('', 'comment', { content: true }))
  clock.set(start - 2 * hour)
  await clock.run(write('back', 'comment', { content: true }))
  expect(sent.at(-1)).toEqual({ name: 'back', at: start - 2 * hour + second, content: true })
})

test('a write that fails makes room for the next', async () => {
  const { clock, budget, write, sent } = bench()
  const failing = budget.write({ priority: 'check', content: false }, () =>
    Promise.reject(new TypeError('fetch failed'))
  )
  const next = write('next')
  await clock.run(Promise.all([expect(failing).rejects.toThrow(TypeError), next]))
  expect(sent.map(({ name }) => name)).toEqual(['next'])
})

test('for a GitHub without limits nothing waits', async () => {
  const { clock, budget, write, sent, start } = bench(null)
  await Promise.all(Array.from({ length: 1000 }, (_, n) => write(String(n), 'comment', { content: true })))
  await budget.read()
  expect(sent).toHaveLength(1000)
  expect(clock.ms()).toBe(start)
})
