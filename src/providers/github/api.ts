// How the GitHub provider reaches GitHub: one host, no redirects, and failures in words that hold no secret.
import type { Octokit } from '@octokit/rest'
import { Fault } from '../../model/fault.ts'
import type { Log } from '../../model/ports.ts'
import { missingLibrary } from '../missing-library.ts'

/** Where GitHub is and who we are there, from the operator's file alone (attack #78). Give a token, or a GitHub App. */
export interface ApiSettings {
  /** `https://HOST/api/v3` of a GitHub Enterprise Server; left out: github.com. */
  api?: string
  /** A token that may administer the listed teams and repositories, and nothing else. */
  token?: string
  /** A GitHub App of its own: `members: write` for teams, `administration: write` for repositories. */
  app?: { id: string; installation: string; privateKey: string }
}

/** An account, by the number that no renaming changes (attack #13). */
export interface Account {
  id: number
  login: string
}

/** GitHub's REST API; every failure of it is a `Fault`. */
export interface Api {
  readonly name: string
  readonly octokit: Octokit
  /**
   * Runs `work` and turns GitHub's failures into Faults; a 404 is `provider.unconfirmed`, since it may only mean lost
   * permission.
   */
  ask<T>(work: (octokit: Octokit) => Promise<T>): Promise<T>
  /** As `ask`; a 404 is `undefined`. */
  find<T>(work: (octokit: Octokit) => Promise<T>): Promise<T | undefined>
  /** The person with this number, or undefined when there is none (any more). Anything but a person is refused. */
  account(id: number): Promise<Account | undefined>
}

const patienceMs = 15_000
const loopback = /^(localhost|127\.0\.0\.1|\[::1\])$/

/**
 * Opens the API; nothing is sent before the first call. Refuses an address that is not https (a loopback host may be
 * http).
 */
export async function openApi(name: string, settings: ApiSettings, log: Log): Promise<Api> {
  const refused = (because: string, cause?: unknown) =>
    new Fault('provider.refused', `${name}: ${because}`, { retry: false, cause })
  const url = settings.api === undefined ? undefined : URL.parse(settings.api)
  if (url === null) throw refused('api is not a URL')
  if (url !== undefined && url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback.test(url.hostname))) {
    throw refused('api is not an https URL')
  }
  const { Octokit } = await import('@octokit/rest').catch(cause => missingLibrary('@octokit/rest', 'github', cause))
  const octokit = new Octokit({
    ...(await credentials(settings)),
    ...(url === undefined ? {} : { baseUrl: url.href.replace(/\/$/, '') }),
    userAgent: 'addendum',
    request: { redirect: 'manual' },
    log: {
      debug: () => {},
      info: () => {},
      warn: message => log.warn({ provider: name, warning: message }, 'GitHub warns'),
      error: message => log.warn({ provider: name, warning: message }, 'GitHub warns')
    }
  })
  octokit.hook.before('request', options => {
    options.request = { ...options.request, signal: AbortSignal.timeout(patienceMs) }
  })
  // A renamed repository answers with a redirect; following it would manage what the operator did not name.
  octokit.hook.after('request', response => {
    if (Number(response.status) >= 300) throw refused("GitHub says that this has moved; mend the operator's file")
  })

  const ask: Api['ask'] = async work => work(octokit).catch((error: unknown) => Promise.reject(faultOf(name, error)))
  const find: Api['find'] = async work => {
    try {
      return await work(octokit)
    } catch (error) {
      if (statusOf(error) === 404) return undefined
      throw faultOf(name, error)
    }
  }
  return {
    name,
    octokit,
    ask,
    find,
    async account(id) {
      const answer = await find(o => o.users.getById({ account_id: id }))
      if (answer === undefined) return undefined
      const { id: found, login, type } = answer.data
      if (found !== id || type !== 'User') throw refused("the identity is not a person's account")
      return { id, login }
    }
  }
}

async function credentials(settings: ApiSettings): Promise<object> {
  if (settings.app === undefined) return { auth: settings.token }
  const { createAppAuth } = await import('@octokit/auth-app').catch(cause =>
    missingLibrary('@octokit/auth-app', 'github', cause)
  )
  const { id, installation, privateKey } = settings.app
  return { authStrategy: createAppAuth, auth: { appId: id, installationId: installation, privateKey } }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : undefined
}

/**
 * What a failed request means to us (GitHub, "Rate limits for the REST API" and "Troubleshooting"). Octokit gives 500
 * to whatever had no answer. What is no failed request is a bug and comes back as it is.
 */
export function faultOf(name: string, error: unknown): unknown {
  const status = statusOf(error)
  if (error instanceof Fault || status === undefined) return error
  const headers = headersOf(error)
  const limited = headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0'
  if (status === 429 || (status === 403 && limited)) {
    const retryAt = retryAtOf(headers)
    const options = retryAt === undefined ? { cause: error } : { retryAt, cause: error }
    return new Fault('provider.unavailable', `${name}: GitHub's limit is reached`, options)
  }
  if (status === 404) {
    const message = `${name}: GitHub shows nothing there; gone, or we may not see it`
    return new Fault('provider.unconfirmed', message, { cause: error })
  }
  if (status === 409 || status >= 500) {
    return new Fault('provider.unavailable', `${name}: GitHub could not do it now (${status})`, { cause: error })
  }
  return new Fault('provider.refused', `${name}: GitHub refused (${status})`, { retry: false, cause: error })
}

type Headers = Record<string, string | undefined>

function headersOf(error: unknown): Headers {
  const response = error instanceof Error && 'response' in error ? error.response : undefined
  const headers = typeof response === 'object' && response !== null && 'headers' in response ? response.headers : {}
  return headers as Headers
}

/** Seconds count from GitHub's own `date`, so that our clock does not matter; `x-ratelimit-reset` is an epoch. */
function retryAtOf(headers: Headers): Date | undefined {
  const sent = Date.parse(headers.date ?? '')
  const seconds = Number(headers['retry-after'] ?? NaN)
  if (Number.isFinite(sent) && Number.isFinite(seconds)) return new Date(sent + seconds * 1000)
  const reset = Number(headers['x-ratelimit-reset'] ?? NaN)
  return Number.isFinite(reset) ? new Date(reset * 1000) : undefined
}
