// The walk of one pull request: what it is, and which walk it takes. Each kind has a file beside this one.
import { isGuarded, placeOf } from '../model/place.ts'
import type { Change, Known } from '../model/facts.ts'
import { amendmentRef, requestRef } from '../model/record.ts'
import { readChanges, readPull } from '../read/pull.ts'
import { settleMain, viewMain } from './main.ts'
import { proposeAmendment, settleAmendment } from './pull/amendment.ts'
import { reviewDocuments } from './pull/documents.ts'
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
  const view = await viewMain(world, access)
  if (view === null) return {}
  const changes = await readChanges(repository, pull)
  const kind = kindOf(changes)
  // What ends access waits for no turn, and neither does what is on main already.
  const later = pull.state === 'open' && kind !== 'removal' ? await putOff(world, access, pull) : null
  if (later !== null) return later
  const walk: Walk = { world, access, pull, changes, view }
  switch (kind) {
    case 'request':
      return pull.merged ? await settleRequest(walk) : await proposeRequest(walk)
    case 'amendment':
      return pull.merged ? await settleAmendment(walk) : await proposeAmendment(walk)
    case 'removal':
      return pull.merged ? { look: await settleMain(world, access, view) } : await proposeRemoval(walk)
    case 'documents':
      return pull.merged ? { look: await settleMain(world, access, view) } : await reviewDocuments(walk)
  }
}

/**
 * What a pull request is by its paths. Whatever is mixed with a request is judged, and refused, as a request, and what
 * is mixed with an amendment as an amendment (attack #32). Taking an amendment out is its owners' business, as any
 * document is.
 */
function kindOf(changes: Known<Change[]>): 'request' | 'amendment' | 'removal' | 'documents' {
  if (!changes.known) return 'request'
  const requests = changes.value.filter(change => isIn(change, 'request'))
  const amendments = changes.value.filter(change => isIn(change, 'amendment'))
  const removes = changes.value.every(change => change.status === 'removed')
  if (requests.length > 0) return removes && requests.length === changes.value.length ? 'removal' : 'request'
  return amendments.length === 0 || removes ? 'documents' : 'amendment'
}

function isIn({ path, previousPath }: Change, kind: 'request' | 'amendment'): boolean {
  return [path, previousPath].some(name => {
    if (name === null || !isGuarded(name)) return false
    return placeOf(name)?.kind === kind || name.toLowerCase().startsWith(`${kind}s/`)
  })
}
