// Ends what outlives a REVOKE: open transactions and cursors, on 15 an earlier SET ROLE too (reliability #52, #53).
import type { PoolClient } from 'pg'
import type { Entitlement } from '../../model/entitlement.ts'

/** How many sessions were told to end, and how many of those were still there when we stopped waiting. */
export interface Ended {
  ended: number
  left: number
}

/** How long PostgreSQL itself waits for one session to go, in milliseconds. */
const waitMs = 3_000

/**
 * Ends every session that this identity has in this database, and waits for each to be gone. Outside a transaction, so
 * that each statement sees the sessions of now. Without the right to (`pg_signal_backend`) the server refuses, and that
 * is thrown.
 */
export async function endSessions(client: PoolClient, e: Entitlement): Promise<Ended> {
  // MATERIALIZED: as a mere condition, the planner may call pg_terminate_backend on a session before it looks whose it
  // is.
  const { rows } = await client.query<{ pid: number }>(
    `
    WITH theirs AS MATERIALIZED (
      SELECT pid FROM pg_stat_activity
      WHERE usename = $1::text AND datname = $2::text AND pid <> pg_backend_pid())
    SELECT pid, pg_terminate_backend(pid) FROM theirs`,
    [e.identity, e.resource]
  )
  if (rows.length === 0) return { ended: 0, left: 0 }
  const { rows: waited } = await client.query<{ gone: boolean }>(
    `
    WITH theirs AS MATERIALIZED (
      SELECT pid FROM pg_stat_activity WHERE usename = $1::text AND datname = $2::text AND pid = ANY($3::int[]))
    SELECT pg_terminate_backend(pid, $4) AS gone FROM theirs`,
    [e.identity, e.resource, rows.map(row => row.pid), waitMs]
  )
  return { ended: rows.length, left: waited.filter(row => !row.gone).length }
}
