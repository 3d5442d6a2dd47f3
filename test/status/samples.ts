// Test builder: statuses. All is well in `wellStatus`, and each test bends what it is about.
import { gitHubLimits } from '../../src/read/budget.ts'
import type { BudgetNumbers } from '../../src/read/budget.ts'
import type { RepositoryStatus, Status } from '../../src/status/status.ts'

export const now = new Date('2026-11-23T15:04:05.000Z')

export function ago(seconds: number): Date {
  return new Date(now.getTime() - seconds * 1000)
}

export const nothingOwed = { overdue: 0, failed: 0, oldestDueAt: null }

export function budget(change: Partial<BudgetNumbers> = {}): BudgetNumbers {
  return {
    waiting: 0,
    contentLastMinute: 3,
    contentLastHour: 37,
    pointsLastMinute: 120,
    remaining: 4800,
    limit: 5000,
    resetAt: ago(-1500),
    pausedUntil: null,
    putOff: 0,
    refused: 0,
    near: false,
    limits: gitHubLimits,
    ...change
  }
}

export function repository(change: Partial<RepositoryStatus> = {}): RepositoryStatus {
  return {
    id: 812345,
    name: 'access',
    debt: nothingOwed,
    ledger: { branch: 'ledger/2026', seq: 18234, recordedAt: ago(43), anomalies: 0 },
    sweptAt: ago(125),
    protection: { at: ago(3000), stops: [], warns: [] },
    waiting: 0,
    ...change
  }
}

export function wellStatus(change: Partial<Status> = {}): Status {
  return {
    at: now,
    version: '0.1.0',
    startedAt: ago(90_000),
    ready: true,
    attention: [],
    debt: nothingOwed,
    queue: { due: 0, active: 1, later: 214, failing: 0, oldestDueAt: null },
    installations: [{ id: 51123, budget: budget() }],
    repositories: [repository()],
    ...change
  }
}
