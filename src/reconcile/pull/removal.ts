// The walk of a pull request that takes request files out: who may end a request, and its merge.
import { perform } from '../../act/perform.ts'
import { removalActions, removalChecks } from '../../act/removal.ts'
import { decideRemoval } from '../../decide/removal.ts'
import type { RemovalFacts } from '../../model/facts.ts'
import { requestRef } from '../../model/record.ts'
import { settingsOrDefault } from '../../model/settings.ts'
import { gatherRemoval } from '../../read/removal-facts.ts'
import { isFinished } from '../finished.ts'
import { requestOf, settleMain } from '../main.ts'
import type { Outcome } from '../world.ts'
import { leftToQueue, merge } from './walk.ts'
import type { Judgement, Walk } from './walk.ts'

async function gather({ world, access, pull, changes, view }: Walk): Promise<RemovalFacts> {
  const state = access.ledger.state()
  const now = world.clock.now()
  const paths = changes.known ? changes.value.map(change => change.path) : []
  const removals = paths.map(path => {
    const entry = view.tree.get(path)
    const request = entry === undefined ? null : requestOf(state, entry)
    if (request === null) return { path, request: null }
    return { path, request: { author: request.author, subject: request.subject, ended: isFinished(request, now) } }
  })
  return await gatherRemoval(access.repository, pull, changes, { now, tip: view.tip, removals })
}

/** What is said of it as a member of a merge group, by the rules of the commit that its step begins with. */
export async function judgeRemoval(walk: Walk): Promise<Judgement> {
  const facts = await gather(walk)
  return { checks: removalChecks(facts, decideRemoval(facts)), grants: [] }
}

/** While it is open: says who may take it out, and merges when somebody who may does. */
export async function proposeRemoval(walk: Walk): Promise<Outcome> {
  const { world, access, pull } = walk
  const facts = await gather(walk)
  const decision = decideRemoval(facts)
  const queued = decision.outcome === 'allow' && (await leftToQueue(walk))
  await perform(access, removalActions(facts, decision, queued), pull.comments === 0)
  if (decision.outcome !== 'allow' || queued || settingsOrDefault(walk.view.settings).merge !== 'auto') return {}
  const { length } = facts.removals
  const title = `End ${length === 1 ? 'a request' : `${length} requests`} early`
  return await merge(
    walk,
    { title, ref: requestRef(pull.number) },
    async merged => ({ look: await settleMain(world, access, merged.view) }),
    async () => world.log.warn({ pull: pull.number }, 'A removal may be merged, and GitHub does not let it yet')
  )
}
