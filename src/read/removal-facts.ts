// Gathers what `decideRemoval()` may know about a pull request that takes request files away.
import type { Change, Known, Removal, RemovalFacts } from '../model/facts.ts'
import { ownersNamed, readNamed } from './named.ts'
import { readPermission } from './people.ts'
import { readReviews } from './pull.ts'
import type { Pull } from './pull.ts'
import type { CommitNode, Repository } from './repository.ts'
import { readRules } from './rules.ts'

/** Reads the rest of the facts; `removals` come from main's tree and the ledger. */
export async function gatherRemoval(
  repository: Repository,
  pull: Pull,
  changes: Known<Change[]>,
  around: { now: Date; tip: CommitNode; removals: Removal[] }
): Promise<RemovalFacts> {
  const { codeowners, directory } = await readRules(repository, around.tip, '')
  const reviews = await readReviews(repository, pull)
  const owners = ownersNamed(
    codeowners,
    around.removals.map(removal => removal.path)
  )
  const people = [
    pull.author,
    ...(reviews.known ? reviews.value.flatMap(review => (review.user === null ? [] : [review.user])) : [])
  ]
  const once = [...new Map(people.map(person => [person.id, person])).values()]
  const permissions = await Promise.all(
    once.map(async person => [person.id, await readPermission(repository, person)] as const)
  )
  return {
    now: around.now,
    repository: {
      id: repository.id,
      owner: repository.owner,
      name: repository.name,
      defaultBranch: repository.defaultBranch
    },
    app: repository.bot.id,
    pull: {
      number: pull.number,
      state: pull.state,
      draft: pull.draft,
      author: pull.author,
      createdAt: pull.createdAt,
      head: pull.head,
      base: pull.base
    },
    changes,
    removals: around.removals,
    reviews,
    codeowners,
    ...(await readNamed(repository, owners, directory)),
    permissions: Object.fromEntries(permissions)
  }
}
