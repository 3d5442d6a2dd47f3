// PostgreSQL 15–18: a role's membership, given to a login and taken back; sessions that would outlive it are ended.
import type { PoolClient } from 'pg'
import type { Entitlement } from '../model/entitlement.ts'
import { Fault } from '../model/fault.ts'
import type { Log } from '../model/ports.ts'
import { malformed } from './names.ts'
import { connect, type Connection, type ConnectionSettings } from './postgres/connection.ts'
import { changeMembership, perGrantor, readMembership, readOurs, type Membership } from './postgres/membership.ts'
import { endSessions } from './postgres/sessions.ts'
import { extendValidUntil, ourValidUntil, restoreValidUntil, writeValidUntil } from './postgres/valid-until.ts'
import type { Presence, Provider, Receipt } from './provider.ts'

/**
 * An instance in the operator's file. A membership holds in the whole cluster, so a role is bound to exactly one
 * database: by this list, and by the operator's own GRANTs to that role. A role listed for two databases is refused.
 */
export interface PostgresSettings extends ConnectionSettings {
  kind: 'postgres'
  /** Resource: the database's name; its group roles (NOLOGIN). */
  databases: Record<string, { roles: string[] }>
  /** Logins that may be given something; without it every login that is no superuser and not our own. */
  identities?: string[]
  /**
   * Also moves `VALID UNTIL` of the login: it stops password logins only, and all of them. Needs CREATEROLE and ADMIN
   * on the login.
   */
  manageValidUntil?: boolean
  /**
   * Also ends sessions of an identity that keeps other access to the database; otherwise they are left, and the receipt
   * says so.
   */
  endSharedSessions?: boolean
}

const longestName = 63
const oldestVersion = 150_000
/** Names that PostgreSQL keeps for itself, and the superuser that every cluster starts with. */
const reserved = /^(pg_.*|postgres|public|none|current_user|current_role|session_user|user)$/i

/**
 * Opens an instance; connects when first used. Our mark is the *grantor*: every membership is made `GRANTED BY` our own
 * dedicated role, in the same row and the same instant as the effect, so no crash can part them, `pg_auth_members`
 * shows it, and other grantors' rows are foreign. That needs a role that is no superuser (a superuser's grants all
 * carry the bootstrap superuser's name): see `postgresSetup`. On 15 a membership has one row in all: what somebody
 * grants over ours is lost with ours.
 */
