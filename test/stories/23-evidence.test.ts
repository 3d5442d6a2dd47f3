// Story 23: what is left behind is a plain git repository, and `verify` finds nothing wrong with it, offline.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { openGitRepository } from '../../src/ledger/git-repository.ts'
import { verify } from '../../src/ledger/verify.ts'
import { openHouse } from '../house.ts'
import { ask, granted, hour, mergePast, remove } from './acts.ts'

const run = promisify(execFile)

test('a clone after a full day verifies, with the bypass in it told', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'house-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }))
  const house = await openHouse({ directory })
  await granted(house, { duration: '1h' })
  await house.advance(2 * hour)
  await granted(house, { id: 'octocat-two' })
  await remove(house, 'octocat-two', 'octocat')
  await mergePast(house, await ask(house, { id: 'octocat-three' }))
  await house.advance(hour)
  expect(await house.finish()).toEqual([])
  const clone = join(directory, 'clone')
  await run('git', ['clone', '--quiet', join(directory, 'repositories', `${house.repository.id}.git`), clone])
  const verdict = await verify(await openGitRepository(clone))
  expect(verdict.findings.filter(({ code }) => code.startsWith('E'))).toEqual([])
  expect(verdict.records).toBe(house.records().length)
})
