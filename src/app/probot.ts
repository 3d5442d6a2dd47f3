// Wiring: GitHub as the app itself reaches it.
import { Probot, ProbotOctokit } from 'probot'
import type { Logger } from 'pino'
import type { Config } from '../config/config.ts'

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
