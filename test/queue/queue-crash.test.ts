import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { openDatabase } from '../../src/database/database.ts'
import { createLog } from '../../src/log.ts'
import { openQueue } from '../../src/queue/queue.ts'

const KILLS = 4

test('no look that was acknowledged is lost when the process and its database are killed, again and again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'addendum-crash-'))
  await chmod(folder, 0o711)
  const directory = join(folder, 'data')
  const acknowledged = new Set<string>()
  for (let round = 0; round < KILLS; round += 1) {
    const script = join(import.meta.dirname, 'intake-process.ts')
    const child = spawn(process.execPath, [script, directory, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.on('data', chunk => (text += String(chunk)))
    while (text.split('\n').length < 50 * (round + 1)) await systemClock.sleep(5)
    const [postmaster] = (await readFile(join(directory, 'pgdata', 'postmaster.pid'), 'utf8')).split('\n')
    if (round % 2 === 0) process.kill(Number(postmaster), 'SIGKILL')
    child.kill('SIGKILL')
    await once(child, 'close')
    for (const key of text.split('\n').slice(0, -1)) acknowledged.add(key)
  }

  const log = createLog('silent')
  const database = await openDatabase({ directory, log, fsync: false })
  const queue = await openQueue({ database, clock: systemClock, log })
  const seen = new Set<string>()
  await queue.work(async ({ key }) => void seen.add(key))
  // The last wake-ups are due one second after the last kill.
  while ((await queue.counts()).later > 0) await systemClock.sleep(20)
  await queue.idle()
  await queue.stop()
  await database.close()
  await rm(folder, { recursive: true, maxRetries: 20, retryDelay: 100 })
  expect(acknowledged.size).toBeGreaterThan(100)
  expect([...acknowledged].filter(key => !seen.has(key))).toEqual([])
}, 60_000)

test('the queue goes on by itself when the database under it is killed and started again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'addendum-crash-'))
  await chmod(folder, 0o711)
  const log = createLog('silent')
  const database = await openDatabase({ directory: folder, log, fsync: false })
  const queue = await openQueue({ database, clock: systemClock, log })
  const seen = new Set<string>()
  await queue.work(async ({ key }) => void seen.add(key))
  const [postmaster] = (await readFile(join(folder, 'pgdata', 'postmaster.pid'), 'utf8')).split('\n')
  await queue.look([{ lane: 'revoke', key: 'before' }], { at: new Date(systemClock.now().getTime() + 1500) })
  process.kill(Number(postmaster), 'SIGKILL')
  for (let stored = false; !stored; await systemClock.sleep(20)) {
    stored = await queue.look([{ lane: 'walk', key: 'after' }]).then(
      () => true,
      () => false
    )
  }
  while (!seen.has('before')) await systemClock.sleep(20)
  await queue.idle()
  expect([...seen].sort()).toEqual(['after', 'before'])
  await queue.stop()
  await database.close()
  await rm(folder, { recursive: true, maxRetries: 20, retryDelay: 100 })
})