export async function openPostgres(name: string, settings: PostgresSettings, ports: { log: Log }): Promise<Provider> {
  const refuse = (because: string) => new Fault('provider.refused', `${name}: ${because}`, { retry: false })
  const unconfirmed = (because: string) => new Fault('provider.unconfirmed', `${name}: ${because}`)
  const databaseOf = bindRoles(settings, refuse)
  const connection = await connect(name, settings, ports.log)

  const spelled = (e: Entitlement): string | undefined => {
    if (e.provider !== name) return `this is ${name}, not the provider that was named`
    const fault = malformed(e)
    if (fault !== undefined) return fault
    for (const part of ['identity', 'resource', 'role'] as const) {
      if (Buffer.byteLength(e[part]) > longestName) return `the ${part} is longer than a PostgreSQL name may be`
    }
    return undefined
  }
  const admits = (e: Entitlement): string | undefined => {
    const fault = spelled(e)
    if (fault !== undefined) return fault
    if (!Object.hasOwn(settings.databases, e.resource)) return 'the database is not in the allow-list'
    if (databaseOf.get(e.role) !== e.resource) return 'the role is not in the allow-list of the database'
    if (reserved.test(e.identity) || e.identity === settings.user) return 'the identity may be given nothing'
    return settings.identities?.includes(e.identity) === false ? 'the identity is not in the allow-list' : undefined
  }

  async function grant(e: Entitlement, until: Date): Promise<Receipt> {
    const refusal = admits(e)
    if (refusal !== undefined) throw refuse(refusal)
    return connection.transact(async client => {
      await lockIdentity(client, e)
      const found = await readMembership(client, e)
      const because = whyNot(found)
      if (because !== undefined) throw refuse(because)
      const give = found.ours === undefined || found.ours.inert
      if (give) await changeMembership(client, e, 'give', found.version)
      const login = settings.manageValidUntil ? found.identity : undefined
      const expiry = login?.mayExpire ? extendValidUntil(login, until) : undefined
      if (expiry !== undefined) await writeValidUntil(client, e.identity, expiry)
      const read = await readMembership(client, e)
      if (read.ours === undefined || read.ours.inert) throw unconfirmed('the membership was made and is not there')
      const detail = [give ? 'membership made' : 'member already']
      if (expiry !== undefined) detail.push('VALID UNTIL moved')
      if (login?.mayExpire === false) detail.push('VALID UNTIL is not ours to move')
      return { changed: give || expiry !== undefined, detail: detail.join('; ') }
    })
  }

  async function revoke(e: Entitlement): Promise<Receipt> {
    const fault = spelled(e)
    if (fault !== undefined) throw refuse(fault)
    // A role that the operator has unlisted is still taken back by its mark; one that is bound elsewhere was never held
    // here.
    if (databaseOf.has(e.role) && databaseOf.get(e.role) !== e.resource) {
      return { changed: false, detail: 'was not there: the role belongs to another database' }
    }
    const found = await locked(connection, e, async client => {
      const state = await readMembership(client, e)
      if (state.self.superuser) throw refuse(superuser)
      if (state.ours !== undefined && !state.ours.inert && state.version >= perGrantor) {
        await changeMembership(client, e, 'silence', state.version)
      }
      return state
    })
    if (found.ours === undefined) return { changed: false, detail: absence(found) }
    const sessions = await endAll(e, found)
    await locked(connection, e, client => remove(client, e))
    // On 15 there is no row without effect: who came back between the first ending and the REVOKE is ended now.
    if (found.version < perGrantor) await endAll(e, found)
    const left = found.foreign ? '; left what was not made by us' : ''
    return { changed: true, detail: `membership removed; ${sessions}${left}` }
  }

  async function endAll(e: Entitlement, found: Membership): Promise<string> {
    const shared = found.foreign || found.otherRoles.some(role => databaseOf.get(role) === e.resource)
    if (shared && !settings.endSharedSessions) return 'sessions left open: the identity keeps other access here'
    const { ended, left } = await connection.direct(client => endSessions(client, e))
    if (left > 0) throw unconfirmed(`${left} sessions were told to end and have not yet`)
    return `sessions ended: ${ended}`
  }

  async function remove(client: PoolClient, e: Entitlement): Promise<void> {
    const state = await readMembership(client, e)
    if (state.ours === undefined) return
    if (state.version >= perGrantor && !state.ours.inert) {
      throw unconfirmed('the membership was made again while it was being removed')
    }
    await changeMembership(client, e, 'remove', state.version)
    const login = state.otherRoles.length === 0 ? state.identity : undefined
    const expiry = login?.mayExpire ? restoreValidUntil(login) : undefined
    if (expiry !== undefined) await writeValidUntil(client, e.identity, expiry)
    const read = await readMembership(client, e)
    if (read.ours !== undefined) throw unconfirmed('the membership was removed and is still there')
  }

  async function inspect(e: Entitlement): Promise<Presence> {
    const because = admits(e)
    if (because !== undefined) return { state: 'unknown', because }
    const found = await connection.direct(client => readMembership(client, e))
    if (found.self.superuser) return { state: 'unknown', because: superuser }
    if (found.ours?.inert) return { state: 'unknown', because: 'a revocation is under way' }
    if (found.ours !== undefined) {
      const until = found.identity && ourValidUntil(found.identity)
      return until === undefined ? { state: 'present' } : { state: 'present', until }
    }
    return { state: found.foreign ? 'foreign' : 'absent' }
  }

  return {
    name,
    admits,
    grant,
    revoke,
    inspect,
    async *inventory() {
      for (const row of await connection.direct(readOurs)) {
        const resource = databaseOf.get(row.role)
        if (resource === undefined) {
          ports.log.error({ role: row.role }, 'A membership is ours, and its role is not in the allow-list')
          continue
        }
        const until = ourValidUntil(row)
        const entitlement = { provider: name, identity: row.identity, resource, role: row.role }
        yield until === undefined ? { entitlement } : { entitlement, until }
      }
    },
    close: () => connection.close()
  }
}

const superuser = "we connect as a superuser, whose grants cannot be told from others'; use a dedicated role"

function whyNot(found: Membership): string | undefined {
  if (found.version < oldestVersion) return 'the server is older than PostgreSQL 15'
  if (found.self.superuser) return superuser
  if (!found.self.mayEndSessions) return 'our role may not end sessions; see its set-up (pg_signal_backend)'
  if (!found.databaseExists) return 'the database does not exist'
  if (found.role === undefined) return 'the role does not exist'
  if (found.role.unsafe !== undefined) return `the role may be given to nobody: ${found.role.unsafe}`
  if (found.identity === undefined) return 'the identity does not exist'
  if (found.identity.unsafe !== undefined) return `the identity may be given nothing: ${found.identity.unsafe}`
  if (found.ours === undefined && found.foreign) return 'held already, and not made by us'
  return undefined
}

function absence(found: Membership): string {
  if (found.identity === undefined) return 'was not there: the identity is gone'
  if (found.role === undefined) return 'was not there: the role is gone'
  return found.foreign ? 'was not there; left what was not made by us' : 'was not there'
}

function bindRoles(settings: PostgresSettings, refuse: (because: string) => Fault): Map<string, string> {
  const databaseOf = new Map<string, string>()
  for (const [database, { roles }] of Object.entries(settings.databases)) {
    for (const role of roles) {
      if (reserved.test(role)) throw refuse('a role is reserved by PostgreSQL')
      if ((databaseOf.get(role) ?? database) !== database) throw refuse('a role is listed for two databases')
      databaseOf.set(role, database)
    }
  }
  return databaseOf
}

async function lockIdentity(client: PoolClient, e: Entitlement): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))', [`addendum:${e.identity}`])
}

/**
 * Runs `work` under the identity's lock; without it when the lock is not to be had in time, because every login may
 * take any advisory lock and nobody may hold off a revocation by that.
 */
async function locked<T>(connection: Connection, e: Entitlement, work: (client: PoolClient) => Promise<T>): Promise<T> {
  return connection.transact(async client => {
    await client.query('SAVEPOINT before_lock')
    await lockIdentity(client, e).catch(async (error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === '55P03')) throw error
      await client.query('ROLLBACK TO SAVEPOINT before_lock')
    })
    return work(client)
  })
}
