// Beneath the queue: the PostgreSQL that it lives in, given by the operator's URL or started here.
import type { PoolConfig } from 'pg'
import { Fault } from '../model/fault.ts'
import { serverVersion, startPostgres } from './postgres.ts'
import type { Postgres, PostgresOptions } from './postgres.ts'

/** The queue's PostgreSQL. */
export interface Database extends Postgres {
  /** True when this process started it and holds its directory alone: then nobody else works on the queue. */
  embedded: boolean
}

/** The oldest server that we promise (DESIGN §11). */
const OLDEST_VERSION = 150_000

/**
 * The queue's database. With `url`, that server, refused unless it answers and is PostgreSQL 15 or later; without,
 * an embedded PostgreSQL in `directory`. Throws Fault `database.unavailable`, `.unsupported` or `.locked`.
 */
export async function openDatabase(options: PostgresOptions & { url?: string | undefined }): Promise<Database> {
  if (!options.url) return { ...(await startPostgres(options)), embedded: true }
  const config: PoolConfig = { connectionString: options.url }
  const version = await serverVersion(config).catch((cause: unknown) => {
    throw new Fault('database.unavailable', 'The database named by DATABASE_URL does not answer.', { cause })
  })
  if (version < OLDEST_VERSION) {
    throw new Fault('database.unsupported', 'DATABASE_URL must name PostgreSQL 15 or later.', { retry: false })
  }
  return { url: options.url, config, embedded: false, close: async () => {} }
}
