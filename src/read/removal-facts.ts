// Gathers what `decideRemoval()` may know about a pull request that takes request files away.
import { ownersOf } from '../model/codeowners.ts'
import type { Change, Known, Removal, RemovalFacts } from '../model/facts.ts'
import { principalKey } from '../model/principal.ts'
import { readPermission, readTeam, readUser } from './people.ts'
import { readReviews } from './pull.ts'
import type { Pull } from './pull.ts'
import { treeAt } from './repository.ts'
import type { CommitNode, Repository } from './repository.ts'
import { readCodeowners } from './rules.ts'

/** Reads the rest of the facts; `removals` come from main's tree and the ledger. */
export async function gatherRemoval(
  repository: Repository,
  pull: Pull,
  changes: Known<Change[]>,
  around: { now: Date; tip: CommitNode; removals: Removal[] }
): Promise<RemovalFacts> {
  const codeowners = await readCodeowners(repository, await treeAt(repository, around.tip.tree))
  const reviews = await readReviews(repository, pull)
  const owners = around.removals.flatMap(removal =>
    codeowners.parsed === null ? [] : ownersOf(codeowners.parsed, removal.path).owners
  )
  const keys = [...new Set(owners.flatMap(owner => (owner.kind === 'email' ? [] : [principalKey(owner)])))]
  const teams = await Promise.all(
    keys.filter(key => key.includes('/')).map(async key => [key, await readTeam(repository, key)] as const)
  )
  const users = await Promise.all(
    keys.filter(key => !key.includes('/')).map(async key => [key, await readUser(repository, key)] as const)
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
    teams: Object.fromEntries(teams),
    users: Object.fromEntries(users),
    permissions: Object.fromEntries(permissions)
  }
}
