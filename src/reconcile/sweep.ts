// The sweep: finds everything that a lost webhook would have brought, and, after a start, everything that is still open.
import { endOf, inForce } from '../model/grant.ts'
import type { RequestState } from '../ledger/request-state.ts'
import { grantsOn } from '../ledger/state.ts'
import type { LedgerState } from '../ledger/state.ts'
import type { Draft } from '../model/record.ts'
import { endIneligible } from './eligibility.ts'
import { groupLooks } from './groups.ts'
import { looksFor } from './holdings.ts'
import { settleMain, viewMain } from './main.ts'
import { owesNotices } from './notices.ts'
import { openPulls } from './open-pulls.ts'
import { observeProtection } from './protection.ts'
import { amendmentLook, noticeLook, repositoryLook } from './world.ts'
import type { AccessRepository, Home, Look, Outcome, World } from './world.ts'

/** Looks at every repository that an installation covers. */
export async function reconcileInstallation(world: World, installation: number): Promise<Outcome> {
  const github = await world.installation(installation)
  const look: Look[] = []
  for (let page = 1; ; page += 1) {
    const { data } = await github.request('GET /installation/repositories', { per_page: 100, page })
    look.push(
      ...data.repositories.map(({ id, owner, name }) =>
        repositoryLook({ installation, repository: { id: Number(id), owner: owner.login, name } })
      )
    )
    if (data.repositories.length < 100) return { look }
  }
}

const swept = new WeakSet<AccessRepository>()
const heartbeatMs = 24 * 60 * 60 * 1000

/** Looks at everything in one access repository: main, open pull requests, and what is due. */
export async function reconcileRepository(world: World, home: Home): Promise<Outcome> {
  const access = await world.open(home)
  await access.ledger.refresh()
  const view = await viewMain(world, access)
  if (view === null) return {}
  const look = await settleMain(world, access, view)
  look.push(
    ...(await openPulls(access)),
    ...(await groupLooks(access)),
    ...(await endIneligible(world, access, view.tree))
  )
  const state = access.ledger.state()
  const now = world.clock.now()
  // After a start nothing is scheduled for sure: every open grant is looked at once, and schedules itself from then on.
  const open = [...state.open.values()].filter(request => !swept.has(access) || isDue(state, request, now))
  look.push(...(await looksFor(world, access, state, open)))
  look.push(...[...state.openAmendments.keys()].map(ref => amendmentLook(home, ref)))
  if (owesNotices(access, state)) look.push(noticeLook(home))
  swept.add(access)
  await observeProtection(world, access)
  await heartbeat(world, access)
  access.seen.sweptAt = now
  const beatAt = new Date((access.ledger.state().lastHeartbeatAt ?? now).getTime() + heartbeatMs)
  return { look: [...new Map(look.map(one => [one.key, one])).values()], wakeAt: beatAt }
}

function isDue(state: LedgerState, request: RequestState, now: Date): boolean {
  return request.holdings.some(holding => {
    if (holding.ended !== undefined) return false
    const grant = grantsOn(state, holding.target.key).find(one => one.request === request.request)
    if (grant === undefined) return false
    return inForce(grant, now) ? holding.doneAt === undefined : endOf(grant) <= now && holding.intendedAt !== undefined
  })
}

/** Once a day, so that silence is evidence too (ledger.md §1). */
async function heartbeat(world: World, access: AccessRepository): Promise<void> {
  const now = world.clock.now()
  await access.ledger.append(state => {
    if (state.lastHeartbeatAt !== null && now.getTime() - state.lastHeartbeatAt.getTime() < heartbeatMs) return []
    const open = [...state.open.values()]
    const beat: Draft = {
      type: 'heartbeat',
      occurredAt: now,
      open: open.filter(request => request.holdings.some(holding => holding.doneAt !== undefined)).length,
      pending: open.filter(request => request.holdings.every(holding => holding.intendedAt === undefined)).length,
      failed: open.filter(request => request.holdings.some(holding => holding.attempts > 0)).length
    }
    return [beat]
  })
}
