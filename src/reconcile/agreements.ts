// What is agreed, as time and merges change it: amendments begin and lapse, contracts are replaced (ledger.md §4).
import { amendmentIdDigest } from '../act/record.ts'
import { conform } from '../decide/agreement/conform.ts'
import { isAmendmentOver, isInForce } from '../ledger/amendment-state.ts'
import type { AmendmentState } from '../ledger/amendment-state.ts'
import type { LedgerState } from '../ledger/state.ts'
import type { Conformed, MergedAmendment } from '../model/agreement.ts'
import { parseContract } from '../model/contract.ts'
import type { Contract } from '../model/contract.ts'
import type { TreeEntry } from '../model/facts.ts'
import { pathOf, placeOf } from '../model/place.ts'
import type { Draft } from '../model/record.ts'
import { readAmendment, readAmendments } from '../read/amendments.ts'
import type { MergeTime } from '../read/amendments.ts'
import { bytesAt } from '../read/repository.ts'
import type { Tree } from '../read/repository.ts'
import { looksFor } from './holdings.ts'
import { openPulls } from './open-pulls.ts'
import { reboundsOf } from './rebound.ts'
import { amendmentLook, endLook, pullLook } from './world.ts'
import type { AccessRepository, Look, World } from './world.ts'

/** The amendment that a file is: same contract and id, same bytes. An edited file is none (attack #42). */
export function amendmentOf(state: LedgerState, entry: TreeEntry): AmendmentState | null {
  const place = placeOf(entry.path)
  if (place?.kind !== 'amendment') return null
  const ref = state.amendmentIds.get(amendmentIdDigest(place.contract, place.id))
  const amendment = ref === undefined ? undefined : state.amendments.get(ref)
  return amendment !== undefined && amendment.blob === entry.sha ? amendment : null
}

/**
 * When each file's amendment was merged, by the ledger. One whose file has left main once never comes back (attack
 * #44).
 */
export function mergeTimes(state: LedgerState): MergeTime {
  return entry => {
    const amendment = amendmentOf(state, entry)
    const counts = amendment !== null && amendment.window !== null && amendment.removedAt === undefined
    return counts ? amendment.mergedAt : null
  }
}

/** One contract of main, and what is agreed under it at any instant. */
export interface Agreement {
  contract: Contract
  amendments: MergedAmendment[]
  at(instant: Date): Conformed
}

/**
 * What is agreed under a contract by the files of `tree`; null where the contract or one of its amendments cannot be
 * read.
 */
export async function agreementIn(access: AccessRepository, tree: Tree, id: string): Promise<Agreement | null> {
  const { repository, ledger } = access
  const path = pathOf({ kind: 'contract', id })
  const entry = tree.get(path)
  if (entry === undefined || entry.mode !== '100644') return null
  const contract = await contractOf(access, id, entry.sha)
  const amendments = await readAmendments(repository, tree, id, mergeTimes(ledger.state()))
  if (contract === null || !amendments.known) return null
  return { contract, amendments: amendments.value, at: instant => conform(contract, amendments.value, instant) }
}

/** One version of a contract by its blob; null where that is not this contract, or cannot be read. */
async function contractOf({ repository }: AccessRepository, id: string, blob: string): Promise<Contract | null> {
  const parsed = parseContract(pathOf({ kind: 'contract', id }), await bytesAt(repository, blob))
  return parsed.ok && parsed.value.id === id ? parsed.value : null
}

/**
 * What was agreed at a past instant, by the ledger and by blobs that never change, and which amendment gave each
 * clause.
 */
export async function agreedThen(
  access: AccessRepository,
  contract: Contract,
  at: Date
): Promise<{ conformed: Conformed; amendedBy(clause: string): { id: string; untilAt: Date | null } | null }> {
  const state = access.ledger.state()
  const refs = [...(state.byContract.get(contract.id) ?? [])]
  const known = refs.flatMap(ref => state.amendments.get(ref) ?? [])
  const then = known.filter(one => one.mergedAt <= at && isInForce(one, at))
  const read = await Promise.all(
    then.map(async ({ blob, mergedAt }): Promise<MergedAmendment[]> => {
      const parsed = await readAmendment(access.repository, {
        path: `amendments/${contract.id}/decided.yml`,
        sha: blob
      })
      return parsed.ok ? [{ amendment: parsed.value, mergedAt, blob }] : []
    })
  )
  const merged = read.flat()
  const conformed = conform(contract, merged, at)
  return {
    conformed,
    amendedBy: clause => {
      const from = Object.hasOwn(conformed.provenance, clause) ? conformed.provenance[clause] : undefined
      if (from?.by !== 'amendment') return null
      const amendment = merged.find(one => one.amendment.id === from.id)?.amendment
      return { id: from.id, untilAt: amendment?.effective.untilAt ?? null }
    }
  }
}

/** What changed under one contract since it was last recorded. */
export interface AgreementChange {
  contract: string
  base: string | null
  agreement: Agreement | null
  now: Conformed | null
  begun: AmendmentState[]
  over: AmendmentState[]
  replaced: boolean
  /** What would be agreed now by the version before, where another took its place; null: not known. */
  was: Conformed | null
}

/**
 * Records what is agreed now wherever that is no longer what the ledger says, in one append with the grants that end
 * earlier by it. Costs nothing where nothing changed. Answers whom to look at: those grants, the amendments' pull
 * requests, and every open pull request, which other terms now judge (attack #35).
 */
