// Local GitHub, wiring: one `fetch` before a small, real GitHub; rest.ts and git answer, webhooks leave by the outbox.
import { randomBytes } from 'node:crypto'
import { readDeliveries, writeDelivery } from './delivery-log.ts'
import { createFaults } from './faults.ts'
import type { Faults } from './faults.ts'
import { serveGit } from './git/http-backend.ts'
import { createLimits } from './limits.ts'
import { tendQueue } from './merge-queue.ts'
import { createOutbox } from './outbox.ts'
import type { Outbox } from './outbox.ts'
import { createResponder } from './respond.ts'
import { createRest } from './rest.ts'
import type { OperationCount } from './rest.ts'
import { createSeed } from './seed.ts'
import type { Seed } from './seed.ts'
import { dispatch } from './webhooks.ts'
import { createWorld } from './world.ts'
import type { AppOptions, World } from './world.ts'

/** What a local GitHub is made with. Only `clock` and `app` are needed. */
export interface GitHubOptions {
  clock: { now(): Date }
  /** Bare repositories and state.json live here, so that `git clone` and restarts work; without it all is in memory. */
  directory?: string
  app: AppOptions
  /** How webhooks leave; default: HTTP to the app's webhook URL. */
  deliver?: (request: Request) => Promise<Response>
  webhookUrl?: string
  /** GitHub's secondary limit: writes by one token closer than this answer 403 with retry-after. 0 is off. */
  writeSpacingMs?: number
  /** Requests per token and hour of the clock (304 are free). Default 5000, as GitHub's. */
  requestsPerHour?: number
  /**
   * Default true: each answer and payload is checked against GitHub's description; a violation answers 500 and is
   * recorded.
   */
  strict?: boolean
  /**
   * What it calls itself in `x-github-enterprise-version`. Null: a server that is only shaped like GitHub, where an app
   * gets a 404 for all but the core (core.ts). Default: a GitHub Enterprise Server.
   */
  version?: string | null
  /** Source of tokens and GUIDs; default node:crypto. A simulation gives its own. */
  random?: (bytes: number) => Buffer
}

/** A GitHub on this machine. */
export interface LocalGitHub {
  /** REST under `/api/v3`; git over HTTP under `/OWNER/REPO.git` (with a directory). A simulated time-out rejects. */
  fetch(request: Request): Promise<Response>
  /** Builds the world without the API's ceremony, and raises no webhooks but those of `install`. */
  seed: Seed
  outbox: Outbox
  faults: Faults
  counts(): Map<string, OperationCount>
  resetCounts(): void
  /** What GitHub's description forbids and this GitHub nevertheless said; empty in a good run. */
  violations: string[]
  /** Whether this world began with this start; a directory that held one is continued. */
  fresh: boolean
  /** The permanent store, for tests that look behind the API. */
  world: World
}

/** GitHub waits so long for the receiver of a webhook. */
const DELIVERY_TIMEOUT_MS = 10_000

/** Opens the GitHub of a directory, or makes an empty one. */
export function createGitHub(options: GitHubOptions): LocalGitHub {
  const strict = options.strict ?? true
  const violations: string[] = []
  const report = strict
    ? (violation: string): void => {
        throw new Error(violation)
      }
    : undefined
  const random = options.random ?? randomBytes
  const world: World = createWorld({
    ...options,
    random,
    raise: happening => dispatch(world, outbox, happening, report)
  })
  const faults = createFaults(() => {
    for (const token of Object.values(world.state.tokens)) token.expiresAt = world.stamp()
  })
  const earlier = readDeliveries(options.directory)
  // A kill may have come between the writing of a delivery and of the state.
  world.state.nextId = Math.max(world.state.nextId, ...earlier.map(d => d.id + 1))
  const outbox = createOutbox({
    world,
    faults,
    earlier,
    deliver: options.deliver ?? (request => fetch(request, { signal: AbortSignal.timeout(DELIVERY_TIMEOUT_MS) })),
    keep: delivery => writeDelivery(options.directory, delivery)
  })
  const limits = createLimits({
    clock: options.clock,
    writeSpacingMs: options.writeSpacingMs ?? 0,
    requestsPerHour: options.requestsPerHour ?? 5000
  })
  const version = options.version === undefined ? '3.21.0' : options.version
  const respond = createResponder(world, version, bug => {
    violations.push(bug instanceof Error ? (bug.stack ?? bug.message) : String(bug))
  })
  let pushing: Promise<unknown> = Promise.resolve()
  const pushes = (): Promise<unknown> => pushing
  const rest = createRest({ world, outbox, faults, limits, respond, coreOnly: version === null, pushes, report })

  function pushed(): void {
    for (const repository of Object.values(world.state.repositories)) tendQueue(world, repository)
    world.save()
  }

  return {
    async fetch(request) {
      const url = new URL(request.url)
      world.origin = url.origin
      if (!/^\/[^/]+\/[^/]+\.git\//.test(url.pathname)) return rest.fetch(request, url)
      const turn = pushing.then(() => serveGit(world, request, url).catch(error => respond.refuse(error)))
      pushing = turn.then(pushed)
      return turn
    },
    seed: createSeed(world),
    outbox,
    faults,
    counts: () => new Map(rest.counts),
    resetCounts: () => rest.counts.clear(),
    violations,
    fresh: world.fresh,
    world
  }
}
