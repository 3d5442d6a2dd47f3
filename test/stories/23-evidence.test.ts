// Story 23: what is left behind is a plain git repository, and `verify` finds nothing wrong with it, offline.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { openGitRepository } from '../../src/ledger/git-repository.ts'
import { verify } from '../../src/ledger/verify.ts'
import { at, openHouse } from '../house.ts'
import type { House, HouseOptions } from '../house.ts'
import { approve, ask, granted, hour, mergePast, minute, remove } from './acts.ts'
import { amend, day } from './amendments.ts'
import { breakGlass } from './emergencies.ts'

const run = promisify(execFile)

/** A house whose repository is on disk, to be cloned from. */
async function onDisk(options: HouseOptions = {}): Promise<{ house: House; directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'house-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }))
  return { house: await openHouse({ ...options, directory }), directory }
}

async function verdictOn(house: House, directory: string): Promise<Awaited<ReturnType<typeof verify>>> {
  const clone = join(directory, 'clone')
  await run('git', ['clone', '--quiet', join(directory, 'repositories', `${house.repository.id}.git`), clone])
  return await verify(await openGitRepository(clone))
}

test('a clone after a full day verifies, with the bypass in it told', async () => {
  const { house, directory } = await onDisk()
  await granted(house, { duration: '1h' })
  await house.advance(2 * hour)
  await granted(house, { id: 'octocat-two' })
  await remove(house, 'octocat-two', 'octocat')
  await mergePast(house, await ask(house, { id: 'octocat-three' }))
  await house.advance(hour)
  expect(await house.finish()).toEqual([])
  const verdict = await verdictOn(house, directory)
  expect(verdict.findings.filter(({ code }) => code.startsWith('E'))).toEqual([])
  expect(verdict.records).toBe(house.records().length)
})

const contract = 'contracts/payments-production.yml'

test('every record that the app writes verifies, and has a name in the guide for auditors', async () => {
  const options = breakGlass('{approvals: none, max: 1h, review: 1d}')
  const { house, directory } = await onDisk(options)
  await house.as.lisa.rest.teams.addOrUpdateMembershipForUserInOrg({
    org: at.owner,
    team_slug: 'payments-leads',
    username: 'lisa'
  })
  // Two approve where one was asked for; then break-glass, and its review.
  house.webhooks = false
  const one = await ask(house, { duration: '8h' })
  await approve(house, one)
  await approve(house, one, 'lisa')
  house.webhooks = true
  await house.sweep()
  await ask(house, { id: 'urgent', subject: 'monalisa', duration: '1h', more: ['emergency: true'] }, 'monalisa')
  const { data } = await house.as.mona.rest.issues.listForRepo({ ...at, labels: 'break-glass' })
  const issue = { ...at, issue_number: data[0]?.number ?? 0 }
  await house.as.mona.rest.issues.addLabels({ ...issue, labels: ['review-ok'] })
  await house.as.mona.rest.issues.update({ ...issue, state: 'closed' })
  await house.settle()
  // A file past the rules, told and gone; a shorter contract; an amendment for a day; a provider that is down at an end.
  await mergePast(house, await ask(house, { id: 'octocat-three' }))
  const text = options.files?.[contract] ?? ''
  const shorter = { [contract]: text.replace('version: 1', 'version: 2').replace('max: 8h', 'max: 4h') }
  house.github.seed.commit('acme/access', 'main', shorter, { by: 'lisa' })
  await house.settle()
  const from = new Date(house.clock.now().getTime() + hour)
  await approve(house, await amend(house, { from, until: new Date(from.getTime() + day) }, 'monalisa'))
  house.payments.disturb('revoke', { kind: 'before' }, { kind: 'before' })
  await house.advance(2 * day, { sweepEveryMs: hour })
  await house.advance(5 * minute)
  expect(await house.finish()).toEqual([])

  const verdict = await verdictOn(house, directory)
  expect(verdict.findings).toEqual([])
  expect(verdict.records).toBe(house.records().length)
  const written = new Set(house.records().map(({ type }) => type))
  const guide = readFileSync(new URL('../../docs/guides/auditors.md', import.meta.url), 'utf8')
  expect([...written]).toEqual(
    expect.arrayContaining(['notice.closed', 'grant.rebound', 'revoke.failed', 'amendment.lapsed'])
  )
  expect(house.records().some(record => record.type === 'request.decided' && record.beyond !== undefined)).toBe(true)
  expect([...written].filter(type => !guide.includes(`\`${type}\``))).toEqual([])
})
