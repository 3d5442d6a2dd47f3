// Live grants under terms that changed: with `transition: rebound` those out of terms end earlier (DESIGN §3).
import { reboundEnd } from '../decide/rebound.ts'
import type { AmendmentState, RequestState } from '../ledger/state.ts'
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
  now: Conformed | null
  begun: readonly AmendmentState[]
  over: readonly AmendmentState[]
  /** The contract's own file is another one now. */
  replaced: boolean
}

/** One `grant.rebound` for each live grant that ends earlier by the change. With `transition: keep` there is none. */
export async function reboundsOf(access: AccessRepository, change: ReboundChange, now: Date): Promise<ReboundDraft[]> {
  const touched = new Map<string, ReboundCause>()
  for (const amendment of change.over) {
    for (const clause of await reboundBy(access, amendment)) touched.set(clause, 'lapse')
  }
  for (const amendment of change.begun) {
    for (const clause of await reboundBy(access, amendment)) touched.set(clause, 'amendment')
  }
  if (change.replaced && change.now?.contract.transition === 'rebound') {
    const live = [...access.ledger.state().open.values()].filter(({ contract }) => contract === change.contract)
    for (const { clause } of live) if (clause !== null && !touched.has(clause)) touched.set(clause, 'contract')
  }
  if (touched.size === 0) return []
  const live = [...access.ledger.state().open.values()].filter(({ contract, clause, window, removedAt, outcome }) => {
    if (outcome !== 'allow' || removedAt !== undefined || window === null || window.notAfter <= now) return false
    return contract === change.contract && clause !== null && touched.has(clause)
  })
  const drafts = await Promise.all(
    live.map(async request => {
      const end = await endOf(access, change, request, now)
      if (end === null) return []
      const cause = touched.get(request.clause ?? '') ?? 'amendment'
      const notAfter = formatInstant(end)
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

/** When the grant ends under the terms of now; null where that is no earlier. */
async function endOf(
  access: AccessRepository,
  change: ReboundChange,
  request: RequestState,
  now: Date
): Promise<Date | null> {
  const { window } = request
  // What cannot be read has not been shown to take anything away: new grants stop, a live one keeps its end.
  if (change.now === null || window === null) return null
  const { contract } = change.now
  const id = request.clause ?? ''
  const written = Object.hasOwn(contract.clauses, id) ? (contract.clauses[id] ?? null) : null
  // Break-glass follows the terms for an emergency; a clause that has none any more gives none.
  const clause = written !== null && access.ledger.state().reviews.has(request.request) ? inEmergency(written) : written
  const terms = clause === null ? [] : [{ eligible: clause.eligible ?? contract.parties.eligible }]
  const names = principalsOf(contract, terms)
  const eligible = await isEligible(access, names, request.subject)
  const targets = request.holdings.map(({ target }) => target)
  const end = reboundEnd(window, { contract, clause, eligible, targets }, now)
  return end < window.notAfter ? end : null
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
