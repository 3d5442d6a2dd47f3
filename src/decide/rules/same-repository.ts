// Rule: from a branch of this repository to its default branch (attacks #59, #61).
import type { Reason } from '../../model/decision.ts'
import type { RequestFacts } from '../../model/facts.ts'
import { fails, holds } from '../reason.ts'
import { quoted } from '../wording.ts'

const rule = 'same-repository'

/** Refuses forks, whose commits their owner can change unseen, and every base but the default branch. */
export function sameRepository({ facts }: { facts: Pick<RequestFacts, 'pull' | 'repository'> }): Reason {
  const { pull, repository } = facts
  const main = repository.defaultBranch
  if (!pull.head.sameRepository) {
    const todo = 'Push the branch to this repository and open the pull request from there.'
    return fails(rule, 'The pull request comes from a fork.', todo)
  }
  if (pull.base.ref !== main) {
    const because = `The pull request goes to ${quoted(pull.base.ref)}; requests are merged to ${quoted(main)} only.`
    return fails(rule, because, `Change its base branch to ${quoted(main)}.`)
  }
  return holds(rule, `The pull request goes from a branch of this repository to ${quoted(main)}.`)
}
