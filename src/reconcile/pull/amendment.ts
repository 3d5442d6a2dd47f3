// The walk of a pull request that adds an amendment: as a request's, with the redline, the reach and the impact.
import { amendmentActions } from '../../act/amendment.ts'
import { checksOf } from '../../act/checks.ts'
import { perform } from '../../act/perform.ts'
import { amendedDraft } from '../../act/record.ts'
import { decideAmendment, nextAmendmentTime } from '../../decide/amendment.ts'
import type { Action } from '../../model/action.ts'
import { controls } from '../../model/controls.ts'
import type { AmendmentDecision } from '../../model/decision.ts'
import type { AmendmentFacts } from '../../model/facts.ts'
import { amendmentRef } from '../../model/record.ts'
import { settingsOrDefault } from '../../model/settings.ts'
import { gatherAmendment } from '../../read/amendment-facts.ts'
import { settleMain } from '../main.ts'
import { tellAmendment } from '../tell-amendment.ts'
import { amendmentLook, endLook, noticeLook, pullLook } from '../world.ts'
import type { Outcome } from '../world.ts'
import { impactOf, reachOfAmendment } from './impact.ts'
import { leftToQueue, merge, recordSettled, surroundingsOf } from './walk.ts'
import type { Judgement, Walk } from './walk.ts'

const catalogue = controls.map(({ control }) => control)

async function gather(walk: Walk): Promise<AmendmentFacts> {
  const { access, pull, changes } = walk
  const around = { ...surroundingsOf(walk, 'amendment'), controls: catalogue }
  return await gatherAmendment(access.repository, pull, changes, around)
}

async function actionsOf(
  walk: Walk,
  facts: AmendmentFacts,
  decision: AmendmentDecision,
  queued: boolean
): Promise<{ actions: Action[]; againAt: Date | null }> {
  const impact = await impactOf(walk, facts)
  const { requested } = walk.pull
  const told = { requested, queued, reach: reachOfAmendment(facts), impact: impact?.told ?? null }
  return { actions: amendmentActions(facts, decision, told), againAt: impact?.againAt ?? null }
}

/** What is said of it as a member of a merge group: what would be decided if the group were main, as of now. */
export async function judgeAmendment(walk: Walk): Promise<Judgement> {
  const facts = await gather(walk)
  const { reasons } = decideAmendment({ ...facts, mergedAt: facts.mergedAt ?? facts.now })
  return { checks: checksOf(facts, reasons), grants: [] }
}

/** While it is open: says what it would change and what is missing, and merges when nothing is. */
export async function proposeAmendment(walk: Walk): Promise<Outcome> {
  const { world, access, pull } = walk
  const facts = await gather(walk)
  const decision = decideAmendment(facts)
  const queued = decision.outcome === 'allow' && (await leftToQueue(walk))
  // The checks do not wait for the past to be read.
  await perform(access, checksOf(facts, decision.reasons), pull.comments === 0)
  const { actions, againAt } = await actionsOf(walk, facts, decision, queued)
  await perform(access, actions, pull.comments === 0)
  if (decision.outcome !== 'allow' || queued || settingsOrDefault(walk.view.settings).merge !== 'auto') {
    const ahead = [nextAmendmentTime(facts), againAt].flatMap(at => at ?? []).map(Number)
    return ahead.length === 0 ? {} : { wakeAt: new Date(Math.min(...ahead)) }
  }
  const ref = amendmentRef(pull.number)
  const contract = facts.file?.parsed.ok === true ? facts.file.parsed.value.contract : ''
  return await merge(walk, { title: `Amend ${contract}`, ref }, settleAmendment, async () => {
    world.log.warn({ pull: pull.number }, 'An amendment may be merged, and GitHub does not let it yet')
  })
}

/** The decision that counts: on what main holds now, under the rules of the merge's first parent. */
export async function settleAmendment(walk: Walk): Promise<Outcome> {
  const { world, access, pull, view } = walk
  if (pull.mergeCommit !== null) access.merges.set(pull.mergeCommit, pull.number)
  const facts = await gather(walk)
  const decision = decideAmendment(facts)
  const decided = amendedDraft(facts, decision)
  const state = await recordSettled(walk, facts.now, ({ amendmentIds }) => {
    if (decided === undefined) return null
    return { drafts: [decided], idTaken: decided.outcome === 'allow' && amendmentIds.has(decided.idSha256) }
  })
  if (state === null) return { look: [pullLook(access.home, pull.number)] }
  const ref = amendmentRef(pull.number)
  const amendment = state.amendments.get(ref)
  if (amendment === undefined) {
    const { actions } = await actionsOf(walk, facts, decision, false)
    const refused = actions.filter(action => action.kind === 'comment')
    await perform(access, refused, pull.comments === 0)
    return { look: [noticeLook(access.home), endLook(access.home)] }
  }
  const look = await settleMain(world, access, { ...view, steps: [] })
  await tellAmendment(access, ref)
  if (amendment.window === null) return { look: [...look, noticeLook(access.home), endLook(access.home)] }
  const own = pullLook(access.home, pull.number).key
  return { look: [...look.filter(({ key }) => key !== own), amendmentLook(access.home, ref)] }
}
