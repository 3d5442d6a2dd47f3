// The PostgreSQL provider against the contract and a real server, with real logins that try what they may and may not.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Entitlement } from '../../src/model/entitlement.ts'
import { openPostgres, type PostgresSettings } from '../../src/providers/postgres.ts'
import type { Provider } from '../../src/providers/provider.ts'
import { describeProvider, held, type Stage } from './contract.ts'
import { keepingLog } from './keeping-log.ts'
import { startServer, type Server } from './postgres-server.ts'

const e: Entitlement = { provider: 'payments-db', identity: 'octocat', resource: 'ledger', role: 'reader' }
const other = { ...e, identity: 'hubot' }
const soon = new Date('2096-11-22T15:00:00Z')
const name = e.provider
const refusal = { code: 'provider.refused' }
const open = (server: Server, changes: Partial<PostgresSettings> = {}, log = keepingLog()) =>
  openPostgres(name, { ...server.settings, ...changes }, { log })

async function stage(changes: Partial<PostgresSettings>): Promise<Stage> {
  const server = await startServer(changes)
  const anybody = { identities: undefined }
  const provider = await open(server, anybody)
  return {
    provider,
    entitlement: e,
    other,
    refused: [
      ...['postgres', 'pg_monitor', 'public', 'granter', 'é'.repeat(32)].map(identity => ({ ...e, identity })),
      ...['orders', 'postgres'].map(resource => ({ ...e, resource })),
      ...['orders_reader', 'octocat', 'READER'].map(role => ({ ...e, role }))
    ],
    missing: { ...e, identity: 'nobody-by-this-name' },
    reopen: () => open(server, anybody),
    giveForeign: async given => void (await server.admin.query(`GRANT ${given.role} TO ${given.identity}`)),
    works: given => server.canRead(given),
    clear: () => server.clear(),
    close: async () => {
      await provider.close()
      await server.close()
    }
  }
}

describeProvider('postgres', () => stage({}), { 'native expiry': 'a membership has none; see the next suite' })
describeProvider('postgres with VALID UNTIL', () => stage({ manageValidUntil: true, identities: ['octocat', 'hubot'] }))

