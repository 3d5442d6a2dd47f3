// A process of its own that starts an embedded PostgreSQL and says so, to be killed by the tests.
import { startPostgres } from '../../src/database/postgres.ts'
import { createLog } from '../../src/log.ts'

const [directory = ''] = process.argv.slice(2)
const log = createLog('silent')
try {
  const { url } = await startPostgres({ directory, log, fsync: false })
  process.stdout.write(`${url}\n`)
  process.stdin.resume()
} catch (error) {
  process.stdout.write(`${(error as { code?: string }).code ?? 'bug'}\n`)
  process.exit(1)
}
