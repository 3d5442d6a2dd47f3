// The app as the sandbox runs it: the same start as `npm start`, in a process of its own that can be killed, by a clock that can be moved.
import { readConfig } from '../config/config.ts'
import { start } from '../app.ts'
import { createReceiver } from '../receive/receive.ts'
import { listen } from '../server.ts'
import { openStatus } from '../status/pages.ts'
import { createLog } from '../log.ts'
import { movableClock, moveDate } from './clock.ts'

/** What the parent tells this process. */
export type Order = { offsetMs: number } | { sweep: true } | { idle: number } | { stop: true }

/** What this process tells its parent. */
export type Word = { ready: string } | { idle: number } | { counts: unknown }

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const log = createLog(config.log)
  const clock = movableClock(Number(process.argv[2] ?? 0))
  // Libraries judge by `Date` when a token is old, and GitHub here goes by the story's clock.
  moveDate(clock)
  const running = await start(config, { clock, log, spaced: false })
  const receive = createReceiver({ secrets: { current: config.webhook.secret.reveal() }, queue: running.queue, log })
  const health = { live: async () => true, ready: async () => true }
  const door = await listen({ ...config.server, receive, health, log })
  const page = await openStatus(config.status, { ...running, clock }, log)
  process.on('message', (order: Order) => {
    if ('offsetMs' in order) clock.moveTo(order.offsetMs)
    if ('sweep' in order)
      void running.sweep().catch((error: unknown) => log.error({ err: error }, 'The sweep could not begin'))
    if ('idle' in order) void running.queue.idle().then(() => process.send?.({ idle: order.idle } satisfies Word))
    if ('stop' in order)
      void Promise.all([door.close(), page?.close()])
        .then(running.stop)
        .then(() => process.exit(0))
  })
  // Whoever started us is gone: so are we, and the next start goes on from here.
  process.on('disconnect', () => process.exit(0))
  process.send?.({ ready: door.url } satisfies Word)
}

await main()
