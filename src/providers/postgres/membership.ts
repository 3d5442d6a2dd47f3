// What PostgreSQL says of one identity and one role, and the statements that change it; the mark is the grantor.
import type { PoolClient } from 'pg'
import type { Entitlement } from '../../model/entitlement.ts'
import { markSetting } from './valid-until.ts'

/** One entitlement as the catalog has it. */
export interface Membership {
  /** `server_version_num`; memberships have one row per grantor, and options, from 160000 on. */
  version: number
  /** Our own role. */
  self: { superuser: boolean; mayEndSessions: boolean }
  databaseExists: boolean
  /** The group role; `unsafe` says why it must not be given to anybody. */
  role: { unsafe?: string } | undefined
  /**
   * The login role; `unsafe` says why it must not be given anything, `mayExpire` that we may move its `VALID UNTIL`.
   */
  identity: { unsafe?: string; validUntil: string | undefined; settings: string[]; mayExpire: boolean } | undefined
  /** Our row. `inert`: its options are off, so it gives nothing: a revocation is under way. */
  ours: { inert: boolean } | undefined
  /** Whether the identity reaches the role by any way that is not ours, directly or through other roles. */
  foreign: boolean
  /** Other roles that our rows give this identity with effect. */
  otherRoles: string[]
}

/** From this version on, rows are per grantor and have INHERIT and SET options (PostgreSQL 16 release notes). */
export const perGrantor = 160_000

// `to_jsonb(row)` reads the options that PostgreSQL 15 does not have; `::text` stops a long name from being cut to 63
// bytes.
const readSql = `
WITH RECURSIVE
  self AS (SELECT * FROM pg_roles WHERE rolname = current_user),
  identity AS (SELECT * FROM pg_roles WHERE rolname = $1::text),
  role AS (SELECT * FROM pg_roles WHERE rolname = $2::text),
  ours AS (
    SELECT m.roleid,
      coalesce((to_jsonb(m)->>'inherit_option')::bool, true)
        OR coalesce((to_jsonb(m)->>'set_option')::bool, true) AS gives
    FROM pg_auth_members m, self, identity WHERE m.member = identity.oid AND m.grantor = self.oid),
  reached(oid) AS (
    SELECT m.roleid FROM pg_auth_members m, self, identity WHERE m.member = identity.oid AND m.grantor <> self.oid
    UNION SELECT m.roleid FROM pg_auth_members m JOIN reached ON m.member = reached.oid)
SELECT
  current_setting('server_version_num')::int AS version,
  self.rolsuper AS superuser,
  pg_has_role(self.oid, 'pg_signal_backend', 'USAGE') AS may_end_sessions,
  EXISTS (SELECT FROM pg_database WHERE datname = $3::text) AS database_exists,
  role.oid IS NOT NULL AS role_exists,
  CASE WHEN role.rolcanlogin THEN 'it can log in' WHEN role.rolsuper THEN 'it is a superuser'
    WHEN role.rolcreaterole THEN 'it may create roles' WHEN role.rolcreatedb THEN 'it may create databases'
    WHEN role.rolreplication THEN 'it may replicate'
    WHEN role.rolbypassrls THEN 'it bypasses row security' END AS role_unsafe,
  identity.oid IS NOT NULL AS identity_exists,
  CASE WHEN identity.oid = self.oid THEN 'it is our own role' WHEN NOT identity.rolcanlogin THEN 'it cannot log in'
    WHEN identity.rolsuper THEN 'it is a superuser' WHEN identity.rolcreaterole THEN 'it may create roles'
    WHEN identity.rolreplication THEN 'it may replicate' END AS identity_unsafe,
  CASE WHEN isfinite(identity.rolvaliduntil)
    THEN to_char(identity.rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    WHEN identity.rolvaliduntil IS NOT NULL THEN 'infinity' END AS valid_until,
  coalesce(identity.rolconfig, '{}') AS settings,
  self.rolcreaterole AND has_parameter_privilege(self.oid, '${markSetting}', 'SET')
    AND (current_setting('server_version_num')::int < ${perGrantor}
      OR pg_has_role(self.oid, identity.oid, 'MEMBER WITH ADMIN OPTION')) AS may_expire,
  (SELECT gives FROM ours WHERE ours.roleid = role.oid) AS gives,
  EXISTS (SELECT FROM reached WHERE reached.oid = role.oid) AS reached,
  ARRAY(SELECT r.rolname::text FROM ours JOIN pg_roles r ON r.oid = ours.roleid
    WHERE ours.gives AND ours.roleid IS DISTINCT FROM role.oid) AS other_roles
FROM self LEFT JOIN role ON true LEFT JOIN identity ON true`

