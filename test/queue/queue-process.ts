// A worker in a process of its own, to be killed by the tests: it takes each job, says so, and never ends it.
import { systemClock } from '../../src/clock.ts'
import { createLog } from '../../src/log.ts'
import { openQueue } from '../../src/queue/queue.ts'

const [url = ''] = process.argv.slice(2)
const database = { config: { connectionString: url }, embedded: false }
const queue = await openQueue({ database, clock: systemClock, log: createLog('silent') })
await queue.work(job => {
  process.stdout.write(`${job.key}\n`)
  return new Promise(() => {})
})
