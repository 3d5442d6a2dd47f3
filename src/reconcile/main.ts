// The walk of main: records each first-parent step, and sees what came and went with it, whoever pushed it.
import { idDigest } from '../act/record.ts'
import { isAmendmentOver } from '../ledger/amendment-state.ts'
import type { AmendmentState } from '../ledger/amendment-state.ts'
import type { RequestState } from '../ledger/request-state.ts'
import { exceptionKey } from '../ledger/state.ts'
import type { LedgerState } from '../ledger/state.ts'
import type { TreeEntry } from '../model/facts.ts'
import { placeOf } from '../model/place.ts'
import { amendmentRef, requestRef } from '../model/record.ts'
import type { AmendmentRef, Draft } from '../model/record.ts'
import { introducedBy, stepsOf } from '../read/main.ts'
import type { MainStep } from '../read/main.ts'
import { tipOf, treeAt } from '../read/repository.ts'
import type { CommitNode, Tree } from '../read/repository.ts'
import { readSettings } from '../read/rules.ts'
import type { Rules } from '../read/rules.ts'
import { amendmentOf, settleAgreements } from './agreements.ts'
import { isFinished } from './finished.ts'
import { looksForRemoved } from './holdings.ts'
import { openPullsUnderNewRules } from './open-pulls.ts'
import { endLook, noticeLook, pullLook } from './world.ts'
import type { AccessRepository, Home, Look, Outcome, World } from './world.ts'

/** main as it is now, and what the ledger has not recorded of it yet. */
export interface MainView {
  tip: CommitNode
  tree: Tree
  settings: Rules['settings']
  steps: MainStep[]
}

/** A file on main that lives for a time, and what it is by id and bytes; nothing where the ledger knows of none. */
export type LivingFile = { entry: TreeEntry } & (
  | { kind: 'request'; known: RequestState }
  | { kind: 'amendment'; known: AmendmentState }
  | { kind: 'unknown'; known: null }
)

/**
 * Reads main. Null: this is not an access repository, since it has no settings. Begins the ledger where there is none.
 */
export async function viewMain(world: World, access: AccessRepository): Promise<MainView | null> {
  const { repository, ledger } = access
  const tip = await tipOf(repository)
  const tree = await treeAt(repository, tip.tree)
  const settings = await readSettings(repository, tree)
  if (settings.blob === null) return null
  if (ledger.state().main === null && !world.serves(access.home)) {
    access.log.warn({}, 'A repository that ADDENDUM_REPOSITORIES does not name holds settings, and is left alone')
    return null
  }
  if (ledger.state().main === null) {
    const begin: Draft = { type: 'heartbeat', occurredAt: world.clock.now(), open: 0, pending: 0, failed: 0 }
    await ledger.append(state => (state.main === null ? [begin] : []))
  }
  const from = ledger.state().main
  const steps = from === null || from === tip.sha ? [] : await stepsOf(repository, from, tip, access.merges)
  return { tip, tree, settings, steps }
}

/** The records for the steps that `state` does not have yet; what was recorded meanwhile is left out. */
export function mainDrafts(state: LedgerState, steps: readonly MainStep[], now: Date): Draft[] {
  const first = steps.findIndex(step => step.from === state.main)
  if (first < 0) return []
  return steps.slice(first).flatMap(step => {
    const requests = step.removed.flatMap(entry => {
      const request = requestOf(state, entry)
      return request === null ? [] : [request]
    })
    const amendments = step.removed.flatMap(entry => amendmentOf(state, entry) ?? [])
    const refs = requests.map(request => request.request)
    const { from, to, pr } = step
    const gone = namedIn(amendments)
    const drafts: Draft[] = [{ type: 'main.advanced', occurredAt: now, from, to: to.sha, pr, removed: refs, ...gone }]
    const over = requests.filter(request => isFinished(request, now)).map(request => request.request)
    const lapsed = amendments.filter(amendment => isAmendmentOver(amendment, now))
    if (pr !== null && over.length + lapsed.length > 0) {
      drafts.push({ type: 'revert.merged', occurredAt: now, requests: over, ...namedIn(lapsed), pr, merge: to.sha })
    }
    return drafts
  })
}

/** The request that a file is: same contract and id, same bytes. An edited file is none (attack #42). */
export function requestOf(state: LedgerState, entry: TreeEntry): RequestState | null {
  const place = placeOf(entry.path)
  if (place?.kind !== 'request') return null
  const ref = state.ids.get(idDigest(place.contract, place.id))
  const request = ref === undefined ? undefined : state.requests.get(ref)
  return request !== undefined && request.blob === entry.sha ? request : null
}

