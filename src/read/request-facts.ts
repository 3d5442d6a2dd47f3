// Gathers all that `decide()` may know about one request's pull request. The only reader that knows how the families fit together.
import { ownersOf } from '../model/codeowners.ts'
import type { Person } from '../model/directory.ts'
import { accessName } from '../model/entitlement.ts'
import type { Account, Holding, RequestFacts, Review, TreeEntry } from '../model/facts.ts'
import { placeOf } from '../model/place.ts'
import { principalKey } from '../model/principal.ts'
import { parseRequest } from '../model/request.ts'
import type { Provider } from '../providers/provider.ts'
import { statusOf } from './github.ts'
import { readMerge } from './merge.ts'
import { readOpenRequests } from './open-requests.ts'
import { readPermission, readTeam, readUser } from './people.ts'
import { readPolicies } from './policies.ts'
import { readCommits, readReviews } from './pull.ts'
import type { Pull } from './pull.ts'
import { blobIn, commitAt, treeAt } from './repository.ts'
import type { CommitNode, Repository } from './repository.ts'
import { readRules } from './rules.ts'
import type { Rules } from './rules.ts'

/** What the gathering needs beside GitHub. */
export interface Surroundings {
  now: Date
  /** The tip of the base branch. */
  tip: CommitNode
  providers: ReadonlyMap<string, Provider>
  /** Whether this contract and id were used by another pull request. */
  idUsed(contract: string, id: string): boolean
  /** What these accounts hold, or were promised, by other requests. */
  holdings(accounts: readonly number[]): Holding[]
}

/** Reads everything about one pull request that adds a request. `changes` was read to tell that it does. */
export async function gatherRequest(
  repository: Repository,
  pull: Pull,
  changes: RequestFacts['changes'],
  around: Surroundings
): Promise<RequestFacts> {
  const added = changes.known && changes.value.length === 1 ? changes.value[0] : undefined
  const path = added?.status === 'added' ? added.path : undefined
  const place = path === undefined ? undefined : placeOf(path)
  const request = place?.kind === 'request' ? place : undefined
  const [commits, reviews] = await Promise.all([readCommits(repository, pull), readReviews(repository, pull)])
  const file = path === undefined ? null : await readFile(repository, pull, path)
  const merge = path === undefined ? null : await readMerge(repository, pull, around.tip, path)
  const base = merge === null ? around.tip : await commitAt(repository, merge.firstParent)
  const rules = await readRules(repository, base, request?.contract ?? '')
  const policies = await readPolicies(repository, await treeAt(repository, base.tree))
  const named = namedBy(rules, file, path ?? '')
  const latest = reviews.known ? opinions(reviews.value) : []
  const binding = rules.settings.parsed?.ok === true ? rules.settings.parsed.value.approvals.binding : 'strict'
  return {
    now: around.now,
    repository: { id: repository.id, owner: repository.owner, name: repository.name, defaultBranch: repository.defaultBranch },
    pull: { number: pull.number, state: pull.state, draft: pull.draft, author: pull.author, createdAt: pull.createdAt, head: pull.head, base: pull.base },
    changes,
    file,
    commits,
    pushers: [],
    reviews,
    reviewed: binding === 'strict' || path === undefined ? {} : await readReviewed(repository, pull, latest, path),
    rules,
    teams: await all(named.teams, team => readTeam(repository, team)),
    users: await all(named.users, user => readUser(repository, user)),
    permissions: await readPermissions(repository, latest),
    idUsed: request !== undefined && around.idUsed(request.contract, request.id),
    policies,
    providers: admitted(rules, file, around.providers),
    holdings: around.holdings(subjectOf(rules, file)?.github.map(({ id }) => id) ?? []),
    openRequests: await readOpenRequests(repository, pull.author, { policies, directory: rules.directory }),
    merge
  }
}

async function readFile(repository: Repository, pull: Pull, path: string): Promise<RequestFacts['file']> {
  // By the commit: its tree was told with the list of commits, and is never asked for again.
  const tree = await treeAt(repository, (await commitAt(repository, pull.head.sha)).tree)
  const blob = await blobIn(repository, tree, path)
  if (blob === null) return null
  const { bytes, ...entry } = blob
  return { ...entry, parsed: parseRequest(path, bytes) }
}

