// What the operator's page shows: numbers, no secrets, nobody's name. The same as HTML and as JSON.
import type { RevocationDebt } from '../ledger/debt.ts'
import type { FindingCode } from '../model/protection.ts'
import type { QueueCounts } from '../queue/queue.ts'
import type { BudgetNumbers } from '../read/budget.ts'

/** How Addendum is. */
export interface Status {
  at: Date
  version: string
  startedAt: Date
  /** The queue answers, so that work can be taken. */
  ready: boolean
  /** What is not as it should be, the worst first; empty: all is well. */
  attention: Attention[]
  /** Over all repositories that are open; null: none is, and nothing is known. */
  debt: RevocationDebt | null
  /** Null: the queue did not answer in time. */
  queue: QueueCounts | null
  installations: InstallationStatus[]
  repositories: RepositoryStatus[]
}

/** One installation, by GitHub's number, and where it stands with GitHub's limits. */
export interface InstallationStatus {
  id: number
  budget: BudgetNumbers
}

/** One access repository that is open, by GitHub's number and its name without the owner's. */
export interface RepositoryStatus {
  id: number
  name: string
  debt: RevocationDebt
  ledger: { branch: string | null; seq: number; recordedAt: Date | null; anomalies: number }
  /** Null: not looked at since the start. */
  sweptAt: Date | null
  protection: { at: Date; stops: FindingCode[]; warns: FindingCode[] } | null
  /** Pull requests that wait for the turn of their account (attack #74). */
  waiting: number
}

/** One thing that is not as it should be. `bad`: access may stand too long, or nothing new is granted. */
export interface Attention {
  code:
    | 'revocation.overdue'
    | 'revocation.late'
    | 'queue.unreachable'
    | 'protection.stop'
    | 'ledger.anomaly'
    | 'github.silent'
    | 'github.near'
    | 'queue.behind'
    | 'queue.failing'
    | 'nothing.open'
  severity: 'bad' | 'warn'
  because: string
}