describe('PostgreSQL with real logins', () => {
  let server: Server
  let provider: Provider
  const log = keepingLog()
  beforeAll(async () => {
    server = await startServer()
    provider = await open(server, {}, log)
  })
  beforeEach(() => server.clear())
  afterAll(async () => {
    await provider?.close()
    await server?.close()
  })

  test('an open cursor outlives a REVOKE, so its session is ended', async () => {
    await provider.grant(e, soon, 'k')
    const client = await server.login('octocat', 'ledger')
    await client.query('BEGIN')
    await client.query('DECLARE c CURSOR FOR SELECT id FROM payments')
    await client.query('FETCH 1 FROM c')
    expect((await provider.revoke(e)).detail).toContain('sessions ended: 1')
    await expect(client.query('FETCH 1 FROM c')).rejects.toThrow()
    expect(await server.canRead(e)).toBe(false)
  })

  test('sessions in other databases and of other people are left alone', async () => {
    await provider.grant(e, soon, 'k')
    const elsewhere = await server.login('octocat', 'orders')
    const somebody = await server.login('hubot', 'ledger')
    const ended = await server.login('octocat', 'ledger')
    expect((await provider.revoke(e)).detail).toContain('sessions ended: 1')
    await expect(ended.query('SELECT 1')).rejects.toThrow()
    expect((await elsewhere.query('SELECT 1')).rowCount).toBe(1)
    expect((await somebody.query('SELECT 1')).rowCount).toBe(1)
    await elsewhere.end()
    await somebody.end()
  })

  test.each([
    ['left', false],
    ['ended where the operator wants it so', true]
  ])('sessions of who keeps another role of ours there are %s', async (_, endSharedSessions) => {
    const own = await open(server, { endSharedSessions })
    await own.grant(e, soon, 'k1')
    await own.grant({ ...e, role: 'writer' }, soon, 'k2')
    const client = await server.login('octocat', 'ledger')
    const receipt = await own.revoke(e)
    expect(receipt).toMatchObject({ changed: true })
    expect(receipt.detail).toContain(endSharedSessions ? 'sessions ended: 1' : 'sessions left open')
    if (endSharedSessions) await expect(client.query('SELECT 1')).rejects.toThrow()
    else expect((await client.query('SELECT count(*) FROM payments')).rowCount).toBe(1)
    await client.end().catch(() => {})
    expect(await own.revoke({ ...e, role: 'writer' })).toMatchObject({ changed: true })
    expect(await server.canRead(e)).toBe(false)
    await own.close()
  })

  test('who reaches the role through another role holds it as foreign', async () => {
    await server.admin.query('GRANT reader TO writer')
    try {
      await server.admin.query('GRANT writer TO octocat')
      expect(await provider.inspect(e)).toEqual({ state: 'foreign' })
      await expect(provider.grant(e, soon, 'k')).rejects.toMatchObject(refusal)
      await server.clear()
      await provider.grant({ ...e, role: 'writer' }, soon, 'k')
      expect(await provider.inspect(e)).toEqual({ state: 'absent' })
      expect(await provider.grant(e, soon, 'k')).toMatchObject({ changed: true })
    } finally {
      await server.admin.query('REVOKE reader FROM writer')
    }
  })

  test('from 16 on, what somebody grants beside ours is left, and nothing is held by SET ROLE', async ({ skip }) => {
    if (server.version < 160_000) skip('PostgreSQL 15 has one row for a membership')
    await provider.grant(e, soon, 'k')
    const client = await server.login('octocat', 'ledger')
    await expect(client.query('SET ROLE reader')).rejects.toMatchObject({ code: '42501' })
    await expect(client.query('GRANT reader TO hubot')).rejects.toMatchObject({ code: '42501' })
    await server.admin.query('GRANT reader TO octocat')
    expect(await provider.inspect(e)).toEqual({ state: 'present' })
    const receipt = await provider.revoke(e)
    expect(receipt).toMatchObject({ changed: true })
    expect(receipt.detail).toMatch(/sessions left open.*not made by us/)
    expect((await client.query('SELECT count(*) FROM payments')).rowCount).toBe(1)
    expect(await provider.inspect(e)).toEqual({ state: 'foreign' })
    await client.end()
  })

  test('from 16 on, an interrupted revocation ends the access, keeps the mark, is finished later', async ({ skip }) => {
    if (server.version < 160_000) skip('PostgreSQL 15 has no membership without effect')
    await provider.grant(e, soon, 'k')
    const client = await server.login('octocat', 'ledger')
    await server.admin.query('REVOKE pg_signal_backend FROM granter')
    try {
      await expect(provider.revoke(e)).rejects.toMatchObject(refusal)
      expect(await server.canRead(e)).toBe(false)
      expect(await provider.inspect(e)).toMatchObject({ state: 'unknown' })
      expect(await held(provider)).toHaveLength(1)
      await expect(provider.grant(other, soon, 'k')).rejects.toMatchObject(refusal)
    } finally {
      await server.admin.query('GRANT pg_signal_backend TO granter')
    }
    expect((await provider.revoke(e)).detail).toContain('sessions ended: 1')
    expect(await provider.inspect(e)).toEqual({ state: 'absent' })
    await client.end().catch(() => {})
  })

  test('from 16 on, granting again over an interrupted revocation makes the access whole', async ({ skip }) => {
    if (server.version < 160_000) skip('PostgreSQL 15 has no membership without effect')
    await provider.grant(e, soon, 'k')
    await server.admin.query('GRANT reader TO octocat WITH INHERIT FALSE, SET FALSE GRANTED BY granter')
    expect(await server.canRead(e)).toBe(false)
    expect(await provider.grant(e, soon, 'k')).toMatchObject({ changed: true })
    expect(await server.canRead(e)).toBe(true)
  })

  test('on 15, an earlier SET ROLE outlives a REVOKE, so its session is ended', async ({ skip }) => {
    if (server.version >= 160_000) skip('from 16 on, what we grant cannot be taken up by SET ROLE')
    await provider.grant(e, soon, 'k')
    const client = await server.login('octocat', 'ledger')
    await client.query('SET ROLE reader')
    expect((await provider.revoke(e)).detail).toContain('sessions ended: 1')
    await expect(client.query('SELECT count(*) FROM payments')).rejects.toThrow()
  })

  test('a login that holds our advisory lock holds off a grant, never a revocation', async () => {
    await provider.grant(e, soon, 'k')
    const client = await server.login('octocat', 'postgres')
    await client.query(`SELECT pg_advisory_lock(hashtextextended('addendum:octocat', 0))`)
    await expect(provider.grant(e, soon, 'k')).rejects.toMatchObject({ code: 'provider.unavailable', retry: true })
    expect(await provider.revoke(e)).toMatchObject({ changed: true })
    expect(await server.canRead(e)).toBe(false)
    await client.end()
  })

  test('a role that the operator has unlisted is still taken back, by its mark', async () => {
    await provider.grant(e, soon, 'k')
    const narrowed = await open(server, { databases: { ledger: { roles: ['writer'] } } }, log)
    expect(await held(narrowed)).toEqual([])
    expect(log.lines.join()).toContain('not in the allow-list')
    expect(await narrowed.revoke(e)).toMatchObject({ changed: true })
    expect(await server.canRead(e)).toBe(false)
    await narrowed.close()
  })

  test('an identity that is dropped while it holds access is gone, and ending it succeeds', async () => {
    await server.admin.query('CREATE ROLE mona LOGIN')
    await provider.grant({ ...e, identity: 'mona' }, soon, 'k')
    await server.admin.query('DROP ROLE mona')
    expect(await provider.inspect({ ...e, identity: 'mona' })).toEqual({ state: 'absent' })
    const receipt = await provider.revoke({ ...e, identity: 'mona' })
    expect(receipt).toMatchObject({ changed: false, detail: expect.stringContaining('gone') })
  })

  test.each(['SUPERUSER', 'LOGIN', 'CREATEROLE', 'CREATEDB', 'BYPASSRLS', 'REPLICATION'])(
    'a role with %s is given to nobody',
    async attribute => {
      await server.admin.query(`ALTER ROLE reader ${attribute}`)
      try {
        await expect(provider.grant(e, soon, 'k')).rejects.toMatchObject(refusal)
      } finally {
        await server.admin.query(`ALTER ROLE reader NO${attribute}`)
      }
    }
  )

  test('a superuser, a group role and a database that is gone are refused', async () => {
    await server.admin.query('ALTER ROLE hubot SUPERUSER')
    await expect(provider.grant(other, soon, 'k')).rejects.toMatchObject(refusal)
    await server.admin.query('ALTER ROLE hubot NOSUPERUSER')
    await expect(provider.grant({ ...e, identity: 'orders_reader' }, soon, 'k')).rejects.toMatchObject(refusal)
    const wider = await open(server, { databases: { nowhere: { roles: ['reader'] } } })
    await expect(wider.grant({ ...e, resource: 'nowhere' }, soon, 'k')).rejects.toMatchObject(refusal)
    await wider.close()
  })

  test("as a superuser it grants nothing, since its mark would be everybody's", async () => {
    const root = await open(server, { user: server.admin.user ?? '', password: server.admin.password ?? '' })
    await expect(root.grant(e, soon, 'k')).rejects.toMatchObject(refusal)
    await expect(root.revoke(e)).rejects.toMatchObject(refusal)
    expect(await root.inspect(e)).toMatchObject({ state: 'unknown' })
    await root.close()
  })

  test('a role listed for two databases, and a role that PostgreSQL reserves, are refused at once', async () => {
    const twice = open(server, { databases: { ledger: { roles: ['reader'] }, orders: { roles: ['reader'] } } })
    await expect(twice).rejects.toMatchObject(refusal)
    const predefined = open(server, { databases: { ledger: { roles: ['pg_read_all_data'] } } })
    await expect(predefined).rejects.toMatchObject(refusal)
  })

  test('names that need quoting are quoted', async () => {
    const role = `re"ader'; DROP TABLE payments; --`
    const quoted = `"re""ader'; DROP TABLE payments; --"`
    await server.admin.query(`CREATE ROLE ${quoted}; GRANT ${quoted} TO granter WITH ADMIN OPTION`)
    const odd = await open(server, { databases: { ledger: { roles: [role] } } })
    expect(await odd.grant({ ...e, role }, soon, 'k')).toMatchObject({ changed: true })
    expect(await odd.inspect({ ...e, role })).toEqual({ state: 'present' })
    expect(await odd.revoke({ ...e, role })).toMatchObject({ changed: true })
    await odd.close()
    await server.admin.query(`DROP ROLE ${quoted}`)
  })

  test('a server that is away is unavailable, wrong credentials are refused, and neither tells a secret', async () => {
    const away = await open(server, { host: '127.0.0.1', port: 1 })
    const gone = await away.inspect(e).catch((fault: unknown) => fault)
    expect(gone).toMatchObject({ code: 'provider.unavailable', retry: true })
    const wrong = await open(server, { password: 'open sesame' })
    const refused = await wrong.revoke(e).catch((fault: unknown) => fault)
    expect(refused).toMatchObject({ code: 'provider.refused', retry: false })
    expect(`${String(gone)}${String(refused)}${log.lines.join()}`).not.toMatch(/sesame|horse/)
    await away.close()
    await wrong.close()
  })

  test('a server that offers no TLS is refused where TLS is asked for, and never spoken to in clear', async () => {
    const verified = await open(server, { tls: { mode: 'verify' } })
    await expect(verified.inspect(e)).rejects.toMatchObject(refusal)
    await verified.close()
    await verified.close()
  })

  test('a connection that is cut is used no more, and the next call works', async () => {
    await provider.inspect(e)
    await server.admin.query(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'granter'`)
    await provider.inspect(e).catch((fault: unknown) => expect(fault).toMatchObject({ code: 'provider.unavailable' }))
    expect(await provider.inspect(e)).toEqual({ state: 'absent' })
  })
})

describe('VALID UNTIL', () => {
  const early = new Date('2096-11-22T12:00:00Z')
  const late = new Date('2096-11-22T18:00:00Z')
  let server: Server
  let provider: Provider
  beforeAll(async () => {
    server = await startServer({ manageValidUntil: true, identities: ['octocat', 'hubot'] })
    provider = await open(server, { identities: undefined })
  })
  beforeEach(() => server.clear())
  afterAll(async () => {
    await provider?.close()
    await server?.close()
  })
  const validUntil = async (login = 'octocat') => {
    const { rows } = await server.admin.query<{ at: string }>(
      `
      SELECT coalesce(to_char(rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), 'infinity') AS at
      FROM pg_roles WHERE rolname = $1`,
      [login]
    )
    return rows[0]?.at
  }
  const setByHand = (at: string) => server.admin.query(`ALTER ROLE octocat VALID UNTIL '${at}'`)

  test('stands while any of our roles does, and what was there before stands again after the last', async () => {
    await provider.grant(e, soon, 'k1')
    await provider.grant({ ...e, role: 'writer' }, late, 'k2')
    expect(await validUntil()).toBe('2096-11-22 18:00')
    await provider.revoke(e)
    expect(await validUntil()).toBe('2096-11-22 18:00')
    await provider.revoke({ ...e, role: 'writer' })
    expect(await validUntil()).toBe('infinity')
  })

  test('stops a password login by itself when nobody is there to revoke', async () => {
    await provider.grant(e, new Date('2001-01-01T00:00:00Z'), 'k')
    await expect(server.login('octocat', 'ledger')).rejects.toMatchObject({ code: '28P01' })
    expect(await provider.revoke(e)).toMatchObject({ changed: true })
    await (await server.login('octocat', 'ledger')).end()
  })

  test('a foreign instant that is earlier is neither moved nor removed', async () => {
    await setByHand('2096-11-22T12:00:00Z')
    await provider.grant(e, soon, 'k')
    expect(await validUntil()).toBe('2096-11-22 12:00')
    expect(await provider.inspect(e)).toEqual({ state: 'present' })
    await provider.revoke(e)
    expect(await validUntil()).toBe('2096-11-22 12:00')
  })

  test('a foreign instant that is later is shortened, remembered, never passed, and put back', async () => {
    await setByHand('2096-11-22T16:00:00.123456Z')
    await provider.grant(e, soon, 'k1')
    expect(await validUntil()).toBe('2096-11-22 15:00')
    await provider.grant(e, late, 'k2')
    expect(await provider.inspect(e)).toEqual({ state: 'present', until: new Date('2096-11-22T16:00:00.123Z') })
    await provider.revoke(e)
    expect(await validUntil()).toBe('2096-11-22 16:00')
  })

  test('what somebody sets while ours stands is theirs: left at the end, whichever way it moved', async () => {
    await provider.grant(e, soon, 'k')
    await setByHand('2096-11-22T11:00:00Z')
    expect(await provider.inspect(e)).toEqual({ state: 'present' })
    expect(await provider.grant(e, late, 'k')).toMatchObject({ changed: false })
    await provider.revoke(e)
    expect(await validUntil()).toBe('2096-11-22 11:00')
    const { rows } = await server.admin.query(`SELECT rolconfig FROM pg_roles WHERE rolname = 'octocat'`)
    expect(rows).toEqual([{ rolconfig: null }])
  })

  test('a login that we may not touch is granted to without it, and the receipt says so', async ({ skip }) => {
    if (server.version < 160_000) skip('on PostgreSQL 15 CREATEROLE may touch every login')
    const receipt = await provider.grant({ ...e, identity: 'monalisa' }, early, 'k')
    expect(receipt).toMatchObject({ changed: true, detail: expect.stringContaining('not ours to move') })
    expect(await validUntil('monalisa')).toBe('infinity')
    expect(await provider.revoke({ ...e, identity: 'monalisa' })).toMatchObject({ changed: true })
  })

  test('nobody may forge our mark on themselves', async () => {
    const client = await server.login('octocat', 'ledger')
    const denied = { code: '42501' }
    await expect(client.query(`ALTER ROLE octocat SET addendum.valid_until = 'x'`)).rejects.toMatchObject(denied)
    await provider.grant(e, soon, 'k')
    await expect(client.query('ALTER ROLE octocat RESET addendum.valid_until')).rejects.toMatchObject(denied)
    await client.end()
  })
})