export async function settleAgreements(world: World, access: AccessRepository, tree: Tree): Promise<Look[]> {
  const instant = world.clock.now()
  const state = access.ledger.state()
  const stale = contractIds(state, tree).filter(id => isStale(state, tree, id, instant))
  if (stale.length === 0) return []
  const changes = await Promise.all(stale.map(async id => await changeOf(access, tree, id, instant)))
  const rebounds = (await Promise.all(changes.map(async change => await reboundsOf(access, change, instant)))).flat()
  const before = access.ledger.state().seq
  const after = await access.ledger.append(current => [
    ...changes.flatMap(change => draftsOf(current, change, instant)),
    ...rebounds.filter(draft => {
      const notAfter = current.requests.get(draft.request)?.window?.notAfter
      return notAfter !== undefined && new Date(draft.notAfter) < notAfter
    })
  ])
  if (after.seq === before) return []
  const touched = rebounds.flatMap(draft => after.requests.get(draft.request) ?? [])
  const moved = changes.flatMap(({ begun, over }) => [...begun, ...over])
  const known = state.effective.size > 0
  return [
    ...(await looksFor(world, access, after, touched)),
    ...moved.flatMap(({ amendment, pr }) => [pullLook(access.home, pr), amendmentLook(access.home, amendment)]),
    ...(changes.some(({ over }) => over.length > 0) ? [endLook(access.home)] : []),
    ...(known ? await openPulls(access) : [])
  ]
}

function contractIds(state: LedgerState, tree: Tree): string[] {
  const here = [...tree.keys()].flatMap(path => {
    const place = placeOf(path)
    return place?.kind === 'contract' ? [place.id] : []
  })
  return [...new Set([...here, ...state.effective.keys()])]
}

function isStale(state: LedgerState, tree: Tree, id: string, now: Date): boolean {
  const recorded = state.effective.get(id)
  const base = tree.get(pathOf({ kind: 'contract', id }))?.sha
  if (recorded?.base !== base || dueOf(state, id, now).length > 0) return true
  const live = liveOf(state, tree, id, now)
    .map(({ amendment }) => amendment)
    .sort()
  return recorded !== undefined && [...recorded.amendments].sort().join() !== live.join()
}

/** Amendments of the contract whose beginning or end is past and not recorded. */
function dueOf(state: LedgerState, contract: string, now: Date): AmendmentState[] {
  return [...state.openAmendments.values()].filter(one => {
    if (one.contract !== contract || one.window === null) return false
    return isAmendmentOver(one, now) || (one.inForceAt === undefined && one.window.fromAt <= now)
  })
}

function liveOf(state: LedgerState, tree: Tree, contract: string, now: Date): AmendmentState[] {
  const files = new Set([...tree.values()].flatMap(entry => amendmentOf(state, entry)?.amendment ?? []))
  return [...state.openAmendments.values()].filter(one => {
    return one.contract === contract && isInForce(one, now) && files.has(one.amendment)
  })
}

async function changeOf(access: AccessRepository, tree: Tree, contract: string, now: Date): Promise<AgreementChange> {
  const agreement = await agreementIn(access, tree, contract)
  const due = dueOf(access.ledger.state(), contract, now)
  const base = tree.get(pathOf({ kind: 'contract', id: contract }))?.sha ?? null
  const recorded = access.ledger.state().effective.get(contract)
  const replaced = recorded !== undefined && recorded.base !== base
  const before = replaced && agreement !== null ? await contractOf(access, contract, recorded.base) : null
  return {
    contract,
    base,
    replaced,
    was: before === null || agreement === null ? null : conform(before, agreement.amendments, now),
    agreement,
    now: agreement?.at(now) ?? null,
    // What began and ended while nobody looked is told whole.
    begun: due.filter(one => one.inForceAt === undefined && began(one, now)),
    over: due.filter(one => isAmendmentOver(one, now))
  }
}

function began({ window, removedAt }: AmendmentState, now: Date): boolean {
  return window !== null && window.fromAt <= now && (removedAt === undefined || window.fromAt < removedAt)
}

function draftsOf(state: LedgerState, change: AgreementChange, now: Date): Draft[] {
  const { contract, base, agreement, begun, over } = change
  const digestAt = (instant: Date | null | undefined): string => agreement?.at(instant ?? now).digest ?? ''
  const drafts: Draft[] = []
  for (const { amendment, window } of begun) {
    if (state.amendments.get(amendment)?.inForceAt !== undefined) continue
    const digest = digestAt(window?.fromAt)
    drafts.push({ type: 'amendment.inforce', occurredAt: now, amendment, contract, effective: digest })
  }
  for (const { amendment, window, removedAt } of over) {
    if (state.amendments.get(amendment)?.lapsedAt !== undefined) continue
    const end = removedAt === undefined ? window?.untilAt : now
    drafts.push({ type: 'amendment.lapsed', occurredAt: now, amendment, contract, effective: digestAt(end) })
  }
  const applied = refsOf(state, contract, change.now?.applied ?? [], agreement)
  const effective = change.now?.digest ?? null
  const recorded = state.effective.get(contract)
  const same =
    base === (recorded?.base ?? null) &&
    effective === (recorded?.effective ?? null) &&
    applied.join() === (recorded?.amendments ?? []).join()
  if (same) return drafts
  return [...drafts, { type: 'contract.effective', occurredAt: now, contract, base, amendments: applied, effective }]
}

function refsOf(
  state: LedgerState,
  contract: string,
  ids: readonly string[],
  agreement: Agreement | null
): AmendmentState['amendment'][] {
  return ids.flatMap(id => {
    const ref = state.amendmentIds.get(amendmentIdDigest(contract, id))
    return ref === undefined || agreement === null ? [] : [ref]
  })
}
