// Gathers what is known about any pull request that adds one document: the facts that a request and an amendment share.
import type { ClauseTerms } from '../model/amendment.ts'
import type { Account, Change, Known, ProposalFacts, Review, TreeEntry } from '../model/facts.ts'
import { placeOf } from '../model/place.ts'
import type { Parsed, Source } from '../model/problem.ts'
import { readAmendments } from './amendments.ts'
import type { MergeTime } from './amendments.ts'
import { readDismissals } from './dismissals.ts'
import { statusOf } from './github.ts'
import { readMerge } from './merge.ts'
import { ownersNamed, principalsOf, readNamed } from './named.ts'
import { readPermission } from './people.ts'
import { readPolicies } from './policies.ts'
import { readCommits, readReviews } from './pull.ts'
import type { Pull } from './pull.ts'
import { nobody, readPushers } from './pushers.ts'
import type { Pushers } from './pushers.ts'
import { at, blobIn, commitAt, treeAt } from './repository.ts'
import type { CommitNode, Repository } from './repository.ts'
import { readRules } from './rules.ts'
import type { Rules } from './rules.ts'
import { rememberAdded } from './tree-name.ts'

/** What the gathering needs beside GitHub. */
export interface ProposalSurroundings {
  now: Date
  /** The tip of the base branch. */
  tip: CommitNode
  /** Whether this contract and id were used by another pull request. */
  idUsed(contract: string, id: string): boolean
  mergedAt: MergeTime
}

/** One kind of document that is proposed. */
export interface DocumentKind<D> {
  kind: 'request' | 'amendment'
  parse(file: string, text: Source): Parsed<D>
  /** The terms that it may be judged by, whose people must be known; and whoever must be known besides. */
  concerns(found: Pick<ProposalFacts<D>, 'file' | 'rules' | 'amendments'>): Concerns
}

/** `unasked`: it may be allowed without any approval, so that whoever had a part in it matters from the beginning. */
interface Concerns {
  terms: ClauseTerms[]
  besides: string[]
  unasked: boolean
}

/**
 * Reads everything that any proposal is judged by, but what was stated of its terms: that is each kind's own. `changes`
 * was read to tell what the pull request is.
 */
export async function gatherProposal<D>(
  repository: Repository,
  pull: Pull,
  changes: Known<Change[]>,
  around: ProposalSurroundings,
  document: DocumentKind<D>
): Promise<ProposalFacts<D>> {
  const added = changes.known && changes.value.length === 1 ? changes.value[0] : undefined
  const path = added?.status === 'added' ? added.path : undefined
  const place = path === undefined ? undefined : placeOf(path)
  const named = place?.kind === document.kind && 'contract' in place ? place : undefined
  const [commits, reviews] = await Promise.all([readCommits(repository, pull), readReviews(repository, pull)])
  const from = { base: around.tip.tree, changes }
  const file = path === undefined ? null : await readFile(repository, pull, { path, from }, document)
  const merge = path === undefined ? null : await readMerge(repository, pull, around.tip, path)
  const base = merge === null ? around.tip : await commitAt(repository, merge.firstParent)
  const tree = await treeAt(repository, base.tree)
  const [rules, policies, amendments] = await Promise.all([
    readRules(repository, base, named?.contract ?? ''),
    readPolicies(repository, tree),
    readAmendments(repository, tree, named?.contract ?? '', around.mergedAt)
  ])
  const { terms, besides, unasked } = document.concerns({ file, rules, amendments })
  const contract = rules.contract.parsed?.ok === true ? rules.contract.parsed.value : undefined
  const owners = ownersNamed(rules.codeowners, [path ?? ''])
  const dismissals = await readDismissals(repository, pull, reviews)
  return {
    ...identityOf(repository, pull, around.now),
    ...(unasked ? await readPushers(repository, pull) : await pushersWhereAsked(repository, pull, reviews)),
    changes,
    file,
    commits,
    reviews,
    dismissals,
    reviewed: await readReviewed(repository, { pull, reviews, rules, path }),
    statements: {},
    rules,
    amendments,
    ...(await readNamed(repository, [...principalsOf(contract, terms), ...besides, ...owners], rules.directory)),
    permissions: await readPermissions(repository, reviews, dismissals),
    idUsed: named !== undefined && around.idUsed(named.contract, named.id),
    policies,
    merge
  }
}

