// Beneath the configuration: what each variable of the environment, and each file that one names, has to be.
import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Problem } from './config-error.ts'
import { Secret } from './secret.ts'

/** The process's environment, or a part of it. */
export type Environment = Readonly<Record<string, string | undefined>>

/** How much is logged; pino's levels. */
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

/** Secrets that documentation and frameworks propose; Probot falls back to the first (stack.md §3, 1). */
const PROPOSED_SECRETS = ['development', 'secret', 'changeme', 'change-me', 'webhook', 'password', 'test', 'example']
const SHORTEST_SECRET = 16
const LOG_LEVELS: readonly LogLevel[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|::1)(?::\d{1,5})?$/
const OURS = [
  'ADDENDUM_DATA',
  'ADDENDUM_REPOSITORIES',
  'ADDENDUM_PROVIDERS',
  'ADDENDUM_LEDGER_KEY',
  'ADDENDUM_LEDGER_KEY_PATH',
  'ADDENDUM_LEDGER_CERTIFICATE',
  'ADDENDUM_LEDGER_CERTIFICATE_PATH',
  'ADDENDUM_STATUS',
  'ADDENDUM_SWEEP'
]

/**
 * What reads one variable each: the value, or undefined where it is not set or is wrong. What is wrong goes to `problems`,
 * with how to set it right, and never shows a secret's value.
 */