interface Row {
  version: number
  superuser: boolean
  may_end_sessions: boolean
  database_exists: boolean
  role_exists: boolean
  role_unsafe: string | null
  identity_exists: boolean
  identity_unsafe: string | null
  valid_until: string | null
  settings: string[]
  may_expire: boolean | null
  gives: boolean | null
  reached: boolean
  other_roles: string[]
}

/**
 * Reads everything that the provider decides by, in one statement and so in one snapshot. Names are compared, never
 * run.
 */
export async function readMembership(client: PoolClient, e: Entitlement): Promise<Membership> {
  const { rows } = await client.query<Row>(readSql, [e.identity, e.role, e.resource])
  const row = rows[0]
  if (row === undefined) throw new Error('the catalog did not answer for our own role')
  return {
    version: row.version,
    self: { superuser: row.superuser, mayEndSessions: row.may_end_sessions },
    databaseExists: row.database_exists,
    role: row.role_exists ? unsafe(row.role_unsafe) : undefined,
    identity: row.identity_exists ? identityOf(row) : undefined,
    ours: row.gives === null ? undefined : { inert: !row.gives },
    foreign: row.reached,
    otherRoles: row.other_roles
  }
}

function identityOf(row: Row): Membership['identity'] {
  const { settings, valid_until: validUntil, may_expire: mayExpire } = row
  const expiry = { validUntil: validUntil ?? undefined, settings, mayExpire: mayExpire === true }
  return { ...unsafe(row.identity_unsafe), ...expiry }
}

function unsafe(because: string | null): { unsafe?: string } {
  return because === null ? {} : { unsafe: because }
}

/**
 * Makes, silences or removes our row. `give` hands on no ADMIN and, from 16 on, no SET: the identity inherits, so what
 * it holds ends with the row and cannot be kept by an earlier `SET ROLE`. `silence` (16 on) takes the effect and keeps
 * the mark, so that a crash before the sessions are ended is seen. Identifiers are quoted by `pg` itself (attack #79).
 */
export async function changeMembership(
  client: PoolClient,
  e: Entitlement,
  change: 'give' | 'silence' | 'remove',
  version: number
): Promise<void> {
  const role = client.escapeIdentifier(e.role)
  const identity = client.escapeIdentifier(e.identity)
  if (change === 'remove') {
    await client.query(`REVOKE ${role} FROM ${identity} GRANTED BY CURRENT_USER`)
    return
  }
  const inherit = change === 'give' ? 'TRUE' : 'FALSE'
  const options = version >= perGrantor ? ` WITH ADMIN FALSE, INHERIT ${inherit}, SET FALSE` : ''
  await client.query(`GRANT ${role} TO ${identity}${options} GRANTED BY CURRENT_USER`)
}

/** One row that carries our mark, by names, with its login's expiry as `ourValidUntil` reads it. */
export interface OwnRow {
  identity: string
  role: string
  validUntil: string | undefined
  settings: string[]
}

/** Every row that carries our mark, but our own role's. */
export async function readOurs(client: PoolClient): Promise<OwnRow[]> {
  const { rows } = await client.query<Omit<OwnRow, 'validUntil'> & { validUntil: string | null }>(`
    SELECT identity.rolname::text AS identity, role.rolname::text AS role,
      coalesce(identity.rolconfig, '{}') AS settings,
      CASE WHEN isfinite(identity.rolvaliduntil)
        THEN to_char(identity.rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') END AS "validUntil"
    FROM pg_auth_members m
      JOIN pg_roles self ON self.oid = m.grantor AND self.rolname = current_user
      JOIN pg_roles role ON role.oid = m.roleid
      JOIN pg_roles identity ON identity.oid = m.member AND identity.oid <> self.oid
    ORDER BY role.rolname, identity.rolname`)
  return rows.map(row => ({ ...row, validUntil: row.validUntil ?? undefined }))
}
