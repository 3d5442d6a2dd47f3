// A customer's PostgreSQL for the provider's tests: databases, group roles and people's logins, on a real server.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { Entitlement } from '../../src/model/entitlement.ts'
import { startPostgres } from '../../src/database/postgres.ts'
import type { PostgresSettings } from '../../src/providers/postgres.ts'
import { postgresSetup } from '../../src/providers/postgres/setup.ts'
import { keepingLog } from './keeping-log.ts'

/** The customer's server, seen with its administrator's eyes. */
export interface Server {
  version: number
  admin: pg.Client
  settings: PostgresSettings
  /** A login's own connection to a database. */
  login(identity: string, database: string): Promise<pg.Client>
  /** Whether the identity can read the ledger (or the orders) now. */
  canRead(e: Entitlement): Promise<boolean>
  /** Takes every membership and expiry from the people. */
  clear(): Promise<void>
  close(): Promise<void>
}

const password = 'correct horse battery staple'
const people = ['octocat', 'hubot', 'monalisa']

/**
 * Starts PostgreSQL 18, or uses the server at `ADDENDUM_TEST_POSTGRES` (a superuser's URL; its contents are
 * overwritten), and makes: databases `ledger` and `orders`, roles `reader`, `writer`, `orders_reader`, three people,
 * and our own role as the set-up says.
 */
export async function startServer(changes: Partial<PostgresSettings> = {}): Promise<Server> {
  const given = process.env.ADDENDUM_TEST_POSTGRES
  const directory = await mkdtemp(join(tmpdir(), 'addendum-postgres-'))
  await chmod(directory, 0o711)
  const started = given === undefined ? await startPostgres({ directory, fsync: false, log: keepingLog() }) : undefined
  const config: pg.ClientConfig = started?.config ?? { connectionString: given }
  const admin = new pg.Client(config)
  await admin.connect()
  const { rows } = await admin.query<{ server_version_num: string }>('SHOW server_version_num')
  const version = Number(rows[0]?.server_version_num)

  const settings: PostgresSettings = {
    kind: 'postgres',
    host: admin.host,
    port: admin.port,
    database: 'postgres',
    user: 'granter',
    password,
    databases: { ledger: { roles: ['reader', 'writer'] }, orders: { roles: ['orders_reader'] } },
    ...changes
  }
  for (const database of ['ledger', 'orders']) {
    await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
    await admin.query(`CREATE DATABASE ${database}`)
  }
  await dropRoles(admin, version)
  for (const role of ['reader', 'writer', 'orders_reader']) await admin.query(`CREATE ROLE ${role}`)
  for (const login of people) await admin.query(`CREATE ROLE ${login} LOGIN PASSWORD '${password}'`)
  for (const statement of postgresSetup(settings, version)) await admin.query(statement)
  await admin.query(`ALTER ROLE granter PASSWORD '${password}'`)

  const connectTo = async (database: string, user?: string) => {
    const own = user === undefined ? { user: admin.user, password: admin.password ?? undefined } : { user, password }
    const client = new pg.Client({ host: admin.host, port: admin.port, database, ...own })
    client.on('error', () => {})
    await client.connect()
    return client
  }
  for (const [database, roles] of [
    ['ledger', 'reader, writer'],
    ['orders', 'orders_reader']
  ] as const) {
    const client = await connectTo(database)
    await client.query(`CREATE TABLE payments AS SELECT generate_series(1, 1000) AS id`)
    await client.query(`GRANT SELECT ON payments TO ${roles}`)
    await client.end()
  }

  return {
    version,
    admin,
    settings,
    login: (identity, database) => connectTo(database, identity),
    async canRead(e) {
      const client = await connectTo(e.resource, e.identity)
      try {
        await client.query('SELECT count(*) FROM payments')
        return true
      } catch (error) {
        if (error instanceof pg.DatabaseError && error.code === '42501') return false
        throw error
      } finally {
        await client.end()
      }
    },
    async clear() {
      await revokeAll(admin, version)
      for (const login of people) {
        await admin.query(`ALTER ROLE ${login} VALID UNTIL 'infinity'`)
        await admin.query(`ALTER ROLE ${login} RESET ALL`)
      }
    },
    async close() {
      if (given !== undefined) {
        for (const database of ['ledger', 'orders']) await admin.query(`DROP DATABASE ${database} WITH (FORCE)`)
        await dropRoles(admin, version)
      }
      await admin.end()
      await started?.close()
      await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    }
  }
}

async function revokeAll(admin: pg.Client, version: number): Promise<void> {
  const { rows } = await admin.query<{ role: string; member: string; grantor: string }>(
    `
    SELECT roleid::regrole::text AS role, member::regrole::text AS member, grantor::regrole::text AS grantor
    FROM pg_auth_members WHERE member::regrole::text = ANY($1)`,
    [people]
  )
  for (const { role, member, grantor } of rows) {
    await admin.query(`REVOKE ${role} FROM ${member}${version >= 160_000 ? ` GRANTED BY ${grantor}` : ''}`)
  }
}

async function dropRoles(admin: pg.Client, version: number): Promise<void> {
  await revokeAll(admin, version)
  const { rowCount } = await admin.query(`SELECT FROM pg_roles WHERE rolname = 'granter'`)
  if (rowCount === 1) await admin.query('DROP OWNED BY granter')
  await admin.query(`DROP ROLE IF EXISTS ${[...people, 'reader', 'writer', 'orders_reader', 'granter'].join(', ')}`)
}
