// How the PostgreSQL provider reaches its server: bounded, verified, and failing in words that hold no secret.
import type { Pool, PoolClient, PoolConfig } from 'pg'
import { Fault } from '../../model/fault.ts'
import type { Log } from '../../model/ports.ts'
import { missingLibrary } from '../missing-library.ts'

/** Where the server is, from the operator's file alone: no pull request can reach a field of it (attack #78). */
export interface ConnectionSettings {
  /** A host name, an address, or the directory of a Unix socket. */
  host: string
  port?: number
  /** The database to connect to; memberships are cluster-wide, so any will do. */
  database: string
  /** The dedicated role that makes every membership of ours; it is also their mark. */
  user: string
  password?: string
  /**
   * Left out: verified against the system's authorities, or off for a Unix socket and this machine. PEM texts, not
   * paths.
   */
  tls?: { mode?: 'verify' | 'off'; ca?: string; certificate?: string; key?: string; servername?: string }
}

/** One transaction at a time on the instance's server. */
export interface Connection {
  /**
   * Runs `work` in one transaction; throws a `Fault`, with `provider.unconfirmed` if only COMMIT's answer is missing.
   */
  transact<T>(work: (client: PoolClient) => Promise<T>): Promise<T>
  /** Runs `work` with each statement on its own, since `pg_stat_activity` stands still within a transaction. */
  direct<T>(work: (client: PoolClient) => Promise<T>): Promise<T>
  close(): Promise<void>
}

const connectMs = 5_000
const statementMs = 10_000
const lockMs = 1_000

/** Opens the connection lazily: nothing is sent before the first call. */
export async function connect(name: string, settings: ConnectionSettings, log: Log): Promise<Connection> {
  const { default: pg } = await import('pg').catch(cause => missingLibrary('pg', 'postgres', cause))
  const pool: Pool = new pg.Pool(poolConfig(settings))
  pool.on('error', error => log.warn({ provider: name, error: error.message }, 'An idle connection was lost'))

  let closing: Promise<void> | undefined

  async function direct<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    let broken = false
    let client: PoolClient | undefined
    try {
      client = await pool.connect()
      return await work(client)
    } catch (error) {
      broken = true
      throw faultOf(name, error)
    } finally {
      client?.release(broken)
    }
  }

  return {
    direct,
    async transact(work) {
      return direct(async client => {
        await client.query('BEGIN')
        const answer = await work(client)
        await client.query('COMMIT').catch((cause: unknown) => {
          throw new Fault('provider.unconfirmed', `${name}: the server did not confirm the transaction`, { cause })
        })
        return answer
      })
    },
    close: () => (closing ??= pool.end())
  }
}

function poolConfig(settings: ConnectionSettings): PoolConfig {
  return {
    host: settings.host,
    port: settings.port ?? 5432,
    database: settings.database,
    user: settings.user,
    ...(settings.password === undefined ? {} : { password: settings.password }),
    ssl: tlsOf(settings),
    max: 8,
    allowExitOnIdle: true,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    query_timeout: statementMs + connectMs,
    lock_timeout: lockMs,
    idle_in_transaction_session_timeout: statementMs,
    keepAlive: true,
    application_name: 'addendum',
    // Whoever may create objects in this database must not be able to shadow what our statements call (CVE-2018-1058).
    options: '-c search_path=pg_catalog'
  }
}

/** What `pg` is told about TLS: never encrypted without being verified. */
export function tlsOf(settings: ConnectionSettings): PoolConfig['ssl'] {
  const { tls, host } = settings
  if (tls?.mode === 'off') return false
  if (tls === undefined && (host.startsWith('/') || ['localhost', '127.0.0.1', '::1'].includes(host))) return false
  return {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls?.certificate === undefined ? {} : { cert: tls.certificate }),
    ...(tls?.key === undefined ? {} : { key: tls.key }),
    ...(tls?.servername === undefined ? {} : { servername: tls.servername })
  }
}

/**
 * What a failure of `pg` means to us. Unavailable: may pass. Refused: needs a person (PostgreSQL, appendix A). Anything
 * that is no failure of the server or the way to it is a bug and comes back as it is. Messages hold the SQLSTATE, never
 * the statement.
 */
export function faultOf(name: string, error: unknown): unknown {
  if (error instanceof Fault || !(error instanceof Error)) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const unavailable = (because: string) => new Fault('provider.unavailable', `${name}: ${because}`, { cause: error })
  const refused = (because: string) =>
    new Fault('provider.refused', `${name}: ${because}`, { retry: false, cause: error })
  if ('severity' in error && code !== undefined) {
    if (code === '42501') return refused('the server does not let our role do this (42501); see its set-up')
    if (code.startsWith('28')) return refused(`the server does not accept our credentials (${code})`)
    if (code === '3D000') return refused('the database that we connect to does not exist (3D000)')
    if (/^(08|40|53|55|57|58|XX)/.test(code)) return unavailable(`the server could not do it now (${code})`)
    return refused(`the server refused the statement (${code})`)
  }
  if (code === undefined) {
    if (/SSL connection/.test(error.message)) return refused('the server offers no TLS that we accept')
    if (error.message.startsWith('SASL')) return refused('the server does not accept our credentials')
    return /timeout|terminated|not queryable|Client was closed/i.test(error.message)
      ? unavailable('the connection was lost or too slow')
      : error
  }
  if (/CERT|TLS|SSL|SIGNATURE/.test(code)) return refused(`the server's certificate was not accepted (${code})`)
  // Node's own names for what the network did; `ERR_…` are mistakes in how it was called.
  if (/^E(?!RR_)[A-Z_]+$/.test(code)) return unavailable(`the server could not be reached (${code})`)
  return error
}
