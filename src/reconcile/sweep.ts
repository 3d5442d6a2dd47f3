// The sweep: finds everything that a lost webhook would have brought, and, after a start, everything that is still open.
import { reminderWindow } from '../act/reminder.ts'
import { endOf, inForce } from '../model/grant.ts'
import type { RequestState } from '../ledger/request-state.ts'
import { grantsOn } from '../ledger/state.ts'
import type { LedgerState } from '../ledger/state.ts'
import type { Draft } from '../model/record.ts'
import { settingsOrDefault } from '../model/settings.ts'
import { endIneligible } from './eligibility.ts'
import { groupLooks } from './groups.ts'
import { looksFor } from './holdings.ts'
import { settleMain, viewMain } from './main.ts'
import type { MainView } from './main.ts'
import { owesNotices } from './notices.ts'
import { openPulls } from './open-pulls.ts'
import { observeProtection } from './protection.ts'
import { amendmentLook, noticeLook, pullLook, repositoryLook, roundLook } from './world.ts'
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

/**
 * Looks at what is open by the ledger, and asks for the round. The two are apart, so that nothing on GitHub, a main whose
 * history was rewritten or a file that is lost, keeps access from ending (reliability fault 45).
 */
export async function reconcileRepository(world: World, home: Home): Promise<Outcome> {
  const access = await world.open(home)
  await access.ledger.refresh()
  const state = access.ledger.state()
  const now = world.clock.now()
  // After a start nothing is scheduled for sure: every open grant is looked at once, and schedules itself from then on.
  const open = [...state.open.values()].filter(request => !swept.has(access) || isDue(state, request, now))
  const look = await looksFor(world, access, state, open)
  swept.add(access)
  return { look: [...look, roundLook(home)] }
}

/** Looks at everything else in one access repository: main, open pull requests, and what is agreed. */
export async function reconcileRound(world: World, home: Home): Promise<Outcome> {
  const access = await world.open(home)
  const view = await viewMain(world, access)
  if (view === null) return {}
  const look = await settleMain(world, access, view)
  look.push(
    ...(await openPulls(access)),
    ...(await groupLooks(access)),
    ...(await endIneligible(world, access, view.tree))
  )
  const state = access.ledger.state()
  look.push(...[...state.openAmendments.keys()].map(ref => amendmentLook(home, ref)))
  look.push(...remindersDue(access, view, world.clock.now()))
  if (owesNotices(access, state)) look.push(noticeLook(home))
  await observeProtection(world, access)
  await heartbeat(world, access)
  access.seen.sweptAt = world.clock.now()
  const beatAt = new Date((access.ledger.state().lastHeartbeatAt ?? access.seen.sweptAt).getTime() + heartbeatMs)
  return { look: [...new Map(look.map(one => [one.key, one])).values()], wakeAt: beatAt }
}

/** Requests whose subject should have been told by now that the end is near, whatever became of the timer. */
function remindersDue({ home, ledger, written }: AccessRepository, { settings }: MainView, now: Date): Look[] {
  const { noticeSeconds } = settingsOrDefault(settings)
  return [...ledger.state().open.values()].flatMap(request => {
    const due = reminderWindow(request, noticeSeconds)
    const open = due !== null && due.from <= now && now < due.until && !written.reminded.has(request.request)
    return open ? [pullLook(home, request.pr)] : []
  })
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
