// The walk of a pull request that adds a request: facts, decision, what to say, merge, and the decision that counts.
import { checksOf } from '../../act/checks.ts'
import { perform } from '../../act/perform.ts'
import { proposalActions } from '../../act/proposal.ts'
import { breakGlassDrafts, decidedDraft } from '../../act/record.ts'
import { decide } from '../../decide/decide.ts'
import { nextTime } from '../../decide/time/next-time.ts'
import { windowOf } from '../../decide/time/window.ts'
import type { GrantWindow } from '../../decide/time/window.ts'
import type { LedgerState } from '../../ledger/state.ts'
import type { Decision } from '../../model/decision.ts'
import type { Holding, RequestFacts } from '../../model/facts.ts'
import { mustQueue } from '../../model/protection.ts'
import { requestRef } from '../../model/record.ts'
import { settingsOrDefault } from '../../model/settings.ts'
import { gatherRequest, ledgerFacts } from '../../read/request-facts.ts'
import type { LedgerView } from '../../read/request-facts.ts'
import { intendedDraft } from '../entitlement.ts'
import { isFinished } from '../finished.ts'
import { grantedTo, heldBy, openReviewsUnder, looksFor, looksForRemoved } from '../holdings.ts'
import { tellLife } from '../tell.ts'
import { endLook, noticeLook, pullLook } from '../world.ts'
import type { Outcome } from '../world.ts'
import { merge, recordSettled, surroundingsOf } from './walk.ts'
import type { Judgement, PromisedGrant, Walk } from './walk.ts'

function surroundings(walk: Walk): Parameters<typeof gatherRequest>[3] {
  const { world, access, pull } = walk
  const around = surroundingsOf(walk, 'request')
  const ledger = viewOf(access.ledger.state(), pull.number, around.now)
  return { ...around, providers: world.providers, ledger, stated: access.written.statements }
}

/** What a state tells about the request of one pull request. */
function viewOf(state: LedgerState, pr: number, now: Date): LedgerView {
  const own = requestRef(pr)
  return {
    holdings: accounts => heldBy(state, accounts, own, now),
    recentGrants: (accounts, since) => grantedTo(state, accounts, own, since),
    openReviews: (contract, clause) => openReviewsUnder(state, { contract, clause }, own)
  }
}

/**
 * What is said of it as a member of a merge group, whose walk is that of a merged pull request: what would be decided if
 * the group were main. `promised`: what the members ahead of it would be granted.
 */
export async function judgeRequest(walk: Walk, promised: readonly PromisedGrant[]): Promise<Judgement> {
  const { access, pull, changes } = walk
  const around = surroundings(walk)
  const ahead = (accounts: readonly number[]): Holding[] =>
    promised.flatMap(({ account, grant }) => (accounts.includes(account) ? [grant] : []))
  const ledger: LedgerView = {
    ...around.ledger,
    holdings: accounts => [...around.ledger.holdings(accounts), ...ahead(accounts)],
    recentGrants: (accounts, since) => [
      ...around.ledger.recentGrants(accounts, since),
      ...ahead(accounts).map(({ contract, clause }) => ({ contract, clause, decidedAt: around.now }))
    ]
  }
  const facts = await gatherRequest(access.repository, pull, changes, { ...around, ledger })
  const { decision, window } = judge(facts)
  const checks = checksOf(facts, decision.reasons, decision.standing)
  if (decision.terms === null || window === null) return { checks, grants: [] }
  const { subject, contract, clause } = decision.terms
  return { checks, grants: [{ account: subject.id, grant: { contract, clause, ...window } }] }
}

/** While it is open: says what is missing, and merges when nothing is. */
export async function proposeRequest(walk: Walk): Promise<Outcome> {
  const { world, access, pull, changes } = walk
  const facts = await gatherRequest(access.repository, pull, changes, surroundings(walk))
  const decision = decide(facts)
  // In an emergency nobody has to be awake to press the button: whoever the clause asks for has agreed.
  const urgent = facts.file?.parsed.ok === true && facts.file.parsed.value.emergency
  const queued = mustQueue(facts.protection)
  const merging =
    decision.outcome === 'allow' && !queued && (urgent || settingsOrDefault(walk.view.settings).merge === 'auto')
  const actions = proposalActions(facts, decision, pull.requested)
  // When the merge follows at once, the comment waits for it: one edit says both.
  const now = merging ? actions.filter(action => action.kind !== 'comment') : actions
  await perform(access, now, pull.comments === 0)
  if (!merging) {
    const wakeAt = nextTime(facts)
    return wakeAt === undefined ? {} : { wakeAt }
  }
  const title = `Grant ${decision.terms?.contract ?? ''} ${decision.terms?.clause ?? ''}`
  return await merge(walk, { title, ref: requestRef(pull.number) }, settleRequest, async () => {
    await perform(access, actions, pull.comments === 0)
    world.log.warn({ pull: pull.number }, 'Everything holds, and GitHub does not let it be merged yet')
  })
}

interface Judged {
  facts: RequestFacts
  decision: Decision
  window: GrantWindow | null
  decided: ReturnType<typeof decidedDraft>
}

function judge(facts: RequestFacts): Judged {
  const decision = decide(facts)
  const window = decision.outcome === 'allow' && decision.terms !== null ? windowOf(decision.terms, facts.now) : null
  return { facts, decision, window, decided: decidedDraft(facts, decision, window) }
}

/** The decision that counts: on what main holds now, under the rules of the merge's first parent. */
export async function settleRequest(walk: Walk): Promise<Outcome> {
  const { world, access, pull, changes } = walk
  if (pull.mergeCommit !== null) access.merges.set(pull.mergeCommit, pull.number)
  const facts = await gatherRequest(access.repository, pull, changes, surroundings(walk))
  let judged = judge(facts)
  const state = await recordSettled(walk, facts.now, current => {
    // Others may have been recorded since: two that are merged at once must not both take the last of what a limit leaves.
    judged = judge({ ...facts, ...ledgerFacts(facts, viewOf(current, pull.number, facts.now)) })
    const { decided, decision, window } = judged
    if (decided === undefined) return null
    const starts = window !== null && window.notBefore <= facts.now
    const intents = starts
      ? decided.targets.map(target => intendedDraft(decided.request, target, window.notAfter, facts.now))
      : []
    return {
      drafts: [decided, ...breakGlassDrafts(judged.facts, decision, facts.now), ...intents],
      idTaken: decided.outcome === 'allow' && current.ids.has(decided.idSha256)
    }
  })
  if (state === null) return { look: [pullLook(access.home, pull.number)] }
  // The step may have taken others' files out, as an edit does (attack #42).
  const removed = await looksForRemoved(world, access, state, facts.now)
  const request = state.requests.get(requestRef(pull.number))
  if (request === undefined) {
    const refused = proposalActions(judged.facts, judged.decision, pull.requested).filter(
      action => action.kind === 'comment'
    )
    await perform(access, refused, pull.comments === 0)
    return { look: [...removed, noticeLook(access.home), endLook(access.home)] }
  }
  if (isFinished(request, facts.now)) {
    await tellLife(world, access, request.request)
    const past = request.outcome === 'refuse' ? [noticeLook(access.home)] : []
    return { look: [...removed, ...past, endLook(access.home)] }
  }
  const owed = state.reviews.has(request.request) ? [noticeLook(access.home)] : []
  const looks = [...removed, ...(await looksFor(world, access, state, [request])), ...owed]
  if (request.window !== null && request.window.notBefore > facts.now) await tellLife(world, access, request.request)
  return { look: looks }
}
