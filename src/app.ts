// Wires the rooms and starts them: with app/, the only place that knows them all. Its default export is a Probot application function.
import { readFile } from 'node:fs/promises'
import { schedule } from 'node-cron'
import type { Probot } from 'probot'
import type { Logger } from 'pino'
import about from '../package.json' with { type: 'json' }
import { baseUrlOf, createProbot } from './app/probot.ts'
import { createWorld } from './app/world.ts'
import type { Ports } from './app/world.ts'
import { systemClock } from './clock.ts'
import { ConfigError } from './config/config-error.ts'
import { readConfig } from './config/config.ts'
import type { Config } from './config/config.ts'
import { openDatabase } from './database/database.ts'
import { hintsOf } from './receive/hints.ts'
import { keyFromPem, signerOf } from './ledger/keys.ts'
import { createLog } from './log.ts'
import type { Clock, Json } from './model/ports.ts'
import { formatProblem } from './model/problem.ts'
import { openProviders } from './providers/index.ts'
import { readInstances } from './providers/instances.ts'
import type { Provider } from './providers/provider.ts'
import { openQueue } from './queue/queue.ts'
import type { Queue } from './queue/queue.ts'
import { gitHubLimits } from './read/budget.ts'
import { reconcile } from './reconcile/reconcile.ts'
import { sweepLook } from './reconcile/world.ts'
import type { World } from './reconcile/world.ts'

/** Addendum at work. */
export interface Running {
  version: string
  startedAt: Date
  world: World
  queue: Queue
  /** Looks at everything: what the cron and every start do. */
  sweep(): Promise<void>
  stop(): Promise<void>
}

/** Puts the queue to work on the world and looks at everything once: one way to start, after a stop as after a crash. */
export async function run(ports: Ports, queue: Queue, sweepAt: string | null): Promise<Running> {
  const world = createWorld(ports)
  const sweep = async (): Promise<void> => {
    const ids = await world.installations()
    await queue.look(ids.map(sweepLook))
  }
  const attempt = (): Promise<void> =>
    sweep().catch((error: unknown) => {
      world.log.error({ err: error }, 'The sweep could not begin; the next one will')
    })
  await queue.work(async job => await reconcile(world, job))
  const cron = sweepAt === null ? undefined : schedule(sweepAt, attempt, { noOverlap: true })
  await attempt()
  return {
    version: about.version,
    startedAt: ports.clock.now(),
    world,
    queue,
    sweep,
    stop: async () => {
      await cron?.stop()
      await queue.stop()
      for (const provider of ports.providers.values()) await provider.close()
    }
  }
}

/** The operator's file, read and opened. Throws a ConfigError that names every line that is wrong. */
async function loadProviders(
  path: string | undefined,
  ports: { log: Logger; clock: Clock }
): Promise<Map<string, Provider>> {
  if (path === undefined) return new Map()
  const read = readInstances(path, await readFile(path), process.env)
  if (read.ok) return await openProviders(read.value, ports)
  throw new ConfigError(
    read.problems.map(problem => ({ variable: 'ADDENDUM_PROVIDERS', code: 'invalid', hint: formatProblem(problem) }))
  )
}

/**
 * Everything from the configuration on: database, queue, providers, world. Both doors, `npm start` and `probot run`, use
 * it. `spaced: false` only for a GitHub without limits of its own, such as the local one.
 */
export async function start(
  config: Config,
  given: { probot?: Probot; log?: Logger; clock?: Clock; spaced?: boolean } = {}
): Promise<Running> {
  const log = given.log ?? createLog(config.log)
  const clock = given.clock ?? systemClock
  const probot =
    given.probot ??
    createProbot({
      appId: config.app.id,
      privateKey: config.app.privateKey.reveal(),
      baseUrl: baseUrlOf(config.github),
      log
    })
  const signer = signerOf(keyFromPem(config.ledger.key.reveal()), config.ledger.certificate)
  const providers = await loadProviders(config.providers, { log, clock })
  const database = await openDatabase({ url: config.database.url?.reveal(), directory: config.database.directory, log })
  const queue = await openQueue({ database, clock, log })
  const limits = given.spaced === false ? null : gitHubLimits
  const running = await run(
    { clock, log, probot, providers, signer, repositories: config.repositories, limits },
    queue,
    config.sweep
  )
  return {
    ...running,
    stop: async () => {
      await running.stop()
      await database.close()
    }
  }
}

/** For `probot run ./src/app.ts` and `probot.receive()`: every event becomes a durable hint, as at our own door. */
export default async function addendum(probot: Probot): Promise<void> {
  const running = await start(readConfig(process.env), { probot })
  receiveThrough(probot, running.queue)
}

/** Lets every event that reaches Probot become a durable hint; it is answered when that is so. */
export function receiveThrough(probot: Probot, queue: Pick<Queue, 'look'>): void {
  probot.onAny(async event => {
    const jobs = hintsOf(event.name, event.payload as unknown as Json, event.id)
    if (jobs.length > 0) await queue.look(jobs)
  })
}
