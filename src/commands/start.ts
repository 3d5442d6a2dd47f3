// `addendum start`, which is `npm start`: the server, set up by the environment.
import { start } from '../app.ts'
import { systemClock } from '../clock.ts'
import { readConfig } from '../config/config.ts'
import { createLog } from '../log.ts'
import { createReceiver } from '../receive/receive.ts'
import { listen } from '../server.ts'
import { countsOf } from '../status/gather.ts'
import { openStatus } from '../status/pages.ts'
import type { Output } from './output.ts'

/** Serves until SIGTERM or SIGINT. Stopping finishes nothing that a crash would not have finished as well. */
export async function startCommand(_options: object, out: Output): Promise<number> {
  const config = readConfig(process.env)
  const log = createLog(config.log)
  const running = await start(config, { log, clock: systemClock })
  const secrets = { current: config.webhook.secret.reveal(), previous: config.webhook.previous?.reveal() }
  const receive = createReceiver({ secrets, queue: running.queue, log })
  const ready = async (): Promise<boolean> => (await countsOf(running.queue, systemClock)) !== null
  const door = await listen({ ...config.server, receive, health: { live: async () => true, ready }, log })
  out.write(`Addendum takes webhooks at ${door.url}/api/github/webhooks\n`)
  const page = await openStatus(config.status, { ...running, clock: systemClock }, log)
  if (page !== undefined) out.write(`Its status is at ${page.url}/status\n`)
  await new Promise<void>(resolve => {
    process.once('SIGTERM', resolve)
    process.once('SIGINT', resolve)
  })
  await Promise.all([door.close(), page?.close()])
  await running.stop()
  return 0
}
