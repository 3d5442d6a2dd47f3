// The house in memory: a company on the local GitHub that has adopted the starter, Addendum as `app.ts` wires it, and time moved by hand.
import { generateKeyPairSync } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Octokit } from '@octokit/rest'
import { parse } from 'yaml'
import { createProbot } from '../src/app/probot.ts'
import { run } from '../src/app.ts'
import type { Running } from '../src/app.ts'
import { issueKeys, signerOf } from '../src/ledger/keys.ts'
import type { LedgerState } from '../src/ledger/state.ts'
import { createLog } from '../src/log.ts'
import { entitlementKey } from '../src/model/entitlement.ts'
import type { Entitlement } from '../src/model/entitlement.ts'
import { recommendedRulesets } from '../src/model/protection.ts'
import type { LedgerRecord } from '../src/model/record.ts'
import { openMemory } from '../src/providers/memory.ts'
import type { MemoryProvider } from '../src/providers/memory.ts'
import type { Limits } from '../src/read/budget.ts'
import { createReceiver } from '../src/receive/receive.ts'
import { match } from '../src/sandbox/github/description/description.ts'
import { createGitHub } from '../src/sandbox/github/github.ts'
import type { LocalGitHub } from '../src/sandbox/github/github.ts'
import type { GitRepository } from '../src/sandbox/github/git/repository.ts'
import type { Repository } from '../src/sandbox/github/store.ts'
import { handClock } from './house/clock.ts'
import type { HandClock } from './house/clock.ts'
import { ledgerOf, pathsOn, recordsOf } from './house/evidence.ts'
import { openLine } from './house/line.ts'
import type { Cut, Line, Tally } from './house/line.ts'
import { openLoop } from './house/loop.ts'
import type { Loop } from './house/loop.ts'
import { watchedProvider } from './house/watch.ts'
import type { Watched } from './house/watch.ts'

/** The people, with the ids that the starter's directory names, and one whom nobody knows. */
export const people = { octocat: 1001, mona: 1002, monalisa: 1003, lisa: 1004, hubot: 1005 } as const
export type PersonName = keyof typeof people

/** In which repository everything happens. */
export const at = { owner: 'acme', repo: 'access' } as const

/** What can be chosen about a house. */
export interface HouseOptions {
  /** Files over the starter's; null leaves one out. */
  files?: Record<string, string | null>
  /** The rules of main as `addendum doctor` asks for them, which owners may pass; default true. Without them nothing is granted. */
  protectMain?: boolean
  /** Lets the app's permissions be other than app.yml's. */
  permissions?: Record<string, 'read' | 'write'>
  /** Bare repositories on disk, for real git. */
  directory?: string
  /** GitHub's limits as the app keeps them, with a GitHub that refuses writes closer than a second; default: none on either side. */
  limits?: Limits
  /** What the local GitHub calls itself; null: only shaped like one, so that the app gets nothing but the core. */
  version?: string | null
  /** Where the app's life ends by itself. */
  cut?: Cut
}

/** One request of the app to GitHub. */
export interface Asked {
  operation: string
  status: number
}

/** What GitHub does instead of answering the app: null is a time-out, undefined the usual. People are not touched. */
export type Outage = (asked: { operation: string; path: string }) => Response | null | undefined

/** A company, its GitHub and Addendum. */
export interface House {
  clock: HandClock
  github: LocalGitHub
  /** The access repository behind the API. */
  repository: Repository
  git: GitRepository
  payments: MemoryProvider
  /** GitHub by each person's own token. */
  as: Record<PersonName, Octokit>
  tally: Tally
  /** Every request of the app so far, in all its lives. */
  asked: Asked[]
  /** Whether webhooks reach the app. */
  webhooks: boolean
  outage: Outage | undefined
  /** The queue of the app's present life. */
  loop(): Loop
  running(): Running
  /** Does everything that is due now, until nothing is. A life that ends is followed by another. */
  settle(): Promise<void>
  /** Moves time, and does everything on its way at its own instant. With `sweepEveryMs` the sweep comes round as the cron would. */
  advance(ms: number, options?: { sweepEveryMs?: number }): Promise<void>
  sweep(): Promise<void>
  /** The process is killed and its data directory deleted (or kept); then it starts again and settles. */
  restart(options?: { keepQueue?: boolean }): Promise<void>
  ledger(): Promise<LedgerState>
  records(): LedgerRecord[]
  /** Request files on main, without their folder. */
  onMain(): string[]
  /** Gives somebody access that is none of ours. */
  setForeign(e: Entitlement): void
  /** What went wrong that no test may accept; empty in a good run. */
  finish(): Promise<string[]>
}

