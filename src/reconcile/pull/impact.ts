// What an amendment would change for people, and would have changed in the past: for its comment (DESIGN §3).
import type { ImpactTold } from '../../act/amendment.ts'
import { amendmentContextOf } from '../../decide/agreement/context.ts'
import { reachChanges, reachOf } from '../../decide/agreement/reach.ts'
import type { AmendmentFacts } from '../../model/facts.ts'
import { longestPeriodSeconds } from '../../model/policy.ts'
import { statusOf } from '../../read/github.ts'
import { bytesAt } from '../../read/repository.ts'
import { readHistory } from '../../report/history.ts'
import { replay } from '../../report/replay.ts'
import type { Walk } from './walk.ts'

/** Each past request costs a read of its blob the first time; the newest of them say enough for a comment. */
const mostReplayed = 200

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

/** Past requests of the contract decided again with the amendment and without; null where its changes do not apply. */
export async function impactOf({ access, world }: Walk, facts: AmendmentFacts): Promise<ImpactTold | null> {
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
  const grantsWithinSeconds = longestPeriodSeconds(policies)
  const options = { contract: contract.id, now: world.clock.now(), most: mostReplayed, grantsWithinSeconds }
  const { past, notRead } = await readHistory(access.ledger.state(), blobs, options)
  return replay({
    contract: contract.id,
    before: { contract: trial.before.contract, policies },
    after: { contract: trial.after.contract, policies },
    past,
    members: facts.teams,
    notRead
  })
}
