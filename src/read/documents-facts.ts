// Gathers what `decideDocuments()` may know about a pull request that changes the rules themselves.
import type { DocumentsFacts } from '../model/facts.ts'
import { readDismissals } from './dismissals.ts'
import { ownersNamed, readNamed } from './named.ts'
import { readOvertaken } from './overtaken.ts'
import { identityOf, pushersWhereAsked, readPermissions } from './proposal-facts.ts'
import { readCommits, readReviews } from './pull.ts'
import type { Pull } from './pull.ts'
import { nobody } from './pushers.ts'
import type { CommitNode, Repository } from './repository.ts'
import { readRules } from './rules.ts'

/** Reads who owns `paths` by the base branch, and who reviewed what. Nothing is read where there is no path of ours. */
export async function gatherDocuments(
  repository: Repository,
  pull: Pull,
  paths: readonly string[],
  around: { now: Date; tip: CommitNode }
): Promise<DocumentsFacts> {
  const { contract: _none, ...rules } = await readRules(repository, around.tip, '')
  const identity = { ...identityOf(repository, pull, around.now), paths, rules }
  if (paths.length === 0) {
    const none = { known: true as const, value: [] }
    return {
      ...identity,
      ...nobody,
      overtaken: [],
      commits: none,
      reviews: none,
      dismissals: none,
      teams: {},
      users: {},
      permissions: {}
    }
  }
  const [commits, reviews] = await Promise.all([readCommits(repository, pull), readReviews(repository, pull)])
  const dismissals = await readDismissals(repository, pull, reviews)
  return {
    ...identity,
    ...(await pushersWhereAsked(repository, pull, reviews)),
    overtaken: await readOvertaken(repository, pull, paths, around.tip),
    commits,
    reviews,
    dismissals,
    ...(await readNamed(repository, ownersNamed(rules.codeowners, paths), rules.directory)),
    permissions: await readPermissions(repository, reviews, dismissals)
  }
}