const appKeys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const privateKey = appKeys.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
const starter = fileURLToPath(new URL('../policies/starter', import.meta.url))
const manifest = parse(readFileSync(new URL('../app.yml', import.meta.url), 'utf8')) as {
  default_permissions: Record<string, 'read' | 'write'>
  default_events: string[]
}
const webhookSecret = 'a secret of the tests'
const log = createLog(process.env['HOUSE_LOG'] ?? 'silent')

/** Builds the house and starts the app in it. */
export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const clock = handClock()
  const tally: Tally = { calls: [], cut: options.cut }
  const asked: Asked[] = []
  const ledgerKeys = issueKeys()
  const signer = signerOf(ledgerKeys.app, ledgerKeys.certificate)
  let life: { line: Line; loop: Loop; running: Running } | undefined
  const faults: Loop['faults'] = []
  const bugs: unknown[] = []

  const github = createGitHub({
    clock,
    ...(options.directory === undefined ? {} : { directory: options.directory }),
    app: {
      id: 4242,
      slug: 'addendum',
      name: 'Addendum',
      privateKeyPem: privateKey,
      permissions: options.permissions ?? manifest.default_permissions,
      events: manifest.default_events,
      webhookSecret
    },
    webhookUrl: 'http://127.0.0.1:1/hook',
    requestsPerHour: 1_000_000,
    ...(options.version === undefined ? {} : { version: options.version }),
    ...(options.limits === undefined ? {} : { writeSpacingMs: options.limits.spacingMs }),
    deliver: async request => {
      if (!house.webhooks || life === undefined) return new Response(null, { status: 503 })
      const receive = createReceiver({ secrets: { current: webhookSecret }, queue: life.loop, log })
      const bytes = new Uint8Array(await request.arrayBuffer())
      const answer = await receive({ headers: Object.fromEntries(request.headers), body: once(bytes) })
      return new Response(answer.body, { status: answer.status })
    }
  })
  const repository = seed(github, options)
  const git = github.world.git(repository)
  const payments = openMemory('payments-db', { kind: 'memory', resources: { ledger: ['reader', 'writer'] } })
  const team = openMemory('github', {
    kind: 'memory',
    resources: { 'repo:acme/payments': ['write'], 'team:acme/on-call': ['member'] }
  })
  const watched: Watched = { clock, github, git, repository, foreign: new Set(), broken: [] }
  const providers = [payments, team]

  /** The app's own way to GitHub. */
  const appFetch =
    (line: Line) =>
    async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
      const request = new Request(url, init)
      const path = new URL(request.url).pathname.replace(/^\/api\/v3/, '')
      const operation = match(request.method, path)?.operation.id ?? `${request.method} ${path}`
      return await line.pass(operation, async () => {
        const instead = house.outage?.({ operation, path })
        if (instead === null) throw new TypeError('fetch failed: the connection timed out')
        const response = instead ?? (await github.fetch(request))
        asked.push({ operation, status: response.status })
        return response
      })
    }

  /** Starts the app, as often as it takes: it may be killed while it starts. */
  async function live(kept?: Loop): Promise<void> {
    for (;;) {
      if (life !== undefined) {
        faults.push(...life.loop.faults)
        bugs.push(...life.loop.bugs)
      }
      life = undefined
      const line = openLine(tally)
      const loop = openLoop(clock, kept)
      const probot = createProbot({
        appId: 4242,
        privateKey,
        baseUrl: 'http://github.local/api/v3',
        log,
        fetch: appFetch(line) as typeof fetch
      })
      // With limits the app waits for its turn, and whoever waits moves time.
      const patient =
        options.limits === undefined ? clock : { ...clock, sleep: async (ms: number) => clock.forward(ms) }
      const ports = {
        clock: patient,
        log,
        probot,
        signer,
        repositories: [String(repository.id)],
        limits: options.limits ?? null,
        providers: new Map(providers.map(one => [one.name, watchedProvider(one, line, watched)]))
      }
      const running = await Promise.race([run(ports, loop, null), line.died])
      if (running === 'died') continue
      life = { line, loop, running }
      return
    }
  }

  const present = (): NonNullable<typeof life> => {
    if (life === undefined) throw new Error('the app does not live')
    return life
  }

  async function settle(): Promise<void> {
    for (;;) {
      await github.outbox.settled()
      const { loop, line } = present()
      const worked = await loop.step(line.died)
      const dead = await Promise.race([line.died, Promise.resolve('lives')])
      if (dead === 'died') await live()
      else if (!worked) {
        await github.outbox.settled()
        const next = loop.nextAt()
        if (next === undefined || next > clock.now()) return
      }
    }
  }

  const token = (login: string): string =>
    Object.values(github.world.state.accounts).find(account => account.login === login)?.token ?? ''
  const octokit = (login: string): Octokit =>
    new Octokit({
      auth: token(login),
      baseUrl: 'http://github.local/api/v3',
      request: { fetch: (url: string, init: RequestInit) => github.fetch(new Request(url, init)) },
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
    })

  const house: House = {
    clock,
    github,
    repository,
    git,
    payments,
    as: Object.fromEntries(Object.keys(people).map(login => [login, octokit(login)])) as House['as'],
    tally,
    asked,
    webhooks: true,
    outage: undefined,
    loop: () => present().loop,
    running: () => present().running,
    settle,
    advance: async (ms, { sweepEveryMs } = {}) => {
      const until = clock.now().getTime() + ms
      let sweepAt = sweepEveryMs === undefined ? Infinity : clock.now().getTime() + sweepEveryMs
      for (;;) {
        await settle()
        const next = Math.min(present().loop.nextAt()?.getTime() ?? Infinity, sweepAt)
        const stop = Math.min(next, until)
        clock.forward(Math.max(0, stop - clock.now().getTime()))
        if (next > until) break
        if (stop === sweepAt) {
          sweepAt += sweepEveryMs ?? Infinity
          await house.sweep()
        }
      }
      await settle()
    },
    sweep: async () => {
      const { running, line } = present()
      if ((await Promise.race([running.sweep(), line.died])) === 'died') await live()
      await settle()
    },
    restart: async ({ keepQueue = false } = {}) => {
      const { line, loop } = present()
      line.kill()
      await live(keepQueue ? loop : undefined)
      await settle()
    },
    ledger: () => ledgerOf(git),
    records: () => recordsOf(git),
    onMain: () => pathsOn(git, 'main', 'requests/').map(path => path.split('/').slice(1).join('/')),
    setForeign: e => {
      watched.foreign.add(entitlementKey(e))
      payments.setForeign(e)
    },
    finish: async () => {
      await settle()
      const state = await ledgerOf(git)
      return [
        ...github.violations.map(one => `violation: ${one}`),
        ...watched.broken,
        ...[...bugs, ...present().loop.bugs].map(bug => `bug: ${bug instanceof Error ? bug.stack : String(bug)}`),
        ...state.anomalies.map(({ code, seq, request }) => `anomaly: ${code} at ${seq} of ${request}`)
      ]
    }
  }
  await github.outbox.settled()
  await live()
  await settle()
  return house
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function seed(github: LocalGitHub, options: HouseOptions): Repository {
  const build = github.seed
  for (const [login, id] of Object.entries(people)) {
    if (build.user(login).id !== id) throw new Error(`${login} did not get the id that the starter's directory names`)
  }
  build.organization('acme', { basePermission: 'read' })
  for (const login of Object.keys(people)) build.member('acme', login, login === 'lisa' ? 'admin' : 'member')
  build.team('acme', 'payments', { members: ['octocat', 'monalisa'] })
  build.team('acme', 'payments-leads', { members: ['mona'] })
  build.team('acme', 'security', { members: ['lisa'] })
  const files = { ...starterFiles(), ...options.files }
  const repository = build.repository('acme', 'access', {
    files: Object.fromEntries(Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== null)),
    private: true,
    deleteBranchOnMerge: true,
    message: 'Begin with the starter',
    author: 'lisa'
  })
  for (const slug of ['payments', 'payments-leads', 'security'])
    build.teamRepository(`acme/${slug}`, 'acme/access', 'write')
  for (const ruleset of recommendedRulesets(4242)) {
    const main = ruleset.conditions.ref_name.include.includes('~DEFAULT_BRANCH')
    if (main && options.protectMain === false) continue
    // Organisation owners may push past the rules of main, as in many a company: that is what the app must catch.
    const owners = { actor_id: null, actor_type: 'OrganizationAdmin', bypass_mode: 'always' } as const
    build.ruleset('acme/access', main ? { ...ruleset, bypass_actors: [...ruleset.bypass_actors, owners] } : ruleset)
  }
  build.install('acme', ['acme/access'])
  return repository
}

function starterFiles(): Record<string, string | null> {
  const entries = readdirSync(starter, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  return Object.fromEntries(
    entries
      .map(entry => join(entry.parentPath, entry.name))
      .map(path => [relative(starter, path), readFileSync(path, 'utf8')])
  )
}
