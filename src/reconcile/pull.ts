// The walk of one pull request: what it is, what to say on it, and, once merged, the decision that counts.
import { documentActions } from '../act/documents.ts'
import { perform } from '../act/perform.ts'
import { performMerge } from '../act/merge.ts'
import { proposalActions } from '../act/proposal.ts'
import { decidedDraft, idDigest } from '../act/record.ts'
import { removalActions } from '../act/removal.ts'
import { decide } from '../decide/decide.ts'
import { nextTime } from '../decide/next-time.ts'
import { decideRemoval } from '../decide/removal.ts'
import { windowOf } from '../decide/window.ts'
import type { LedgerState } from '../ledger/state.ts'
import type { Change, Known } from '../model/facts.ts'
import { isGuarded, placeOf } from '../model/place.ts'
import { requestRef } from '../model/record.ts'
import type { Draft } from '../model/record.ts'
import { defaultSettings } from '../model/settings.ts'
import { readChanges, readPull } from '../read/pull.ts'
import type { Pull } from '../read/pull.ts'
import { gatherRemoval } from '../read/removal-facts.ts'
import { gatherRequest } from '../read/request-facts.ts'
import { intendedDraft, isFinished } from './entitlement.ts'
import { heldBy, looksFor } from './holdings.ts'
import { documentJudge } from './pull/documents.ts'
import { isDecided, mainDrafts, requestOf, settleMain, unqualified, viewMain } from './main.ts'
import type { MainView } from './main.ts'
import { tellLife } from './tell.ts'
import { endLook, pullLook } from './world.ts'
import type { AccessRepository, Home, Outcome, World } from './world.ts'

const blockedAgainMs = 60_000

/** Looks at one pull request of an access repository, and does what follows. Safe at any time, any number of times. */
export async function reconcilePull(world: World, home: Home, number: number): Promise<Outcome> {
  const access = await world.open(home)
  const { repository, ledger } = access
  if (ledger.state().requests.has(requestRef(number))) return await tellLife(world, access, requestRef(number))
  const pull = await readPull(repository, number)
  if (pull.base.ref !== repository.defaultBranch) return {}
  // Our own revert is walked by what it ends, which says more than its pull request does.
  if (pull.author.id === repository.bot.id) return pull.state === 'closed' && !pull.merged ? { look: [endLook(home)] } : {}
  if (pull.state === 'closed' && !pull.merged) return {}
  const view = await viewMain(world, access)
  if (view === null) return {}
  const changes = await readChanges(repository, pull)
  const walk: Walk = { world, access, pull, changes, view }
  switch (kindOf(changes)) {
    case 'request':
      return pull.merged ? await settleRequest(walk) : await proposeRequest(walk)
    case 'removal':
      return pull.merged ? { look: await settleMain(world, access, view) } : await proposeRemoval(walk)
    case 'other':
      return await passBy(walk)
  }
}

interface Walk {
  world: World
  access: AccessRepository
  pull: Pull
  changes: Known<Change[]>
  view: MainView
}

/** What a pull request is by its paths. Whatever is mixed with a request is judged, and refused, as a request (attack #32). */
function kindOf(changes: Known<Change[]>): 'request' | 'removal' | 'other' {
  if (!changes.known) return 'request'
  const guarded = changes.value.filter(change => isGuarded(change.path) || (change.previousPath !== null && isGuarded(change.previousPath)))
  const requests = guarded.filter(change => placeOf(change.path)?.kind === 'request' || change.path.toLowerCase().startsWith('requests/'))
  if (requests.length > 0 && changes.value.every(change => change.status === 'removed' && requests.includes(change))) return 'removal'
  return requests.length > 0 ? 'request' : 'other'
}

function surroundings({ world, access, pull, view }: Walk): Parameters<typeof gatherRequest>[3] {
  const state = access.ledger.state()
  const own = requestRef(pull.number)
  const idUsed = (contract: string, id: string): boolean => {
    const user = state.ids.get(idDigest(contract, id))
    return user !== undefined && user !== own
  }
  const now = world.clock.now()
  const holdings = (accounts: readonly number[]) => heldBy(state, accounts, own, now)
  return { now, tip: view.tip, providers: world.providers, idUsed, holdings }
}

async function proposeRequest(walk: Walk): Promise<Outcome> {
  const { world, access, pull, changes, view } = walk
  const facts = await gatherRequest(access.repository, pull, changes, surroundings(walk))
  const decision = decide(facts)
  const settings = view.settings.parsed?.ok === true ? view.settings.parsed.value : defaultSettings
  const merging = decision.outcome === 'allow' && settings.merge === 'auto'
  const actions = proposalActions(facts, decision, pull.requested)
  // When the merge follows at once, the comment waits for it: one edit says both.
  await perform(access, merging ? actions.filter(action => action.kind !== 'comment') : actions, pull.comments === 0)
  if (!merging) {
    const wakeAt = nextTime(facts)
    return wakeAt === undefined ? {} : { wakeAt }
  }
  return await merge(walk, `Grant ${decision.terms?.contract ?? ''} ${decision.terms?.clause ?? ''}`, async merged => await settleRequest(merged), async () => {
    await perform(access, actions, pull.comments === 0)
    world.log.warn({ pull: pull.number }, 'Everything holds, and GitHub does not let it be merged yet')
  })
}

