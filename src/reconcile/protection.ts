// The daily observation: what protects the repository goes on the ledger, and drift is told in the log (attack #66).
import { judgeProtection } from '../decide/protection/protection.ts'
import { digestOf } from '../model/digest.ts'
import type { BranchProtection, Finding, Guard } from '../model/protection.ts'
import type { Draft } from '../model/record.ts'
import { readBranchProtection } from '../read/branch-protection.ts'
import { readProtection } from '../read/protection.ts'
import type { AccessRepository, World } from './world.ts'

const dayMs = 24 * 60 * 60 * 1000
/** What was seen last; lost with the process, and then only what stops grants is recorded before the day is out. */
const seen = new WeakMap<AccessRepository, string>()

/**
 * Looks at the branches, and at all else once a day and whenever the branches changed. Records what it sees once a day
 * (with the heartbeat, so it is called before it), on a change, and at a start where something stops grants. It tells
 * of drift and mends nothing: the app must not be able to.
 */
export async function observeProtection(world: World, access: AccessRepository): Promise<void> {
  const { repository, ledger } = access
  const now = world.clock.now()
  const eyes = { as: 'app', app: repository.app } as const
  const branches = await readBranchProtection(repository, eyes, { now })
  const rules = digestOf(branches)
  const before = seen.get(access)
  if (before === rules && !isDayOver(ledger.state().lastHeartbeatAt, now)) return
  const findings = judgeProtection(await readProtection(repository, { eyes, app: await world.asApp(), now, branches }))
  tell(world, access, findings)
  access.seen.protection = { at: now, findings }
  const stops = findings.some(finding => finding.severity === 'stop')
  const changed = before === undefined ? stops : before !== rules
  const observed: Draft = {
    type: 'protection.observed',
    occurredAt: now,
    rules,
    findings: [...new Set(findings.map(finding => finding.code))],
    bypassActors: bypassActorsOf(branches)
  }
  await ledger.append(state => (changed || isDayOver(state.lastHeartbeatAt, now) ? [observed] : []))
  seen.set(access, rules)
}

function isDayOver(last: Date | null, now: Date): boolean {
  return last === null || now.getTime() - last.getTime() >= dayMs
}

function tell(world: World, { repository }: AccessRepository, findings: Finding[]): void {
  const where = { repository: repository.id }
  for (const { severity, ...finding } of findings) {
    const details = { ...where, ...finding }
    if (severity === 'stop') world.log.error(details, 'The repository is not protected: nothing new is granted')
    else world.log.warn(details, 'The protection of the repository could be better')
  }
  if (findings.length === 0) world.log.info(where, 'The repository is protected as it should be')
}

/** How many entries the bypass lists have, the app's own included; null where one of them is not shown. */
function bypassActorsOf({ main, ledger }: BranchProtection): number | null {
  const guards: Guard[] = [...(main ?? []), ...(ledger ?? [])]
  if (main === null || ledger === null || guards.some(guard => guard.bypass === null)) return null
  return guards.reduce((count, guard) => count + (guard.bypass?.length ?? 0), 0)
}