/** Everyone whom the clause, the contract or CODEOWNERS names, once, by the key under which facts hold them. */
function namedBy(rules: Rules, file: RequestFacts['file'], path: string): { teams: string[]; users: string[] } {
  const contract = rules.contract.parsed?.ok === true ? rules.contract.parsed.value : undefined
  const clause = file?.parsed.ok === true ? contract?.clauses[file.parsed.value.clause] : undefined
  const stages = clause?.approvals.kind === 'stages' ? clause.approvals.stages.flatMap(stage => stage.from) : []
  const owners = rules.codeowners.parsed === null ? [] : ownersOf(rules.codeowners.parsed, path).owners
  const keys = [
    ...[...(clause?.eligible ?? contract?.parties.eligible ?? []), ...stages].filter(name => name !== 'codeowners').map(name => name.toLowerCase()),
    ...owners.flatMap(owner => (owner.kind === 'email' ? [] : [principalKey(owner)]))
  ]
  const once = [...new Set(keys)].sort()
  return { teams: once.filter(key => key.includes('/')), users: once.filter(key => !key.includes('/')) }
}

/** Each account's latest review that is an opinion: what `decide` will look at, and so whose permission must be known. */
function opinions(reviews: Review[]): Review[] {
  const latest = new Map<number, Review>()
  for (const review of [...reviews].sort((a, b) => a.id - b.id)) {
    if (review.user !== null && review.state !== 'COMMENTED' && review.state !== 'PENDING') latest.set(review.user.id, review)
  }
  return [...latest.values()].filter(review => review.state !== 'DISMISSED')
}

async function readReviewed(repository: Repository, pull: Pull, latest: Review[], path: string): Promise<RequestFacts['reviewed']> {
  const others = latest.flatMap(review => (review.commit === null || review.commit === pull.head.sha ? [] : [review.commit]))
  return await all([...new Set(others)].sort(), async sha => {
    try {
      return (await treeAt(repository, (await commitAt(repository, sha)).tree)).get(path) ?? null
    } catch (error) {
      // A commit that was force-pushed away may be gone; an approval of it then counts for nothing.
      if (statusOf(error) === 404) return null
      throw error
    }
  }) as Record<string, TreeEntry | null>
}

async function readPermissions(repository: Repository, latest: Review[]): Promise<RequestFacts['permissions']> {
  const users = latest.flatMap(review => (review.user === null ? [] : [review.user]))
  const read = await Promise.all(users.map(async (user: Account) => [user.id, await readPermission(repository, user)] as const))
  return Object.fromEntries(read)
}

/** For each line of access of the request's clause, by its name: why the server's provider does not admit it, or null. */
function admitted(rules: Rules, file: RequestFacts['file'], providers: ReadonlyMap<string, Provider>): Record<string, string | null> {
  const contract = rules.contract.parsed?.ok === true ? rules.contract.parsed.value : undefined
  const request = file?.parsed.ok === true ? file.parsed.value : undefined
  if (contract === undefined || request === undefined) return {}
  const person = subjectOf(rules, file)
  const lines = contract.clauses[request.clause]?.access ?? []
  return Object.fromEntries(
    lines.map(access => {
      const provider = providers.get(access.provider)
      const identity = person?.identities[access.provider]
      if (provider === undefined) return [accessName(access), `The server has no provider named ${access.provider}.`]
      return [accessName(access), identity === undefined ? null : (provider.admits({ ...access, identity }) ?? null)]
    })
  )
}

/** The person whom the request names, by the directory. */
function subjectOf(rules: Rules, file: RequestFacts['file']): Person | undefined {
  const directory = rules.directory.parsed?.ok === true ? rules.directory.parsed.value : undefined
  const request = file?.parsed.ok === true ? file.parsed.value : undefined
  const subject = request?.subject.replace(/^@/, '').toLowerCase()
  return directory?.people.find(one => one.github.some(account => account.login.toLowerCase() === subject))
}

async function all<K extends string, V>(keys: K[], read: (key: K) => Promise<V>): Promise<Record<K, V>> {
  const pairs = await Promise.all(keys.map(async key => [key, await read(key)] as const))
  return Object.fromEntries(pairs) as Record<K, V>
}

