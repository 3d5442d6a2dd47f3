// Gathers all that `decide()` may know about one request's pull request: what every proposal is judged by, and its own.
import { actionName } from '../model/clause.ts'
import type { Person } from '../model/directory.ts'
import { accessName } from '../model/entitlement.ts'
import type { Holding, OpenReview, ProposalFacts, RecentGrant, RequestFacts } from '../model/facts.ts'
import { longestPeriodSeconds } from '../model/policy.ts'
import { parseRequest } from '../model/request.ts'
import type { AccessRequest } from '../model/request.ts'
import type { Statement } from '../model/statement.ts'
import type { Provider } from '../providers/provider.ts'
import { readBranchProtection } from './branch-protection.ts'
import { changesOf, termsIn } from './named.ts'
import { readOpenRequests } from './open-requests.ts'
import { gatherProposal } from './proposal-facts.ts'
import type { DocumentKind, ProposalSurroundings } from './proposal-facts.ts'
import type { Pull } from './pull.ts'
import type { Repository } from './repository.ts'
import { readStated } from './statements.ts'

/** What the gathering needs beside GitHub. */
export interface Surroundings extends ProposalSurroundings {
  providers: ReadonlyMap<string, Provider>
  ledger: LedgerView
  /** By commit: what the app has stated of clauses, as far as it is known. */
  stated: Map<string, Statement[]>
}

/** What the ledger tells about a request, by everything that it holds so far. */
export interface LedgerView {
  /** What these accounts hold, or were promised, by other requests. */
  holdings(accounts: readonly number[]): Holding[]
  /** What they were granted by other requests that were decided after `since`. */
  recentGrants(accounts: readonly number[], since: Date): RecentGrant[]
  /** Reviews of break-glass under one clause that are not closed. */
  openReviews(contract: string, clause: string): OpenReview[]
}

type Proposed = Pick<ProposalFacts<AccessRequest>, 'file' | 'rules' | 'amendments'>

const requests: DocumentKind<AccessRequest> = {
  kind: 'request',
  parse: parseRequest,
  concerns: found => {
    const terms = termsOf(found)
    const urgent = found.file?.parsed.ok === true && found.file.parsed.value.emergency
    return { terms, besides: [], unasked: urgent || terms.some(({ approvals }) => approvals?.kind === 'automatic') }
  }
}

/** Reads everything about one pull request that adds a request. `changes` was read to tell that it does. */
export async function gatherRequest(
  repository: Repository,
  pull: Pull,
  changes: RequestFacts['changes'],
  around: Surroundings
): Promise<RequestFacts> {
  const facts = await gatherProposal(repository, pull, changes, around, requests)
  const { rules, policies } = facts
  return {
    ...facts,
    statements: await readStated(repository, facts, around.stated),
    providers: admitted(facts, around.providers),
    protection: await readBranchProtection(repository, { as: 'app', app: repository.app }, { now: around.now }),
    ...ledgerFacts(facts, around.ledger),
    openRequests: await readOpenRequests(repository, pull.author, { policies, directory: rules.directory })
  }
}

/**
 * The facts that the ledger tells, of the subject's person by all their accounts (attacks #8, #87). Those alone may change
 * while a decision is being recorded, so that it is made again by them then.
 */
export function ledgerFacts(
  facts: Proposed & Pick<RequestFacts, 'now' | 'policies'>,
  ledger: LedgerView
): Pick<RequestFacts, 'holdings' | 'recentGrants' | 'openReviews'> {
  const { file, now, policies } = facts
  const accounts = subjectOf(facts)?.github.map(({ id }) => id) ?? []
  const asked = file?.parsed.ok === true ? file.parsed.value : null
  const longest = longestPeriodSeconds(policies)
  return {
    holdings: ledger.holdings(accounts),
    recentGrants: longest === 0 ? [] : ledger.recentGrants(accounts, new Date(now.getTime() - longest * 1_000)),
    openReviews: asked === null ? [] : ledger.openReviews(asked.contract, asked.clause)
  }
}

function termsOf({ file, rules, amendments }: Proposed): ReturnType<typeof termsIn> {
  const contract = rules.contract.parsed?.ok === true ? rules.contract.parsed.value : undefined
  if (file?.parsed.ok !== true) return []
  return termsIn(contract, changesOf(amendments), file.parsed.value.clause)
}

/**
 * For each line of access of the request's clause, by its name: why the server's provider does not admit it, or null. For
 * an action: that none is run yet.
 */
function admitted(found: Proposed, providers: ReadonlyMap<string, Provider>): Record<string, string | null> {
  const person = subjectOf(found)
  const actions = termsOf(found).flatMap(({ action }) => action ?? [])
  const runs = actions.map(action => [actionName(action), 'this version of Addendum runs no actions.'])
  const lines = termsOf(found).flatMap(({ access }) => access ?? [])
  const admits = lines.map(access => {
    const provider = providers.get(access.provider)
    const identity = person?.identities[access.provider]
    if (provider === undefined) return [accessName(access), `The server has no provider named ${access.provider}.`]
    return [accessName(access), identity === undefined ? null : (provider.admits({ ...access, identity }) ?? null)]
  })
  return Object.fromEntries([...runs, ...admits])
}

/** The person whom the request names, by the directory. */
function subjectOf({ rules, file }: Proposed): Person | undefined {
  const directory = rules.directory.parsed?.ok === true ? rules.directory.parsed.value : undefined
  const request = file?.parsed.ok === true ? file.parsed.value : undefined
  const subject = request?.subject.replace(/^@/, '').toLowerCase()
  return directory?.people.find(one => one.github.some(account => account.login.toLowerCase() === subject))
}
