// The walk of one amendment after its decision: what time alone changes, at its beginning and at its end.
import { amendmentEnd } from '../ledger/amendment-state.ts'
import type { AmendmentRef } from '../model/record.ts'
import { settleMain, viewMain } from './main.ts'
import { amendmentLook } from './world.ts'
import type { Home, Outcome, World } from './world.ts'

/**
 * Records what is agreed now, and says when this amendment changes that next. Safe at any time, any number of times.
 */
export async function reconcileAmendment(world: World, home: Home, ref: AmendmentRef): Promise<Outcome> {
  const access = await world.open(home)
  const view = await viewMain(world, access)
  if (view === null) return {}
  const own = amendmentLook(home, ref).key
  const look = (await settleMain(world, access, view)).filter(({ key }) => key !== own)
  const amendment = access.ledger.state().amendments.get(ref)
  if (amendment?.window == null || amendment.lapsedAt !== undefined) return { look }
  const now = world.clock.now()
  const ahead = [amendment.window.fromAt, amendmentEnd(amendment)].filter(at => at !== null && at > now).map(Number)
  return ahead.length === 0 ? { look } : { look, wakeAt: new Date(Math.min(...ahead)) }
}
