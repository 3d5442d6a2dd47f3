// Beneath status.ts: what of the numbers somebody should look at, the worst first. Pure.
import type { Attention, Status } from './status.ts'
import { ageOf } from './words.ts'

/** An end that takes this long is no longer on its way: it is owed (DESIGN §10 asks for seconds). */
const lateMs = 60_000
/** Work that could run and has not for this long has fallen behind. */
const behindMs = 5 * 60_000

/** What needs attention; none of it when all is well. */
export function attentionTo(status: Omit<Status, 'attention'>): Attention[] {
  const found = [...ends(status), ...repositories(status), ...limits(status), ...queued(status)]
  return found.toSorted((a, b) => Number(b.severity === 'bad') - Number(a.severity === 'bad'))
}

function ends({ debt, at }: Omit<Status, 'attention'>): Attention[] {
  if (debt === null || debt.oldestDueAt === null) return []
  const longest = `the oldest for ${ageOf(debt.oldestDueAt, at)}`
  const what = `${debt.overdue} ${debt.overdue === 1 ? 'entitlement' : 'entitlements'}`
  if (debt.failed === 0 && at.getTime() - debt.oldestDueAt.getTime() < lateMs) {
    return [{ code: 'revocation.late', severity: 'warn', because: `The end of ${what} is on its way, ${longest}.` }]
  }
  const tried = debt.failed === 0 ? '' : ` Attempts failed for ${debt.failed} of them; they go on until it is done.`
  const because = `${what} should have ended and ${debt.overdue === 1 ? 'is' : 'are'} still held, ${longest}.${tried}`
  return [{ code: 'revocation.overdue', severity: 'bad', because }]
}

function repositories({ repositories: all, at, startedAt }: Omit<Status, 'attention'>): Attention[] {
  if (all.length === 0) {
    const severity = at.getTime() - startedAt.getTime() >= behindMs ? 'bad' : 'warn'
    const why = 'Addendum has just started, cannot reach GitHub, or is installed nowhere'
    const because = `No access repository is open yet: ${why}. What is owed is not known.`
    return [{ code: 'nothing.open', severity, because }]
  }
  return all.flatMap(({ name, protection, ledger }): Attention[] => {
    const stops = protection?.stops ?? []
    const mend = 'the log says how to mend it, and so does addendum doctor.'
    const open = `Nothing new is granted in ${name}, for it is not protected (${stops.join(', ')}): ${mend}`
    const odd = `The ledger of ${name} holds ${ledger.anomalies} records that no correct writer makes: run addendum verify.`
    return [
      ...(stops.length === 0 ? [] : [{ code: 'protection.stop', severity: 'bad', because: open } as const]),
      ...(ledger.anomalies === 0 ? [] : [{ code: 'ledger.anomaly', severity: 'bad', because: odd } as const])
    ]
  })
}

function limits({ installations, at }: Omit<Status, 'attention'>): Attention[] {
  return installations.flatMap(({ id, budget }): Attention[] => {
    const waits = 'What is not urgent waits; ends do not.'
    if (budget.pausedUntil !== null) {
      const because = `GitHub asks installation ${id} to be silent for ${ageOf(at, budget.pausedUntil)}. ${waits}`
      return [{ code: 'github.silent', severity: 'warn', because }]
    }
    if (!budget.near) return []
    return [{ code: 'github.near', severity: 'warn', because: `Installation ${id} is near GitHub's limits. ${waits}` }]
  })
}

function queued({ queue, at }: Omit<Status, 'attention'>): Attention[] {
  if (queue === null) {
    const because = 'The queue does not answer: nothing new is looked at until its database can be reached again.'
    return [{ code: 'queue.unreachable', severity: 'bad', because }]
  }
  const { oldestDueAt, failing } = queue
  const jobs = failing === 1 ? '1 job fails and is' : `${failing} jobs fail and are`
  return [
    ...(oldestDueAt !== null && at.getTime() - oldestDueAt.getTime() >= behindMs
      ? [{ code: 'queue.behind', severity: 'warn', because: `Work has waited for ${ageOf(oldestDueAt, at)}.` } as const]
      : []),
    ...(failing === 0
      ? []
      : [{ code: 'queue.failing', severity: 'warn', because: `${jobs} tried again; the log says why.` } as const])
  ]
}
