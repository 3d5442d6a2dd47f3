// When a live grant ends once the terms under it have changed: earlier, never later (S9; DESIGN §3 `transition`).
import type { Clause, Contract } from '../model/contract.ts'
import type { GrantWindow } from './time/window.ts'

/** What the terms in force now say of a live grant. `clause` null: struck or gone. */
export interface ReboundTerms {
  contract: Contract
  clause: Clause | null
  /** Whether the subject is still among the eligible. Who is not known not to be is not (S6). */
  eligible: boolean
  /** Provider, resource and role of everything that the grant holds. */
  targets: readonly { provider: string; resource: string; role: string }[]
}

/**
 * The end of a grant by the terms alone: at once where the clause is gone, gives something else or names its subject no
 * more; else at the clause's maximum from its start, and with the contract. Approvals and conditions were for its
 * start.
 */
export function reboundEnd(grant: GrantWindow, terms: ReboundTerms, now: Date): Date {
  const end = Math.max(now.getTime(), termsEnd(grant, terms, now))
  return new Date(Math.min(grant.notAfter.getTime(), end))
}

function termsEnd({ notBefore }: GrantWindow, terms: ReboundTerms, now: Date): number {
  const { contract, clause, eligible, targets } = terms
  if (clause?.duration === undefined || !eligible) return now.getTime()
  const lines = clause.access ?? []
  const given = targets.every(({ provider, resource, role }) =>
    lines.some(line => line.provider === provider && line.resource === resource && line.role === role)
  )
  if (!given) return now.getTime()
  return Math.min(notBefore.getTime() + clause.duration.maxSeconds * 1_000, contract.effective.untilAt.getTime())
}