/** The facts that say which pull request it is, and when it is looked at. */
export function identityOf(
  repository: Repository,
  pull: Pull,
  now: Date
): Pick<ProposalFacts<unknown>, 'now' | 'repository' | 'pull'> {
  const { id, owner, name, defaultBranch } = repository
  const { number, state, draft, author, createdAt, head, base } = pull
  const facts = { number, state, draft, author, createdAt, head, base }
  return { now, repository: { id, owner, name, defaultBranch }, pull: facts }
}

/**
 * Who pushed, where that can change the outcome: there is an approval that could be theirs, or it is merged and what is
 * decided now counts.
 */
export async function pushersWhereAsked(
  repository: Repository,
  pull: Pull,
  reviews: Known<Review[]>
): Promise<Pushers> {
  const approved = reviews.known && reviews.value.some(({ state }) => state === 'APPROVED')
  return approved || pull.merged ? await readPushers(repository, pull) : nobody
}

async function readFile<D>(
  repository: Repository,
  pull: Pull,
  { path, from }: { path: string; from: Parameters<typeof rememberAdded>[2] },
  { parse }: DocumentKind<D>
): Promise<ProposalFacts<D>['file']> {
  // By the commit: its tree was told with the list of commits, and is never asked for again.
  const { tree } = await commitAt(repository, pull.head.sha)
  await rememberAdded(repository, tree, from)
  const blob = await blobIn(repository, await treeAt(repository, tree), path)
  if (blob === null) return null
  const { bytes, ...entry } = blob
  return { ...entry, parsed: parse(path, bytes) }
}

/** Reviews that are an opinion. Which of an account's is the latest, `decide` says; whoever gave one must be known. */
function opinions(reviews: Known<Review[]>): Review[] {
  return reviews.known ? reviews.value.filter(({ state }) => state === 'APPROVED' || state === 'CHANGES_REQUESTED') : []
}

async function readReviewed(
  repository: Repository,
  found: { pull: Pull; reviews: Known<Review[]>; rules: Rules; path: string | undefined }
): Promise<ProposalFacts<unknown>['reviewed']> {
  const { pull, reviews, rules, path } = found
  const settings = rules.settings.parsed?.ok === true ? rules.settings.parsed.value : undefined
  if (settings?.approvals.binding !== 'content' || path === undefined) return {}
  const commits = new Set(opinions(reviews).flatMap(({ commit }) => commit ?? []))
  commits.delete(pull.head.sha)
  const names = [...commits].sort()
  return Object.fromEntries(
    await Promise.all(names.map(async sha => [sha, await entryAt(repository, sha, path)] as const))
  )
}

async function entryAt(repository: Repository, sha: string, path: string): Promise<TreeEntry | null> {
  try {
    return (await treeAt(repository, (await commitAt(repository, sha)).tree)).get(path) ?? null
  } catch (error) {
    // A commit that was force-pushed away may be gone; an approval of it then counts for nothing.
    if (statusOf(error) === 404) return null
    throw error
  }
}

/** What each reviewer with an opinion, or with one that was dismissed, may do here now, each asked for once. */
export async function readPermissions(
  repository: Repository,
  reviews: Known<Review[]>,
  dismissals: ProposalFacts<unknown>['dismissals']
): Promise<ProposalFacts<unknown>['permissions']> {
  // Where a server does not say who dismissed, a dismissed review is no opinion, and nobody's permission matters for it.
  const dismissed =
    dismissals !== null && reviews.known ? reviews.value.filter(({ state }) => state === 'DISMISSED') : []
  const spoke = [...opinions(reviews), ...dismissed]
  const users = spoke.flatMap(({ user }): [number, Account][] => (user === null ? [] : [[user.id, user]]))
  const once = [...new Map(users).values()]
  const read = await Promise.all(once.map(async user => [user.id, await readPermission(repository, user)] as const))
  return Object.fromEntries(read)
}

/**
 * When GitHub merged the pull request, asked for anew, since the walk may have merged it itself; null where it did not.
 */
export async function readMergedAt(repository: Repository, number: number): Promise<Date | null> {
  const { data } = await repository.github.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
    ...at(repository),
    pull_number: number
  })
  return data.merged_at === null || data.merged_at === undefined ? null : new Date(data.merged_at)
}
