// Before everything: the environment and the files that it names become one frozen Config, or a list of what to mend.
import { ConfigError } from './config-error.ts'
import type { Secret } from './secret.ts'
import { variablesOf } from './variables.ts'
import type { Environment, LogLevel } from './variables.ts'

/** All that the environment decides. Frozen, also inside. */
export interface Config {
  app: { id: number; privateKey: Secret }
  webhook: { secret: Secret; previous: Secret | undefined }
  github: { host: string; protocol: 'https' | 'http' }
  /** Undefined: an embedded PostgreSQL under `directory`. */
  database: { url: Secret | undefined; directory: string }
  /** The access repositories, by numeric id or `owner/name` in lower case: no other is listened to. */
  repositories: readonly string[]
  /** The file that names the provider instances and their credentials. */
  providers: string | undefined
  /** The ed25519 key that signs the ledger, as PEM, and the root's certificate for it, base64: `addendum keys` makes both. */
  ledger: { key: Secret; certificate: string }
  server: { host: string; port: number }
  /** Where the status page is shown; undefined: nowhere. */
  status: { host: string; port: number } | undefined
  log: LogLevel
  /** When everything is looked at, as a cron expression. */
  sweep: string
}

/** The app's own credentials and its GitHub: all that a command needs that only asks. */
export interface AppConfig {
  /** `privateKey` undefined: only the number of the app is known. */
  app: { id: number; privateKey: Secret | undefined } | undefined
  github: Config['github']
}

/** Reads as much of the environment as that. Throws ConfigError for what is wrong, and not for what is missing. */
export function readAppConfig(env: Environment): AppConfig {
  const { problems, read, appId, key, github } = variablesOf(env)
  const id = read('APP_ID') === undefined ? undefined : appId()
  const privateKey = key('PRIVATE_KEY', 'rsa', undefined)
  const host = github()
  if (problems.length > 0 || host === undefined) throw new ConfigError(problems)
  return { app: id === undefined ? undefined : { id, privateKey }, github: host }
}

/**
 * Reads the environment and the key files that it names. Throws ConfigError with every problem found. Refuses a
 * missing, short or proposed webhook secret, plain HTTP to anything but this machine, and unknown ADDENDUM_ variables:
 * a typing mistake must not leave a protection off.
 */
export function readConfig(env: Environment): Config {
  const variables = variablesOf(env)
  variables.refuseUnknown()
  const secret = variables.webhookSecret('WEBHOOK_SECRET', true)
  const generated = "set it, or PRIVATE_KEY_PATH, to the key that the GitHub App's page generates."
  const config = {
    app: {
      id: variables.appId() ?? 0,
      privateKey: variables.key('PRIVATE_KEY', 'rsa', generated)
    },
    webhook: {
      secret,
      previous: variables.webhookSecret('WEBHOOK_SECRET_PREVIOUS', false)
    },
    github: variables.github(),
    database: { url: variables.databaseUrl(), directory: variables.read('ADDENDUM_DATA') ?? './.data' },
    repositories: variables.repositories() ?? [],
    providers: variables.read('ADDENDUM_PROVIDERS'),
    ledger: {
      key: variables.key(
        'ADDENDUM_LEDGER_KEY',
        'ed25519',
        'set it, or ADDENDUM_LEDGER_KEY_PATH, to the app key that `addendum keys` makes.'
      ),
      certificate: variables.certificate()
    },
    server: { host: variables.host(), port: variables.port() },
    status: variables.status(),
    log: variables.level(),
    sweep: variables.sweep()
  }
  if (variables.problems.length > 0) throw new ConfigError(variables.problems)
  for (const part of Object.values(config)) Object.freeze(part)
  // Every part that may be missing above has reported a problem then.
  return Object.freeze(config) as Config
}