/** Merges the head that was judged, and goes on with the walk as merged; else says so and looks again. */
async function merge(walk: Walk, title: string, then: (merged: Walk) => Promise<Outcome>, blocked: () => Promise<void>): Promise<Outcome> {
  const { world, access, pull } = walk
  const outcome = await performMerge(access.repository, {
    kind: 'merge',
    pull: pull.number,
    head: pull.head.sha,
    title: `${title} (#${pull.number})`,
    message: `Request: ${requestRef(pull.number)}\nLedger-Anchor: ${access.ledger.anchor()}`
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

/** The decision that counts: on what main holds now, under the rules of the merge's first parent. */
async function settleRequest(walk: Walk): Promise<Outcome> {
  const { world, access, pull, changes, view } = walk
  if (pull.mergeCommit !== null) access.merges.set(pull.mergeCommit, pull.number)
  const facts = await gatherRequest(access.repository, pull, changes, surroundings(walk))
  const decision = decide(facts)
  const window = decision.outcome === 'allow' && decision.terms !== null ? windowOf(decision.terms, facts.now) : null
  const decided = decidedDraft(facts, decision, window)
  const drafts = (state: LedgerState): Draft[] => {
    const steps = mainDrafts(state, view.steps, facts.now)
    if (isDecided(state, pull.number)) return steps
    if (decided === undefined) return [...steps, { type: 'exception.recorded', occurredAt: facts.now, ...unqualified(pull.number), owner: null }]
    // The same id in two pull requests at once: the first on the ledger has it (attack #44).
    if (decided.outcome === 'allow' && state.ids.has(decided.idSha256)) throw new IdTaken()
    const starts = window !== null && window.notBefore <= facts.now
    const intents = starts ? decided.targets.map(target => intendedDraft(decided.request, target, window.notAfter, facts.now)) : []
    return [...steps, decided, ...intents]
  }
  let state: LedgerState
  try {
    state = await access.ledger.append(drafts)
  } catch (error) {
    if (error instanceof IdTaken) return { look: [pullLook(access.home, pull.number)] }
    throw error
  }
  const request = state.requests.get(requestRef(pull.number))
  if (request === undefined) {
    const refused = proposalActions(facts, decision, pull.requested).filter(action => action.kind === 'comment')
    await perform(access, refused, pull.comments === 0)
    return { look: [endLook(access.home)] }
  }
  if (isFinished(request, facts.now)) {
    await tellLife(world, access, request.request)
    return { look: [endLook(access.home)] }
  }
  const looks = await looksFor(access, state, [request])
  if (request.window !== null && request.window.notBefore > facts.now) await tellLife(world, access, request.request)
  return { look: looks }
}

/** Another request took the id between our reading and our record. */
class IdTaken extends Error {}

async function proposeRemoval(walk: Walk): Promise<Outcome> {
  const { world, access, pull, changes, view } = walk
  const state = access.ledger.state()
  const now = world.clock.now()
  const paths = changes.known ? changes.value.map(change => change.path) : []
  const removals = paths.map(path => {
    const entry = view.tree.get(path)
    const request = entry === undefined ? null : requestOf(state, entry)
    return {
      path,
      request: request === null ? null : { author: request.author, subject: request.subject, ended: isFinished(request, now) }
    }
  })
  const facts = await gatherRemoval(access.repository, pull, changes, { now, tip: view.tip, removals })
  const decision = decideRemoval(facts)
  await perform(access, removalActions(facts, decision), pull.comments === 0)
  const settings = view.settings.parsed?.ok === true ? view.settings.parsed.value : defaultSettings
  if (decision.outcome !== 'allow' || settings.merge !== 'auto') return {}
  return await merge(
    walk,
    `End ${removals.length === 1 ? 'a request' : `${removals.length} requests`} early`,
    async merged => ({ look: await settleMain(world, access, merged.view) }),
    async () => world.log.warn({ pull: pull.number }, 'A removal may be merged, and GitHub does not let it yet')
  )
}

/** Nothing here asks for access: the checks say so, since GitHub may require them; the review stays GitHub's own. */
async function passBy(walk: Walk): Promise<Outcome> {
  const { world, access, pull, view } = walk
  if (pull.merged) return { look: await settleMain(world, access, view) }
  const judge = await documentJudge(world, access, view)
  await perform(access, await documentActions(access.repository, pull, walk.changes, judge), pull.comments === 0)
  return {}
}

