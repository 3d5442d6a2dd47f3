// What an amendment would change for people, and would have changed in the past: for its comment (DESIGN §3).
import type { ImpactTold } from '../../act/amendment.ts'
import { amendmentContextOf } from '../../decide/agreement/context.ts'
import { reachChanges, reachOf } from '../../decide/agreement/reach.ts'
import type { AmendmentFacts } from '../../model/facts.ts'
import type { AccessRequest } from '../../model/request.ts'
import { longestPeriodSeconds } from '../../model/policy.ts'
import { budgetOf, statusOf } from '../../read/github.ts'
import { bytesAt } from '../../read/repository.ts'
import { readHistory } from '../../report/history.ts'
import { mustRead, replay } from '../../report/replay.ts'
import type { AccessRepository } from '../world.ts'
import type { Walk } from './walk.ts'

/**
 * What may be read of the past in an hour, over all amendments of a repository: a fifth of what GitHub allows an
 * installation. What was read once is kept, so that every look goes further back.
 */
const mostAnHour = 1_000
const hourMs = 3_600_000

/** To decide more of them again would hold up every other walk for seconds (bench/impact: 70 µs each). */
const mostDecided = 20_000
const mostKept = 100_000

/** What was read of the past, and how many requests to GitHub that cost in this hour. A cache, lost with the process. */
interface PastRead {
  kept: Map<string, AccessRequest | null>
  /** Contracts, directories and amendments: in GitHub's memory when they are asked for again. */
  seen: Set<string>
  hour: { sinceMs: number; spent: number }
}

const pastRead = new WeakMap<AccessRepository, PastRead>()

function pastOf(access: AccessRepository, now: Date): PastRead {
  const known = pastRead.get(access)
  const begun = { sinceMs: now.getTime(), spent: 0 }
  if (known === undefined || known.kept.size + known.seen.size > mostKept) {
    const fresh: PastRead = { kept: new Map(), seen: new Set(), hour: known?.hour ?? begun }
    pastRead.set(access, fresh)
    return fresh
  }
  if (now.getTime() - known.hour.sinceMs >= hourMs) known.hour = begun
  return known
}

/** Sentences of who could ask for what that could not before, and the reverse; none where that cannot be told. */
export function reachOfAmendment(facts: AmendmentFacts): string[] {
  const { trial, directory } = amendmentContextOf(facts)
  if (trial === null || trial.failures.length > 0 || directory === null) return []
  const at = facts.file?.parsed.ok === true ? facts.file.parsed.value.effective.fromAt : facts.now
  const people = { teams: facts.teams, users: facts.users, directory, at }
  const [before, after] = [reachOf(trial.before.contract, people), reachOf(trial.after.contract, people)]
  const unknown = after.unknown.map(({ name, because }) => `It is not known who ${name} is: ${because}`)
  return [...reachChanges(before, after).map(({ sentence }) => sentence), ...unknown]
}

/**
 * Past requests of the contract decided again with the amendment and without, all of them as far as what may be read of
 * them goes; null where its changes do not apply. `againAt`: when more of them can be read.
 */
export async function impactOf(
  { access, world }: Walk,
  facts: AmendmentFacts
): Promise<{ told: ImpactTold; againAt: Date | null } | null> {
  const { trial, contract } = amendmentContextOf(facts)
  if (trial === null || contract === null || trial.failures.length > 0) return null
  const blobs = {
    read: async (blob: string): Promise<Uint8Array | undefined> => {
      try {
        return await bytesAt(access.repository, blob)
      } catch (error) {
        if (statusOf(error) === 404) return undefined
        throw error
      }
    }
  }
  const { policies } = facts
  const now = world.clock.now()
  const { kept, seen, hour } = pastOf(access, now)
  let denied = false
  const mayRead = (blob: string): boolean => {
    if (seen.has(blob)) return true
    // Nothing that has to be done waits for the past.
    denied ||= hour.spent >= mostAnHour || budgetOf(access.repository.github)?.near === true
    if (denied) return false
    hour.spent += 1
    seen.add(blob)
    return true
  }
  const [before, after] = [
    { contract: trial.before.contract, policies },
    { contract: trial.after.contract, policies }
  ]
  const { past, notRead, newestNotRead } = await readHistory(access.ledger.state(), blobs, {
    contract: contract.id,
    now,
    needed: mustRead(before, after),
    most: mostDecided,
    mayRead,
    kept,
    grantsWithinSeconds: longestPeriodSeconds(policies)
  })
  const impact = replay({ contract: contract.id, before, after, past, members: facts.teams, notRead })
  return { told: { ...impact, newestNotRead }, againAt: denied ? new Date(hour.sinceMs + hourMs) : null }
}
