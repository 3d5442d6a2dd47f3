// What the walks of all kinds of pull request share: what is walked, how a merge is asked for, and how its outcome is recorded.
import { performMerge } from '../../act/merge.ts'
import { amendmentIdDigest, idDigest } from '../../act/record.ts'
import type { LedgerState } from '../../ledger/state.ts'
import type { CheckAction } from '../../model/action.ts'
import type { Change, Holding, Known } from '../../model/facts.ts'
import { mustQueue } from '../../model/protection.ts'
import { amendmentRef, requestRef } from '../../model/record.ts'
import type { AmendmentRef, Draft, RequestRef } from '../../model/record.ts'
import { readBranchProtection } from '../../read/branch-protection.ts'
import type { ProposalSurroundings } from '../../read/proposal-facts.ts'
import type { Pull } from '../../read/pull.ts'
import { mergeTimes } from '../agreements.ts'
import { isDecided, mainDrafts, unqualified, viewMain } from '../main.ts'
import type { MainView } from '../main.ts'
import { pullLook } from '../world.ts'
import type { AccessRepository, Outcome, World } from '../world.ts'

/** One pull request, and the world around it. */
export interface Walk {
  world: World
  access: AccessRepository
  pull: Pull
  changes: Known<Change[]>
  view: MainView
}

/** What a request would be granted, and the account that would get it. */
export interface PromisedGrant {
  account: number
  grant: Holding
}

/** What is said of one member of a merge group: both checks, and what it would be granted. */
export interface Judgement {
  checks: CheckAction[]
  grants: PromisedGrant[]
}

const blockedAgainMs = 60_000

/** What the gathering of any proposal needs beside GitHub. */
export function surroundingsOf(walk: Walk, kind: 'request' | 'amendment'): ProposalSurroundings {
  const { world, access, pull, view } = walk
  const state = access.ledger.state()
  const idUsed = (contract: string, id: string): boolean => {
    if (kind === 'request') return isOther(state.ids.get(idDigest(contract, id)), requestRef(pull.number))
    return isOther(state.amendmentIds.get(amendmentIdDigest(contract, id)), amendmentRef(pull.number))
  }
  return { now: world.clock.now(), tip: view.tip, idUsed, mergedAt: mergeTimes(state) }
}

function isOther<R>(user: R | undefined, own: R): boolean {
  return user !== undefined && user !== own
}

/** Whether only people can bring it to main, since the app may not pass main's merge queue. */
export async function leftToQueue({ world, access }: Walk): Promise<boolean> {
  const { repository } = access
  const eyes = { as: 'app', app: repository.app } as const
  return mustQueue(await readBranchProtection(repository, eyes, { now: world.clock.now() }))
}

/** Merges the head that was judged, and goes on with the walk as merged; else says so and looks again. */
export async function merge(
  walk: Walk,
  { title, ref }: { title: string; ref: RequestRef | AmendmentRef },
  then: (merged: Walk) => Promise<Outcome>,
  blocked: () => Promise<void>
): Promise<Outcome> {
  const { world, access, pull } = walk
  const outcome = await performMerge(access.repository, {
    kind: 'merge',
    pull: pull.number,
    head: pull.head.sha,
    title: `${title} (#${pull.number})`,
    message: `${ref.startsWith('R') ? 'Request' : 'Amendment'}: ${ref}\nLedger-Anchor: ${access.ledger.anchor()}`
  })
  if (!outcome.merged) {
    if (outcome.because === 'moved') return { look: [pullLook(access.home, pull.number)] }
    await blocked()
    return { wakeAt: new Date(world.clock.now().getTime() + blockedAgainMs) }
  }
  access.merges.set(outcome.commit, pull.number)
  const view = await viewMain(world, access)
  if (view === null) return {}
  return await then({ ...walk, view, pull: { ...pull, state: 'closed', merged: true, mergeCommit: outcome.commit } })
}

/** What a merged pull request comes to on the ledger. `idTaken`: another one has its id there. */
export interface Settlement {
  drafts: Draft[]
  idTaken: boolean
}

class IdTaken extends Error {}

/**
 * Records what a merged pull request comes to, behind main's steps and once. `settle` is asked of the state on which the
 * records will stand; it answers with null where the pull request brought no single document. Answers with the state after,
 * or null where the id was taken meanwhile: of two at once the first on the ledger has it (attack #44).
 */
export async function recordSettled(
  { access, pull, view }: Walk,
  now: Date,
  settle: (state: LedgerState) => Settlement | null
): Promise<LedgerState | null> {
  try {
    return await access.ledger.append(state => {
      const settled = settle(state)
      const steps = mainDrafts(state, view.steps, now)
      if (isDecided(state, pull.number)) return steps
      if (settled === null) {
        return [...steps, { type: 'exception.recorded', occurredAt: now, ...unqualified(pull.number), owner: null }]
      }
      if (settled.idTaken) throw new IdTaken()
      return [...steps, ...settled.drafts]
    })
  } catch (error) {
    if (error instanceof IdTaken) return null
    throw error
  }
}
