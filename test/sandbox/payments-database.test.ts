import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startPostgres } from '../../src/database/postgres.ts'
import { createLog } from '../../src/log.ts'
import { newPassword, openPaymentsDatabase } from '../../src/sandbox/payments-database.ts'

test('plays on a server that is given by its URL, in a database of its own there', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'addendum-payments-'))
  await chmod(directory, 0o711)
  const log = createLog('silent')
  const server = await startPostgres({ directory, log, fsync: false })
  try {
    const options = { directory, url: server.url, logins: ['octocat'], password: newPassword(), log }
    const database = await openPaymentsDatabase(options)
    expect(await database.probe('octocat')).toMatchObject({ allowed: false, sqlstate: '42501' })
    expect(await database.members()).toEqual([])
    await database.close()
    // A second start finds what the first has made.
    await (await openPaymentsDatabase(options)).close()
  } finally {
    await server.close()
    await rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
})
