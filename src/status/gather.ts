// Gathers the status from this process's memory and the queue's counts. Asks nobody else.
import { revocationDebt } from '../ledger/debt.ts'
import type { RevocationDebt } from '../ledger/debt.ts'
import type { Clock } from '../model/ports.ts'
import type { FindingCode } from '../model/protection.ts'
import type { Queue, QueueCounts } from '../queue/queue.ts'
import { budgetOf } from '../read/github.ts'
import type { AccessRepository, World } from '../reconcile/world.ts'
import { attentionTo } from './attention.ts'
import type { RepositoryStatus, Status } from './status.ts'

/** What the status is gathered from. */
export interface Sources {
  world: Pick<World, 'opened'>
  queue: Pick<Queue, 'counts'>
  clock: Clock
  version: string
  startedAt: Date
}

/** So long the queue may take to answer; the readiness check waits no longer either. */
const patienceMs = 5_000

/** The queue's counts; null when it does not answer in time, or not at all. */
export async function countsOf(queue: Pick<Queue, 'counts'>, clock: Clock): Promise<QueueCounts | null> {
  const late = clock.sleep(patienceMs).then(() => null)
  return await Promise.race([late, queue.counts().catch(() => null)])
}

/** How Addendum is now. */
export async function statusOf({ world, queue, clock, version, startedAt }: Sources): Promise<Status> {
  const counts = await countsOf(queue, clock)
  const at = clock.now()
  const opened = world.opened()
  const installations = [...opened.installations].flatMap(([id, github]) => {
    const budget = budgetOf(github)
    return budget === undefined ? [] : [{ id, budget }]
  })
  const repositories = opened.repositories.map(access => repositoryStatus(access, at))
  const debt = repositories.length === 0 ? null : sumOf(repositories.map(repository => repository.debt))
  const known = { at, version, startedAt, ready: counts !== null, debt, queue: counts, installations, repositories }
  return { ...known, attention: attentionTo(known) }
}

function repositoryStatus({ repository, ledger, seen, turns }: AccessRepository, at: Date): RepositoryStatus {
  const state = ledger.state()
  const findings = seen.protection?.findings ?? []
  const codes = (severity: 'stop' | 'warn'): FindingCode[] => [
    ...new Set(findings.filter(finding => finding.severity === severity).map(({ code }) => code))
  ]
  return {
    id: repository.id,
    name: repository.name,
    debt: revocationDebt(state, at),
    ledger: {
      branch: state.branch,
      seq: state.seq,
      recordedAt: state.lastRecordedAt,
      anomalies: state.anomalies.length
    },
    sweptAt: seen.sweptAt,
    protection: seen.protection && { at: seen.protection.at, stops: codes('stop'), warns: codes('warn') },
    waiting: turns.waiting()
  }
}

function sumOf(debts: readonly RevocationDebt[]): RevocationDebt {
  const oldest = debts.flatMap(({ oldestDueAt }) => (oldestDueAt === null ? [] : [oldestDueAt.getTime()]))
  return {
    overdue: debts.reduce((sum, debt) => sum + debt.overdue, 0),
    failed: debts.reduce((sum, debt) => sum + debt.failed, 0),
    oldestDueAt: oldest.length === 0 ? null : new Date(Math.min(...oldest))
  }
}
