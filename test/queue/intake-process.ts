// A process that stores looks one after the other and says which are durable, to be killed by the tests in the middle.
import { systemClock } from '../../src/clock.ts'
import { openDatabase } from '../../src/database/database.ts'
import { createLog } from '../../src/log.ts'
import { openQueue } from '../../src/queue/queue.ts'

const [directory = '', round = ''] = process.argv.slice(2)
const log = createLog('silent')
const database = await openDatabase({ directory, log, fsync: false })
const queue = await openQueue({ database, clock: systemClock, log })
await queue.work(() => new Promise(() => {}))
for (let number = 0; ; number += 1) {
  const key = `${round}/${number}`
  const lane = number % 2 === 0 ? 'walk' : 'revoke'
  if (number % 3 === 0) await queue.look([{ lane, key }], { at: new Date(systemClock.now().getTime() + 1000) })
  else await queue.look([{ lane, key }])
  process.stdout.write(`${key}\n`)
}
