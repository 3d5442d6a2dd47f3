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
  return earliest(grant, now, [clauseEnd(grant, terms), contractEnd(terms)])
}

/**
 * The end of a grant by a new version of the contract: by whatever gives less in it than in the version before, with the
 * same amendments (attack #85). What those alone take away, they have left to grants of before, or said otherwise. By
 * all of it where the version before is not known (`was` null).
 */
export function versionEnd(grant: GrantWindow, terms: ReboundTerms, was: ReboundTerms | null, now: Date): Date {
  if (was === null) return reboundEnd(grant, terms, now)
  const both = [
    [clauseEnd(grant, terms), clauseEnd(grant, was)],
    [contractEnd(terms), contractEnd(was)]
  ] as const
  return earliest(
    grant,
    now,
    both.flatMap(([end, before]) => (end < before ? [end] : []))
  )
}

function earliest({ notAfter }: GrantWindow, now: Date, ends: readonly number[]): Date {
  return new Date(Math.min(notAfter.getTime(), Math.max(now.getTime(), Math.min(...ends))))
}

// Before all time where the clause gives it no more.
function clauseEnd({ notBefore }: GrantWindow, { clause, eligible, targets }: ReboundTerms): number {
  if (clause?.duration === undefined || !eligible) return -Infinity
  const lines = clause.access ?? []
  const given = targets.every(({ provider, resource, role }) =>
    lines.some(line => line.provider === provider && line.resource === resource && line.role === role)
  )
  return given ? notBefore.getTime() + clause.duration.maxSeconds * 1_000 : -Infinity
}

function contractEnd({ contract }: ReboundTerms): number {
  return contract.effective.untilAt.getTime()
}
