// Measures the ledger: folding 100,000 records, one fold on top of them, verifying 20,000 records in a real clone.
import { fold } from '../src/ledger/fold.ts'
import { grantsOn, live, type LedgerState } from '../src/ledger/state.ts'
import type { Draft } from '../src/model/record.ts'
import { requestRef } from '../src/model/record.ts'
import { AccessRepository } from '../test/ledger/access-repository.ts'
import { MemoryStore } from '../test/ledger/memory-store.ts'
import { advanced, decided, granted, hour, intended, revoked, sha, target, world } from '../test/ledger/records.ts'

const rows: [string, string][] = []

/** CPU milliseconds of this process: the machine is shared, so wall time alone would say little. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

async function measured<T>(name: string, work: () => Promise<T> | T): Promise<T> {
  const [cpu, wall] = [cpuMs(), performance.now()]
  const result = await work()
  rows.push([name, `${(cpuMs() - cpu).toFixed(1)} ms CPU, ${(performance.now() - wall).toFixed(1)} ms wall`])
  return result
}

async function folding(): Promise<void> {
  const { open, store } = world()
  const ledger = await open()
  const requests = 50_000
  await measured(`append ${requests * 2} records, 100 callers a commit`, async () => {
    for (let from = 1; from <= requests; from += 100) {
      await Promise.all(
        Array.from({ length: 100 }, (_, n) =>
          ledger.append(() => {
            const on = target(`db-${from + n}`)
            return [decided(from + n, { targets: [on] }), intended(from + n, { target: on })]
          })
        )
      )
    }
  })
  await measured(`open: read, check and fold ${requests * 2} records`, () => open())
  const state = ledger.state()
  const more = 1000
  let after: LedgerState = state
  const record = {
    v: 1 as const,
    ledger: 'L',
    seq: 1,
    prev: '',
    occurredAt: '2026-11-22T12:00:00.000Z',
    recordedAt: '2026-11-22T12:00:00.000Z',
    app: '0.1.0',
    type: 'grant.done' as const,
    notAfter: '2026-11-22T13:00:00.000Z',
    changed: true,
    receiptSha256: '',
    readBack: 'present' as const
  }
  await measured(`${more} single folds on ${state.open.size} live requests`, () => {
    for (let n = 1; n <= more; n++)
      after = fold(after, [{ ...record, request: requestRef(n), target: target(`db-${n}`) }])
  })
  await measured(`${more} × grantsOn()`, () => {
    for (let n = 1; n <= more; n++) grantsOn(after, target(`db-${n}`).key)
  })
  await measured('live(), once at boot', () => live(after))
  rows.push([
    'heap',
    `${(process.memoryUsage().heapUsed / 1e6).toFixed(0)} MB with ${store.blobs.size} blobs in memory`
  ])
}

async function verifying(segmentSize: number): Promise<void> {
  const access = new AccessRepository()
  try {
    const requests = 4000
    const first = access.merge(1, { 'directory.yml': 'people: []\n' })
    const seconds = Math.floor(access.clock.now().getTime() / 1000)
    const text = (n: number): string => `id: request-${n}\n`
    access.git(['fast-import', '--quiet'], {
      input: Array.from({ length: requests }, (_, n) =>
        [
          'commit refs/heads/main',
          `committer GitHub <noreply@github.com> ${seconds} +0000`,
          'data 1',
          'x',
          ...(n === 0 ? ['from refs/heads/main^0'] : []),
          `M 644 inline requests/c-${n % 64}/r-${n}.yml`,
          `data ${text(n).length}`,
          text(n),
          ''
        ].join('\n')
      ).join('\n')
    })
    const commits = access.git(['rev-list', '--reverse', 'main']).split('\n')
    access.store = new MemoryStore()
    access.store.now = () => access.clock.now()
    const ledger = await access.open()
    const drafts: Draft[] = commits.slice(1).flatMap((merge, n) => {
      const pr = n + 1
      const blob = sha(`blob ${text(n).length}\0${text(n)}`, 'sha1')
      return [
        advanced(commits[n] as string, merge, { pr }),
        decided(pr, { merge, file: { blob, sha256: sha(text(n)) } }),
        intended(pr),
        granted(pr),
        revoked(pr)
      ]
    })
    // The genesis must name the first commit, not the tip.
    const tip = access.tip()
    access.git(['update-ref', 'refs/heads/main', first])
    for (let at = 0; at < drafts.length; at += segmentSize) {
      await ledger.append(() => drafts.slice(at, at + segmentSize))
    }
    access.git(['update-ref', 'refs/heads/main', tip])
    access.publish()
    const clone = access.clone()
    access.clock.pass(hour)
    const verdict = await measured(`verify ${drafts.length + 2} records, ${segmentSize} a segment`, () =>
      access.verify({ in: clone })
    )
    rows.push(['', `${verdict.status}, ${verdict.segments} segments, ${verdict.commits} commits of main`])
    if (verdict.status !== 'sound') throw new Error(JSON.stringify(verdict.findings.slice(0, 5)))
  } finally {
    access.remove()
  }
}

await folding()
await verifying(64)
await verifying(5)
process.stdout.write(`${rows.map(([name, value]) => `${name.padEnd(58)}${value}`).join('\n')}\n`)
