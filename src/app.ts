// Builds the world and wires its rooms: the only file that knows them all. Its default export is a Probot application function.
import { readFile } from 'node:fs/promises'
import { schedule } from 'node-cron'
import { Probot, ProbotOctokit } from 'probot'
import type { Logger } from 'pino'
import about from '../package.json' with { type: 'json' }
import { nothingWritten } from './act/written.ts'
import { systemClock } from './clock.ts'
import { ConfigError } from './config/config-error.ts'
import { readConfig } from './config/config.ts'
import type { Config } from './config/config.ts'
import { openDatabase } from './database/database.ts'
import { hintsOf } from './receive/hints.ts'
import { gitHubStore } from './ledger/github-store.ts'
import { keyFromPem, signerOf } from './ledger/keys.ts'
import type { Signer } from './ledger/keys.ts'
import { openLedger } from './ledger/ledger.ts'
import { createLog } from './log.ts'
import { Fault } from './model/fault.ts'
import type { Clock, Json } from './model/ports.ts'
import { formatProblem } from './model/problem.ts'
import { openProviders } from './providers/index.ts'
import { readInstances } from './providers/instances.ts'
import type { Provider } from './providers/provider.ts'
import { openQueue } from './queue/queue.ts'
import type { Queue } from './queue/queue.ts'
import { gitHubLimits } from './read/budget.ts'
import type { Limits } from './read/budget.ts'
import { openInstallation } from './read/github.ts'
import type { GitHub } from './read/github.ts'
import type { Repository } from './read/repository.ts'
import { reconcile } from './reconcile/reconcile.ts'
import { openTurns } from './reconcile/turns.ts'
import { sweepLook } from './reconcile/world.ts'
import type { AccessRepository, Home, World } from './reconcile/world.ts'

/** What the world is built from. Everything impure comes in here. */
export interface Ports {
  clock: Clock
  log: Logger
  probot: Probot
  providers: ReadonlyMap<string, Provider>
  signer: Signer
  /** The access repositories, by numeric id or `owner/name`; the operator's word, out of reach of any pull request. */
  repositories: readonly string[]
  /** What GitHub allows; null only for one without limits of its own, such as the local one. */
  limits: Limits | null
}

/** The world that every walk is given. Access repositories are opened on first sight and kept. */
export function createWorld({ clock, log, probot, providers, signer, repositories: named, limits }: Ports): World {
  const installations = new Map<number, Promise<GitHub>>()
  const repositories = new Map<number, Promise<AccessRepository>>()
  const opened = { installations: new Map<number, GitHub>(), repositories: new Map<number, AccessRepository>() }
  let self: Promise<Pick<Repository, 'app' | 'bot'>> | undefined

  const installation = (id: number): Promise<GitHub> =>
    once(installations, id, async () => {
      const github = openInstallation(await probot.auth(), id, { clock, log, limits })
      opened.installations.set(id, github)
      return github
    })

  async function whoWeAre(github: GitHub): Promise<Pick<Repository, 'app' | 'bot'>> {
    const app = await probot.auth()
    const { data } = await app.request('GET /app')
    const login = `${data?.slug ?? ''}[bot]`
    const { data: user } = await github.request('GET /users/{username}', { username: login })
    return { app: Number(data?.id), bot: { id: Number(user.id), login } }
  }

  async function openRepository(home: Home): Promise<AccessRepository> {
    const github = await installation(home.installation)
    self ??= whoWeAre(github)
    self.catch(() => (self = undefined))
    const { owner, name } = home.repository
    const { data } = await github.request('GET /repos/{owner}/{repo}', { owner, repo: name })
    // Another one may have taken the name since: its empty ledger would end nothing of what this one granted (attack #86).
    if (Number(data.id) !== home.repository.id) {
      throw new Fault('github.missing', `${owner}/${name} is another repository now`)
    }
    const repository: Repository = {
      github,
      installation: home.installation,
      id: Number(data.id),
      owner: data.owner.login,
      name: data.name,
      defaultBranch: data.default_branch,
      deletesMergedBranches: data.delete_branch_on_merge === true,
      ...(await self)
    }
    const ledger = await openLedger({
      store: gitHubStore({ octokit: github, owner: repository.owner, repo: repository.name }),
      signer,
      clock,
      app: about.version,
      repository: repository.id,
      mainTip: async () => {
        const branch = await github.request('GET /repos/{owner}/{repo}/branches/{branch}', {
          owner,
          repo: name,
          branch: repository.defaultBranch
        })
        return branch.data.commit.sha
      }
    })
    return {
      home,
      log: log.child({ repository: repository.id }),
      repository,
      ledger,
      written: nothingWritten(),
      turns: openTurns(limits !== null),
      merges: new Map(),
      reverts: null,
      seen: { sweptAt: null, protection: null }
    }
  }

  return {
    clock,
    log,
    providers,
    installation,
    asApp: () => probot.auth(),
    serves: ({ repository: { id, owner, name } }) =>
      named.includes(String(id)) || named.includes(`${owner}/${name}`.toLowerCase()),
    open: home =>
      once(repositories, home.repository.id, async () => {
        const access = await openRepository(home)
        opened.repositories.set(home.repository.id, access)
        return access
      }),
    opened: () => ({ installations: opened.installations, repositories: [...opened.repositories.values()] }),
    installations: async () => {
      const app = await probot.auth()
      const ids: number[] = []
      for (let page = 1; ; page += 1) {
        const { data } = await app.request('GET /app/installations', { per_page: 100, page })
        ids.push(...data.filter(one => one.suspended_at === null).map(one => Number(one.id)))
        if (data.length < 100) return ids
      }
    }
  }
}

/** One opening at a time for each id; one that failed is tried again. */
function once<T>(known: Map<number, Promise<T>>, id: number, open: () => Promise<T>): Promise<T> {
  const found = known.get(id)
  if (found !== undefined) return found
  const opening = open()
  known.set(id, opening)
  opening.catch(() => known.delete(id))
  return opening
}

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

/** GitHub ends what takes it longer than 10 s (docs.github.com, "Troubleshooting the REST API"); this ends a dead line. */
const longestRequestMs = 20_000

function patientFetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  return fetch(url, { ...init, signal: init?.signal ?? AbortSignal.timeout(longestRequestMs) })
}

/** Probot as this app needs it: without its throttling and retries (docs/decisions.md, "GitHub's limits"). */
export function createProbot(options: {
  appId: number
  privateKey: string
  baseUrl: string
  log: Logger
  fetch?: typeof fetch
}): Probot {
  const Octokit = ProbotOctokit.defaults((given: ConstructorParameters<typeof ProbotOctokit>[0]) => ({
    ...given,
    throttle: { ...given?.throttle, enabled: false },
    retry: { enabled: false }
  }))
  return new Probot({
    appId: options.appId,
    privateKey: options.privateKey,
    baseUrl: options.baseUrl,
    log: options.log,
    // Webhooks reach us through our own door, which verifies them; Probot must not fall back to its known secret.
    secret: 'not used: deliveries are verified by receive.ts',
    Octokit: Octokit as typeof ProbotOctokit,
    request: { fetch: options.fetch ?? patientFetch }
  })
}

/** Where the REST API of the configured GitHub is. */
export function baseUrlOf(github: Config['github']): string {
  return github.host === 'github.com' ? 'https://api.github.com' : `${github.protocol}://${github.host}/api/v3`
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
