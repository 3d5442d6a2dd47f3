// The walk of one pull request: what it is, and which walk it takes. Each kind has a file beside this one.
import { amendmentRef, requestRef } from '../model/record.ts'
import { readChanges, readPull } from '../read/pull.ts'
import { groupLooks } from './groups.ts'
import { settleMain, viewMain } from './main.ts'
import { proposeAmendment, settleAmendment } from './pull/amendment.ts'
import { reviewDocuments } from './pull/documents.ts'
import { kindOf } from './pull/kind.ts'
import type { PullKind } from './pull/kind.ts'
import { proposeRemoval } from './pull/removal.ts'
import { proposeRequest, settleRequest } from './pull/request.ts'
import { putOff } from './pull/turn.ts'
import type { Walk } from './pull/walk.ts'
import { tellAmendment } from './tell-amendment.ts'
import { tellLife } from './tell.ts'
import { endLook, forgetRevert } from './world.ts'
import type { Home, Outcome, World } from './world.ts'

/** Looks at one pull request of an access repository, and does what follows. Safe at any time, any number of times. */
export async function reconcilePull(world: World, home: Home, number: number): Promise<Outcome> {
  const access = await world.open(home)
  const { repository, ledger } = access
  if (ledger.state().requests.has(requestRef(number))) return await tellLife(world, access, requestRef(number))
  if (ledger.state().amendments.has(amendmentRef(number))) return await tellAmendment(access, amendmentRef(number))
  if (access.written.reverts.has(number)) return {}
  if (!world.serves(home)) return {}
  const pull = await readPull(repository, number)
  if (pull.base.ref !== repository.defaultBranch) return {}
  // Our own revert is walked by what it ends, which says more than its pull request does.
  if (pull.author.id === repository.bot.id) {
    if (pull.state === 'open') return {}
    forgetRevert(access, number)
    return pull.merged ? {} : { look: [endLook(home)] }
  }
  if (pull.state === 'closed') access.turns.closed(pull)
  if (pull.state === 'closed' && !pull.merged) return {}
  const changes = await readChanges(repository, pull)
  const kind = kindOf(changes)
  // What ends access waits for no turn, and neither does what is on main already.
  const later = pull.merged || kind === 'removal' ? null : await putOff(world, access, pull)
  if (later !== null) return later
  const view = await viewMain(world, access)
  if (view === null) return {}
  const walk: Walk = { world, access, pull, changes, view }
  if (pull.merged) return await settle(walk, kind)
  const outcome = await propose(walk, kind)
  return { ...outcome, look: [...(outcome.look ?? []), ...(await groupLooks(access))] }
}

async function propose(walk: Walk, kind: PullKind): Promise<Outcome> {
  switch (kind) {
    case 'request':
      return await proposeRequest(walk)
    case 'amendment':
      return await proposeAmendment(walk)
    case 'removal':
      return await proposeRemoval(walk)
    case 'documents':
      return await reviewDocuments(walk)
  }
}

/** After the merge there is no turn to wait for: what is on main is decided. */
async function settle(walk: Walk, kind: PullKind): Promise<Outcome> {
  const { world, access, view } = walk
  if (kind === 'request') return await settleRequest(walk)
  return kind === 'amendment' ? await settleAmendment(walk) : { look: await settleMain(world, access, view) }
}
