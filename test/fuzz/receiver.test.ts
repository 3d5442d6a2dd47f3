// Whatever comes to the door: one of six answers, within 100 ms, and no job but of keys that we know (attacks 70–72).
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLog } from '../../src/log.ts'
import type { Json } from '../../src/model/ports.ts'
import type { Job } from '../../src/queue/queue.ts'
import { hintsOf } from '../../src/receive/hints.ts'
import { createReceiver } from '../../src/receive/receive.ts'
import { bounded, cases, hostile, patience } from './cases.ts'

const secret = 'a secret of the tests'
const events = [
  'pull_request',
  'pull_request_review',
  'issue_comment',
  'push',
  'check_run',
  'check_suite',
  'installation',
  'team',
  'membership',
  'repository',
  'merge_group',
  '__proto__',
  'constructor',
  ''
]
const names = [
  'installation',
  'repository',
  'pull_request',
  'issue',
  'check_run',
  'check_suite',
  'pull_requests',
  'number',
  'id',
  'owner',
  'login',
  'name',
  'action',
  'ref',
  'default_branch',
  '__proto__',
  'constructor',
  'toString'
]
const leaf = fc.oneof(
  hostile,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('refs/heads/main', 'main', 'rerequested', 'acme')
)
const { tree } = fc.letrec<{ tree: Json }>(tie => ({
  tree: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    leaf as fc.Arbitrary<Json>,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...names), hostile), tie('tree'), { maxKeys: 6 })
  )
}))
/** What GitHub sends, with one part replaced by anything. */
const payload: fc.Arbitrary<Json> = fc.tuple(fc.constantFrom(...names), tree).map(([name, value]): Json => ({
  action: 'opened',
  installation: { id: 9 },
  repository: { id: 42, name: 'access', owner: { login: 'acme' }, default_branch: 'main' },
  pull_request: { number: 7 },
  issue: { number: 7, pull_request: {} },
  check_run: { pull_requests: [{ number: 7 }] },
  ref: 'refs/heads/main',
  [name]: value
}))

function wellFormed(jobs: Job[]): void {
  for (const { key, lane, data } of jobs) {
    expect(key).toMatch(/^(pull\/\d{1,16}\/\d{1,16}|(main|groups|notice|sweep)\/\d{1,16})$/)
    expect(lane).toBe('walk')
    // What is kept is small and plain: ids, names of GitHub's alphabet, the event and its delivery.
    expect(JSON.stringify(data)).toMatch(/^[\w{}":,.[\]/ -]{1,700}$/)
  }
}

test('any payload of any event asks for keys that we know, or for nothing', patience, () => {
  fc.assert(
    fc.property(fc.constantFrom(...events), fc.oneof(payload, tree), (event, given) => {
      const jobs = bounded(() => hintsOf(event, JSON.parse(JSON.stringify(given)) as Json, 'delivery-1'))
      wellFormed(jobs)
      expect(jobs.length).toBeLessThanOrEqual(100)
    }),
    { numRuns: cases }
  )
})

const header = fc.option(
  fc.oneof(hostile, fc.constantFrom('pull_request', 'push', '72d3162e-cc78-11e3-81ab-4c9367dc0958')),
  { nil: undefined }
)

test('any delivery gets an answer, and only a signed one is stored', patience, async () => {
  const log = createLog('silent')
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        payload.map(given => JSON.stringify(given)),
        hostile
      ),
      fc.boolean(),
      header,
      header,
      header,
      fc.integer({ min: 1, max: 500 }),
      async (text, signed, event, delivery, forged, chunk) => {
        const stored: Job[] = []
        const receive = createReceiver({
          secrets: { current: secret },
          queue: { look: async jobs => void stored.push(...jobs) },
          log,
          maxBytes: 4000
        })
        const bytes = Buffer.from(text)
        const signature = signed ? `sha256=${createHmac('sha256', secret).update(bytes).digest('hex')}` : forged
        const began = performance.now()
        const answer = await receive({
          headers: { 'x-hub-signature-256': signature, 'x-github-event': event, 'x-github-delivery': delivery },
          body: (async function* body() {
            for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk)
          })()
        })
        expect(performance.now() - began).toBeLessThan(1000)
        expect([202, 400, 401, 413]).toContain(answer.status)
        if (!signed) expect(answer.status === 401 || answer.status === 413).toBe(true)
        if (answer.status !== 202) expect(stored).toEqual([])
        wellFormed(stored)
      }
    ),
    { numRuns: cases }
  )
})
