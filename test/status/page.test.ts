import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { pagePolicy, statusPage } from '../../src/status/page.ts'
import type { Status } from '../../src/status/status.ts'
import { ago, budget, now, repository, wellStatus } from './samples.ts'

/** The page as it is read, without markup; white space counts once. */
async function text(status: Status): Promise<string> {
  const page = (await statusPage(status)).replace(/<style>[^]*<\/style>/, '')
  return page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
}

test('the page shows every number, and says in its title how it is', async () => {
  const page = await text(wellStatus())
  expect(page).toContain('All is well · Addendum')
  expect(page).toContain('Addendum 0.1.0')
  expect(page).toContain('2026-11-23 15:04:05 UTC, up for 1 d 1 h')
  expect(page).toContain('access 812345')
  expect(page).toContain('record 18234 43 s ago')
  expect(page).toContain('2 min 5 s ago')
  expect(page).toContain('Installation 51123 far from every limit')
  expect(page).toContain('content in the last hour 37 of 500')
  expect(page).toContain('content in the last minute 3 of 80')
  expect(page).toContain('points in the last minute 120 of 900')
  expect(page).toContain('anew in 25 min 200 of 5000')
  expect(page).toContain('10 % of each is kept for ends')
})

test('what is owed stands first, and is marked', async () => {
  const debt = { overdue: 3, failed: 2, oldestDueAt: ago(754) }
  const attention = [{ code: 'revocation.overdue', severity: 'bad', because: 'Three are owed.' }] as const
  const page = await statusPage(wellStatus({ debt, attention: [...attention], repositories: [repository({ debt })] }))
  expect(page).toContain('<title>One thing needs attention · Addendum</title>')
  expect(page).toMatch(/<header class="bad">/)
  expect(page).toMatch(/<li class="bad">Three are owed\.<\/li>/)
  expect(page.indexOf('Three are owed')).toBeLessThan(page.indexOf('ends owed'))
  expect(page).toMatch(/<td class="bad">3<\/td>/)
})

test('what is not known is said to be unknown, and nothing is zero that was not counted', async () => {
  const unseen = { sweptAt: null, protection: null, ledger: { branch: null, seq: 0, recordedAt: null, anomalies: 0 } }
  const silent = budget({ limits: null, remaining: null, limit: null, resetAt: null })
  const page = await text(
    wellStatus({ queue: null, repositories: [repository(unseen)], installations: [{ id: 1, budget: silent }] })
  )
  expect(page).toContain('jobs due ?')
  expect(page).toContain('not looked at yet')
  expect(page).toContain('No limits are kept here')
  const empty = await text(wellStatus({ repositories: [], installations: [], debt: null }))
  expect(empty).toContain('ends owed ? not known yet')
  expect(empty).toContain('None is open yet')
  expect(empty).toContain('GitHub was not asked yet')
})

test('silence, findings and those who wait are told', async () => {
  const stopped = repository({
    waiting: 188,
    protection: { at: now, stops: ['main-pushable'], warns: ['main-bypass'] }
  })
  const warned = repository({ protection: { at: now, stops: [], warns: ['main-bypass'] } })
  const paused = budget({ near: true, pausedUntil: ago(-60), putOff: 44, refused: 1, waiting: 12 })
  const page = await text(wellStatus({ repositories: [stopped, warned], installations: [{ id: 7, budget: paused }] }))
  expect(page).toContain('stops grants: main-pushable noted: main-bypass 188 wait')
  expect(page).toContain('holds noted: main-bypass')
  expect(page).toContain('Installation 7 near a limit')
  expect(page).toContain('wait: 12; put off so far: 44; refused by GitHub: 1; silent until 2026-11-23 15:05:05 UTC')
})

test('no value leaves its place: markup in it is text', async () => {
  const evil = `"><script>alert(1)</script>'&`
  const page = await statusPage(
    wellStatus({
      version: evil,
      repositories: [repository({ name: evil })],
      attention: [{ code: 'nothing.open', severity: 'warn', because: evil }]
    })
  )
  expect(page).not.toContain('<script')
  expect(page.split('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;')).toHaveLength(4)
})

test('the policy allows exactly the style sheet of the page, and the page needs nothing else', async () => {
  const page = await statusPage(wellStatus())
  const style = /<style>([^]*)<\/style>/.exec(page)?.[1] ?? ''
  const hash = createHash('sha256').update(style).digest('base64')
  expect(pagePolicy.split('; ')).toEqual([
    "default-src 'none'",
    `style-src 'sha256-${hash}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ])
  expect(page).not.toMatch(/<script|<img|<link|<form| style=| on\w+=|https?:/)
})
