// Live grants under terms that changed: those out of terms end earlier, by an amendment where it says so (DESIGN §3).
import { reboundEnd, versionEnd } from '../decide/rebound.ts'
import type { ReboundTerms } from '../decide/rebound.ts'
import type { AmendmentState } from '../ledger/amendment-state.ts'
import type { RequestState } from '../ledger/request-state.ts'
import type { Conformed } from '../model/agreement.ts'
import { inEmergency } from '../model/contract.ts'
import { formatInstant } from '../model/instant.ts'
import type { Draft, ReboundCause } from '../model/record.ts'
import { readAmendment } from '../read/amendments.ts'
import { principalsOf, readNamed } from '../read/named.ts'
import type { AccessRepository } from './world.ts'

type ReboundDraft = Draft & { type: 'grant.rebound' }

/** What changed under one contract. `now`: what is agreed after it; null where that cannot be read. */
export interface ReboundChange {
  contract: string
  /** The contract's own blob; null: its file has left main, and nothing is agreed under it any more. */
  base: string | null
  now: Conformed | null
  begun: readonly AmendmentState[]
  over: readonly AmendmentState[]
  /** The contract's own file is another one now. `was`: what would be agreed by the one before; null: not known. */
  replaced: boolean
  was: Conformed | null
}

/**
 * One `grant.rebound` for each live grant that ends earlier by the change. An amendment says itself whether grants
 * follow it; a new version of the contract ends earlier, always, what it gives less for than the version before (attack
 * #85), and everything where the contract is gone (reliability fault 63). Of several ends the earliest holds, since none
 * is ever later (S9).
 */
export async function reboundsOf(access: AccessRepository, change: ReboundChange, now: Date): Promise<ReboundDraft[]> {
  const touched = new Map<string, ReboundCause>()
  for (const amendment of change.over) {
    for (const clause of await reboundBy(access, amendment)) touched.set(clause, 'lapse')
  }
  for (const amendment of change.begun) {
    for (const clause of await reboundBy(access, amendment)) touched.set(clause, 'amendment')
  }
  if (touched.size === 0 && !change.replaced) return []
  const live = [...access.ledger.state().open.values()].filter(({ contract, clause, window, removedAt, outcome }) => {
    if (outcome !== 'allow' || removedAt !== undefined || window === null || window.notAfter <= now) return false
    return contract === change.contract && clause !== null && (change.replaced || touched.has(clause))
  })
  const drafts = await Promise.all(
    live.map(async request => {
      const amended = touched.get(request.clause ?? '')
      const end = await endOf(access, change, request, { now, amended: amended !== undefined })
      if (end === null) return []
      const [cause, notAfter] = [amended ?? ('contract' as const), formatInstant(end)]
      return [{ type: 'grant.rebound' as const, occurredAt: now, request: request.request, notAfter, cause }]
    })
  )
  return drafts.flat()
}

/** The clauses that an amendment touches, where it says that live grants follow. */
async function reboundBy(access: AccessRepository, { contract, blob }: AmendmentState): Promise<string[]> {
  const parsed = await readAmendment(access.repository, { path: `amendments/${contract}/decided.yml`, sha: blob })
  if (!parsed.ok || parsed.value.transition !== 'rebound') return []
  return parsed.value.changes.map(({ clause }) => clause)
}

/** When the grant ends by the change; null where that is no earlier. */
async function endOf(
  access: AccessRepository,
  change: ReboundChange,
  request: RequestState,
  { now, amended }: { now: Date; amended: boolean }
): Promise<Date | null> {
  const { window } = request
  if (change.base === null && window !== null) return now
  // What cannot be read has not been shown to take anything away: new grants stop, a live one keeps its end.
  if (change.now === null || window === null) return null
  const terms = await termsOf(access, change.now, request)
  const was = amended || change.was === null ? null : await termsOf(access, change.was, request)
  const end = amended ? reboundEnd(window, terms, now) : versionEnd(window, terms, was, now)
  return end < window.notAfter ? end : null
}

async function termsOf(
  access: AccessRepository,
  { contract }: Conformed,
  { request, clause: id, subject, holdings }: RequestState
): Promise<ReboundTerms> {
  const written = id !== null && Object.hasOwn(contract.clauses, id) ? (contract.clauses[id] ?? null) : null
  // Break-glass follows the terms for an emergency; a clause that has none any more gives none.
  const clause = written !== null && access.ledger.state().reviews.has(request) ? inEmergency(written) : written
  const named = clause === null ? [] : [{ eligible: clause.eligible ?? contract.parties.eligible }]
  const eligible = await isEligible(access, principalsOf(contract, named), subject)
  return { contract, clause, eligible, targets: holdings.map(({ target }) => target) }
}

async function isEligible(
  access: AccessRepository,
  names: readonly string[],
  subject: number | null
): Promise<boolean> {
  const { teams, users } = await readNamed(access.repository, names, null)
  const members = Object.values(teams).flatMap(team => (team.known ? team.value : []))
  const accounts = [...members, ...Object.values(users).flatMap(user => (user.known ? [user.value] : []))]
  return accounts.some(account => account.id === subject)
}