export function variablesOf(env: Environment) {
  const problems: Problem[] = []
  const report = (variable: string, code: Problem['code'], hint: string): undefined => {
    problems.push({ variable, code, hint })
    return undefined
  }
  const read = (variable: string): string | undefined => env[variable]?.trim() || undefined

  const appId = (): number | undefined => {
    const text = read('APP_ID')
    if (!text) return report('APP_ID', 'missing', "set it to the App ID on the GitHub App's settings page.")
    if (!/^[1-9]\d{0,14}$/.test(text)) return report('APP_ID', 'invalid', 'must be the number, not the client ID.')
    return Number(text)
  }

  /** A PEM private key: in the variable (line ends real or as \n, or all in base64) or in the file that _PATH names. */
  const key = (variable: string, type: 'rsa' | 'ed25519', needed: string | undefined): Secret | undefined => {
    const path = read(`${variable}_PATH`)
    let text = read(variable)
    if (text && path) return report(variable, 'conflicting', `set either ${variable} or ${variable}_PATH, not both.`)
    if (path) {
      try {
        text = readFileSync(path, 'utf8')
      } catch {
        return report(`${variable}_PATH`, 'unreadable', 'must name a file that this process can read.')
      }
    }
    if (!text) return needed ? report(variable, 'missing', needed) : undefined
    const pem = pemOf(text, type)
    if (pem) return new Secret(pem)
    const named = path ? `${variable}_PATH` : variable
    return report(named, 'invalid', `must hold an ${type} private key without passphrase, as PEM.`)
  }

  const github = (): { host: string; protocol: 'https' | 'http' } | undefined => {
    const host = read('GHE_HOST')?.toLowerCase() ?? 'github.com'
    const protocol = read('GHE_PROTOCOL') ?? 'https'
    if (!/^(?:[a-z0-9.-]{1,253}|\[::1\])(?::\d{1,5})?$/.test(host)) {
      return report('GHE_HOST', 'invalid', 'must be a host name, with a port at most: no https:// and no path.')
    }
    if (protocol !== 'https' && protocol !== 'http') return report('GHE_PROTOCOL', 'invalid', 'must be https.')
    if (protocol === 'http' && !LOOPBACK.test(host)) {
      return report('GHE_PROTOCOL', 'unsafe', 'http would send tokens in the clear: it is for this machine alone.')
    }
    return { host, protocol }
  }

  const webhookSecret = (variable: string, needed: boolean): Secret | undefined => {
    const text = read(variable)
    const hint = "set it as in the GitHub App's webhook settings; `openssl rand -hex 32` makes a good one."
    if (!text) return needed ? report(variable, 'missing', hint) : undefined
    const varied = new Set(text).size > 4
    if (text.length < SHORTEST_SECRET || !varied || PROPOSED_SECRETS.some(word => text.toLowerCase() === word)) {
      return report(variable, 'unsafe', `must be random and at least ${SHORTEST_SECRET} characters long: ${hint}`)
    }
    return new Secret(text)
  }

  const repositories = (): string[] | undefined => {
    const hint =
      'name the access repositories, by numeric id or as owner/name, separated by commas: no other can grant.'
    const text = read('ADDENDUM_REPOSITORIES')
    if (!text) return report('ADDENDUM_REPOSITORIES', 'missing', hint)
    const names = text
      .toLowerCase()
      .split(',')
      .map(name => name.trim())
    const known = names.every(name => /^([1-9]\d{0,14}|[a-z0-9-]{1,39}\/[a-z0-9._-]{1,100})$/.test(name))
    return known ? names : report('ADDENDUM_REPOSITORIES', 'invalid', hint)
  }

  const databaseUrl = (): Secret | undefined => {
    const text = read('DATABASE_URL')
    if (!text) return undefined
    const known = URL.canParse(text) && ['postgres:', 'postgresql:'].includes(new URL(text).protocol)
    if (known) return new Secret(text)
    return report('DATABASE_URL', 'invalid', 'must be postgres://user:password@host:5432/database.')
  }

  const port = (): number | undefined => {
    const text = read('PORT') ?? '3000'
    const number = /^\d{1,5}$/.test(text) ? Number(text) : NaN
    return number <= 65_535 ? number : report('PORT', 'invalid', 'must be a number from 0 to 65535.')
  }

  const host = (): string | undefined => {
    const text = read('HOST') ?? '127.0.0.1'
    if (/^[a-z0-9.:-]{1,253}$/i.test(text)) return text
    return report('HOST', 'invalid', 'must be an address or host name to listen on.')
  }

  /** A port alone is on this machine's own address: whoever wants more says so. */
  const status = (): { host: string; port: number } | undefined => {
    const text = read('ADDENDUM_STATUS')
    if (!text) return undefined
    const [, host, port] = /^(?:([a-z0-9.-]{1,253}|\[[0-9a-f:]{2,39}\]):)?(\d{1,5})$/i.exec(text) ?? []
    if (port !== undefined && Number(port) <= 65_535) {
      return Object.freeze({ host: host?.replace(/^\[|\]$/g, '') ?? '127.0.0.1', port: Number(port) })
    }
    return report('ADDENDUM_STATUS', 'invalid', 'must be a port on this machine, such as 3001, or address:port.')
  }

  const level = (): LogLevel | undefined => {
    const text = read('LOG_LEVEL')?.toLowerCase() ?? 'info'
    const found = LOG_LEVELS.find(known => known === text)
    return found ?? report('LOG_LEVEL', 'invalid', `must be one of ${LOG_LEVELS.join(', ')}.`)
  }

  const sweep = (): string | undefined => {
    const text = read('ADDENDUM_SWEEP') ?? '*/5 * * * *'
    const field = /^[\d*,/-]{1,60}$|^[a-z]{3}(?:[,-][a-z]{3})*$/i
    const parts = text.split(/\s+/)
    if ((parts.length === 5 || parts.length === 6) && parts.every(part => field.test(part))) return text
    return report('ADDENDUM_SWEEP', 'invalid', 'must be a cron expression such as */5 * * * *.')
  }

  const certificate = (): string | undefined => {
    const path = read('ADDENDUM_LEDGER_CERTIFICATE_PATH')
    let text = read('ADDENDUM_LEDGER_CERTIFICATE')
    try {
      if (path) text = readFileSync(path, 'utf8').trim()
    } catch {
      return report('ADDENDUM_LEDGER_CERTIFICATE_PATH', 'unreadable', 'must name a file that this process can read.')
    }
    const hint =
      'set it, or ADDENDUM_LEDGER_CERTIFICATE_PATH, to the certificate that `addendum keys` makes beside the key.'
    if (!text) return report('ADDENDUM_LEDGER_CERTIFICATE', 'missing', hint)
    return /^[A-Za-z0-9+/]{40,8000}={0,2}$/.test(text) ? text : report('ADDENDUM_LEDGER_CERTIFICATE', 'invalid', hint)
  }

  /** A typing mistake must not leave a protection off. */
  const refuseUnknown = (): void => {
    for (const variable of Object.keys(env)) {
      if (!variable.startsWith('ADDENDUM_') || OURS.includes(variable)) continue
      const near = nearest(variable, OURS)
      report(variable, 'unknown', near ? `did you mean ${near}?` : `there are ${OURS.join(', ')}.`)
    }
  }

  return {
    problems,
    read,
    appId,
    key,
    github,
    webhookSecret,
    repositories,
    databaseUrl,
    port,
    host,
    status,
    level,
    sweep,
    certificate,
    refuseUnknown
  }
}

/** The key as PEM with real line ends; undefined unless it is a private key of that type, without passphrase. */
function pemOf(text: string, type: 'rsa' | 'ed25519'): string | undefined {
  const plain = text.replaceAll('\\n', '\n').trim()
  const candidates = [plain, Buffer.from(plain, 'base64').toString('utf8').trim()]
  for (const pem of candidates) {
    if (!pem.startsWith('-----BEGIN ')) continue
    try {
      if (createPrivateKey(pem).asymmetricKeyType === type) return `${pem}\n`
    } catch {
      continue
    }
  }
  return undefined
}

/** The known name within three edits of `given`, if there is one. */
function nearest(given: string, known: readonly string[]): string | undefined {
  const ranked = known.map(name => ({ name, edits: edits(given, name) })).sort((a, b) => a.edits - b.edits)
  return ranked[0] && ranked[0].edits <= 3 ? ranked[0].name : undefined
}

/** Levenshtein's distance. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const kept = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(kept, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