function namedIn(amendments: readonly AmendmentState[]): { amendments?: AmendmentRef[] } {
  return amendments.length === 0 ? {} : { amendments: amendments.map(({ amendment }) => amendment) }
}

/** Every file on main that lives for a time. */
export function livingFiles(state: LedgerState, tree: Tree): LivingFile[] {
  return [...tree.values()]
    .filter(entry => /^(requests|amendments)\//.test(entry.path))
    .map(entry => {
      const request = requestOf(state, entry)
      if (request !== null) return { entry, kind: 'request', known: request }
      const amendment = amendmentOf(state, entry)
      if (amendment !== null) return { entry, kind: 'amendment', known: amendment }
      return { entry, kind: 'unknown', known: null }
    })
}

/** Whether nothing will come of what the file brought any more, so that it leaves main. */
export function isPast(file: LivingFile, now: Date): boolean {
  if (file.kind === 'request') return isFinished(file.known, now)
  return file.kind === 'amendment' && isAmendmentOver(file.known, now)
}

/** Whether a pull request was decided, or refused as a whole, so that what it brought will not be granted any more. */
export function isDecided(state: LedgerState, pr: number): boolean {
  const known = state.requests.has(requestRef(pr)) || state.amendments.has(amendmentRef(pr))
  return known || state.exceptions.has(exceptionKey(unqualified(pr)))
}

/** What is recorded of a merged pull request that brought no single document: it is nobody's request. */
export function unqualified(pr: number): { control: string; code: string; pr: number; commit: null } {
  return { control: 'one-document', code: 'merged-unqualified', pr, commit: null }
}

/** Records main's steps, and says who must look at what they changed. */
export async function reconcileMain(world: World, home: Home): Promise<Outcome> {
  const access = await world.open(home)
  const view = await viewMain(world, access)
  return view === null ? {} : { look: await settleMain(world, access, view) }
}

/** The body of the walk, for walks that have read main already. */
export async function settleMain(world: World, access: AccessRepository, view: MainView): Promise<Look[]> {
  const now = world.clock.now()
  const state = await access.ledger.append(current => mainDrafts(current, view.steps, now))
  const removed = view.steps.flatMap(step => step.removed).flatMap(entry => requestOf(state, entry) ?? [])
  const looks = await looksForRemoved(world, access, state, now)
  looks.push(...removed.map(request => pullLook(access.home, request.pr)))
  looks.push(...(await settleAgreements(world, access, view.tree)))
  const files = livingFiles(state, view.tree)
  const { undecided, strays } = await explain(
    access,
    state,
    view,
    files.filter(file => file.kind === 'unknown')
  )
  await recordStrays(world, access, strays)
  if (strays.length > 0) looks.push(noticeLook(access.home))
  looks.push(...undecided.map(pr => pullLook(access.home, pr)))
  looks.push(...(await openPullsUnderNewRules(access, view.tree)))
  const toRemove = strays.length > 0 || files.some(file => isPast(file, now))
  if (toRemove) looks.push(endLook(access.home))
  return unique(looks)
}

/** A file on main that no decision explains. */
export interface Stray {
  entry: TreeEntry
  commit: string | null
}

/**
 * Files that nothing is known of: those whose pull request is yet to be decided, and those that nothing will ever
 * allow.
 */
export async function explain(
  access: AccessRepository,
  state: LedgerState,
  view: MainView,
  unknown: LivingFile[]
): Promise<{ undecided: number[]; strays: Stray[] }> {
  const undecided: number[] = []
  const strays: Stray[] = []
  for (const { entry } of unknown) {
    const step = view.steps.findLast(one =>
      one.added.some(added => added.path === entry.path && added.sha === entry.sha)
    )
    const origin =
      step === undefined
        ? await introducedBy(access.repository, entry.path, view.tip.sha)
        : { commit: step.to.sha, pr: step.pr }
    if (origin.pr !== null && !isDecided(state, origin.pr)) undecided.push(origin.pr)
    else strays.push({ entry, commit: origin.commit })
  }
  return { undecided, strays }
}

async function recordStrays(world: World, access: AccessRepository, strays: Stray[]): Promise<void> {
  if (strays.length === 0) return
  const now = world.clock.now()
  await access.ledger.append(state =>
    [...new Set(strays.map(stray => stray.commit))].flatMap(commit => {
      const exception = { control: 'merged-rightly', code: 'unrequested-file', pr: null, commit }
      if (state.exceptions.has(exceptionKey(exception))) return []
      return [{ type: 'exception.recorded' as const, occurredAt: now, ...exception, owner: null }]
    })
  )
}

function unique(looks: Look[]): Look[] {
  return [...new Map(looks.map(look => [look.key, look])).values()]
}
