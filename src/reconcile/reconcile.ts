// One function: look at what a job names, decide, act, and say when to look again (DESIGN §4).
import type { Json } from '../model/ports.ts'
import { urgently } from '../read/priority.ts'
import type { AmendmentRef } from '../model/record.ts'
import { reconcileAmendment } from './amendment.ts'
import { reconcileEnd } from './end.ts'
import { reconcileEntitlement } from './entitlement.ts'
import type { EntitlementJob } from './entitlement.ts'
import { reconcileGroups } from './groups.ts'
import { reconcileMain } from './main.ts'
import { reconcileNotices } from './notices.ts'
import { reconcilePull } from './pull.ts'
import { reconcileInstallation, reconcileRepository, reconcileRound } from './sweep.ts'
import type { Home, Outcome, World } from './world.ts'

/** What a job of the queue names. */
export interface Work {
  key: string
  data?: Json
}

/**
 * Looks at what `work` names. The key says what it is; its data says only where that is. Throws a `Fault` when the
 * world failed, for the queue to try again.
 */
export async function reconcile(world: World, work: Work): Promise<Outcome> {
  const data = work.data as unknown
  switch (work.key.split('/')[0]) {
    case 'pull':
      return await reconcilePull(world, data as Home, (data as { number: number }).number)
    case 'main':
      return await reconcileMain(world, data as Home)
    case 'groups':
      return await reconcileGroups(world, data as Home)
    case 'repository':
      return await reconcileRepository(world, data as Home)
    case 'round':
      return await reconcileRound(world, data as Home)
    case 'entitlement':
      return await reconcileEntitlement(world, data as EntitlementJob)
    case 'amendment':
      return await reconcileAmendment(world, data as Home, (data as { ref: AmendmentRef }).ref)
    case 'end':
      return await urgently(() => reconcileEnd(world, data as Home))
    case 'notice':
      return await reconcileNotices(world, data as Home)
    case 'sweep':
      return await reconcileInstallation(world, (data as { installation: number }).installation)
    default:
      world.log.warn({ key: work.key }, 'A job of no known kind was dropped')
      return {}
  }
}
