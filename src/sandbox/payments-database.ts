// The company's own database in the sandbox: a real PostgreSQL with a table, two group roles, and people who may log in and no more.
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { Log } from '../model/ports.ts'
import { startPostgres } from '../database/postgres.ts'
import type { Postgres } from '../database/postgres.ts'
import { postgresSetup } from '../providers/postgres/setup.ts'
import type { PostgresSettings } from '../providers/postgres.ts'

/** What a probe saw: the rows, or PostgreSQL's own SQLSTATE. */
export type Probe = { allowed: true; rows: number } | { allowed: false; sqlstate: string; message: string }

/** An open session of a person, as a psql in some terminal would be. */
export interface Session {
  /** `alive`, or how PostgreSQL ended it. */
  state(): Promise<string>
  close(): Promise<void>
}

/** The database as the story sees it: never through Addendum. */
export interface PaymentsDatabase {
  /** For the operator's file. */
  settings: PostgresSettings
  /** A real login of that person, a real query. */
  probe(login: string): Promise<Probe>
  session(login: string): Promise<Session>
  /** Members of the reader and writer roles now, as `login role`, sorted. */
  members(): Promise<string[]>
  close(): Promise<void>
}

const database = 'ledger'
const group = ['reader', 'writer']
const operator = 'addendum_operator'

/** Opens it in `directory`, or on the server at `url` (a superuser's); makes what is missing. `secret` is kept by the caller. */
export async function openPaymentsDatabase(options: {
  directory: string
  url?: string | undefined
  logins: string[]
  password: string
  log: Log
}): Promise<PaymentsDatabase> {
  const server: Postgres | undefined =
    options.url === undefined
      ? await startPostgres({ directory: options.directory, log: options.log, fsync: false })
      : undefined
  const admin: pg.ClientConfig = { ...(server?.config ?? configOf(options.url)), database: 'postgres' }
  const where = await whereIs(admin)
  const settings: PostgresSettings = {
    kind: 'postgres',
    ...where,
    database,
    user: operator,
    password: options.password,
    ...(where.host.startsWith('/') ? {} : { tls: { mode: 'off' as const } }),
    databases: { [database]: { roles: group } }
  }
  await prepare(admin, settings, options.logins, options.password)
  const as = (login: string): pg.ClientConfig => ({ ...where, database, user: login, password: options.password })
  return {
    settings,
    probe: login => probe(as(login)),
    session: login => openSession(as(login)),
    members: () =>
      once({ ...admin, database }, async client => {
        const { rows } = await client.query<{ line: string }>(
          `select m.rolname || ' ' || r.rolname as line from pg_auth_members a join pg_roles m on m.oid = a.member
           join pg_roles r on r.oid = a.roleid where r.rolname = any($1) and m.rolname <> $2 order by 1`,
          [group, operator]
        )
        return rows.map(row => row.line)
      }),
    close: async () => await server?.close()
  }
}

/** A connection string taken apart: pg lets the string's own database win over one that is named beside it. */
function configOf(url: string | undefined): pg.ClientConfig {
  const { host, port, user, password, ssl } = new pg.Client({ connectionString: url })
  return { host, port, user, password: password ?? undefined, ssl }
}

async function whereIs(config: pg.ClientConfig): Promise<{ host: string; port: number }> {
  const client = new pg.Client(config)
  return { host: client.host, port: client.port }
}

async function once<T>(config: pg.ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(config)
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function prepare(
  admin: pg.ClientConfig,
  settings: PostgresSettings,
  logins: string[],
  password: string
): Promise<void> {
  const literal = pg.escapeLiteral(password)
  await once(admin, async client => {
    const { rows: known } = await client.query('select 1 from pg_database where datname = $1', [database])
    if (known.length === 0) await client.query(`create database ${pg.escapeIdentifier(database)}`)
  })
  await once({ ...admin, database }, async client => {
    const { rows } = await client.query<{ rolname: string }>('select rolname from pg_roles')
    const roles = new Set(rows.map(row => row.rolname))
    for (const role of group) if (!roles.has(role)) await client.query(`create role ${role} nologin`)
    await client.query('create table if not exists payments (id int primary key, cents int not null)')
    await client.query('insert into payments select n, 100 * n from generate_series(1, 42) n on conflict do nothing')
    await client.query('revoke all on payments from public')
    await client.query('grant select on payments to reader')
    await client.query('grant select, insert, update on payments to writer')
    if (!roles.has(operator)) {
      const { rows: version } = await client.query<{ n: number }>(
        "select current_setting('server_version_num')::int as n"
      )
      for (const statement of postgresSetup(settings, version[0]?.n ?? 0)) await client.query(statement)
    }
    await client.query(`alter role ${operator} password ${literal}`)
    for (const login of logins) {
      const name = pg.escapeIdentifier(login)
      if (!roles.has(login)) await client.query(`create role ${name} login`)
      await client.query(`alter role ${name} password ${literal}`)
    }
  })
}

async function probe(config: pg.ClientConfig): Promise<Probe> {
  try {
    return await once(config, async client => {
      const { rows } = await client.query('select id, cents from payments')
      return { allowed: true, rows: rows.length }
    })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'none'
    return { allowed: false, sqlstate: code, message: error instanceof Error ? error.message : String(error) }
  }
}

async function openSession(config: pg.ClientConfig): Promise<Session> {
  const client = new pg.Client(config)
  let ended: string | undefined
  client.on('error', (error: Error & { code?: string }) => (ended ??= error.code ?? error.message))
  client.on('end', () => (ended ??= 'closed'))
  await client.connect()
  await client.query('begin')
  await client.query('declare c cursor for select * from payments')
  await client.query('fetch 5 from c')
  return {
    state: async () => {
      if (ended !== undefined) return `ended (${ended})`
      try {
        await client.query('fetch 1 from c')
        return 'alive'
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : ended
        return `ended (${code ?? 'connection lost'})`
      }
    },
    close: async () => {
      await client.end().catch(() => undefined)
    }
  }
}

/** A password for the sandbox's logins. */
export function newPassword(): string {
  return randomBytes(18).toString('base64url')
}
