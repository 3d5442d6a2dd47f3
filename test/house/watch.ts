// Beneath house.ts: stands between the app and a provider, and holds every effect against the invariants of reliability.md §1.
import { targetOf } from '../../src/act/record.ts'
import type { RequestState } from '../../src/ledger/request-state.ts'
import { grantsOn } from '../../src/ledger/state.ts'
import type { LedgerState } from '../../src/ledger/state.ts'
import type { Entitlement } from '../../src/model/entitlement.ts'
import { entitlementKey } from '../../src/model/entitlement.ts'
import { endOf, inForce } from '../../src/model/grant.ts'
import type { Clock } from '../../src/model/ports.ts'
import type { MemoryProvider } from '../../src/providers/memory.ts'
import type { Provider } from '../../src/providers/provider.ts'
import type { LocalGitHub } from '../../src/sandbox/github/github.ts'
import type { GitRepository } from '../../src/sandbox/github/git/repository.ts'
import type { Repository } from '../../src/sandbox/github/store.ts'
import { entryAt } from '../../src/sandbox/github/git/trees.ts'
import { ledgerOf } from './evidence.ts'
import type { Line } from './line.ts'

/** What the watch looks at: GitHub as it is behind its API, and the clock. */
export interface Watched {
  clock: Clock
  github: LocalGitHub
  git: GitRepository
  repository: Repository
  /** Holdings of others that must outlive everything we do (S7). */
  foreign: Set<string>
  /** Where a broken invariant is told: its number and what broke it. */
  broken: string[]
}

/** The provider as the app gets it: behind the line, each effect watched at the moment it happens. */
export function watchedProvider(provider: MemoryProvider, line: Line, watched: Watched): Provider {
  const say = (invariant: string, e: Entitlement): void => {
    watched.broken.push(`${invariant} ${entitlementKey(e)} at ${watched.clock.now().toISOString()}`)
  }
  const foreignStays = (e: Entitlement): void => {
    if (watched.foreign.has(entitlementKey(e)) && !provider.works(e)) say('S7', e)
  }
  return {
    name: provider.name,
    admits: e => provider.admits(e),
    grant: (e, until, key) =>
      line.pass(`${provider.name}.grant`, async () => {
        for (const invariant of wrongWithGrant(await ledgerOf(watched.git), e, until, watched)) say(invariant, e)
        const receipt = await provider.grant(e, until, key)
        await heldOnce(provider, watched)
        return receipt
      }),
    revoke: e =>
      line.pass(`${provider.name}.revoke`, async () => {
        const state = await ledgerOf(watched.git)
        // S3, S8: ending one request leaves what another still carries.
        if (carriers(state, e, watched).length > 0) say('S8', e)
        const receipt = await provider.revoke(e)
        foreignStays(e)
        await heldOnce(provider, watched)
        return receipt
      }),
    inspect: e => line.pass(`${provider.name}.inspect`, () => provider.inspect(e)),
    inventory: () => provider.inventory(),
    close: async () => undefined
  }
}

/** Requests whose grant on the entitlement is in force now. */
function carriers(state: LedgerState, e: Entitlement, { clock }: Watched): RequestState[] {
  return grantsOn(state, targetOf(e).key)
    .filter(grant => inForce(grant, clock.now()))
    .flatMap(grant => state.requests.get(grant.request as RequestState['request']) ?? [])
}

function wrongWithGrant(state: LedgerState, e: Entitlement, until: Date, watched: Watched): string[] {
  const { key } = targetOf(e)
  const carrying = carriers(state, e, watched)
  const intended = carrying.filter(request =>
    request.holdings.some(
      holding => holding.target.key === key && holding.intendedAt !== undefined && holding.ended === undefined
    )
  )
  const ends = grantsOn(state, key)
    .filter(grant => inForce(grant, watched.clock.now()))
    .map(grant => endOf(grant).getTime())
  return [
    ...(carrying.some(request => trulyApproved(request, watched, state)) ? [] : ['S1']),
    ...(carrying.every(request => !isEmergency(request, watched) || state.reviews.has(request.request)) ? [] : ['S10']),
    ...(intended.length > 0 ? [] : ['S4']),
    ...(until.getTime() > Math.max(0, ...ends) ? ['S9'] : [])
  ]
}

/**
 * S1 by GitHub's own store and by nothing that the app computes: the pull request was merged, its merge brought the
 * file,
 * and somebody who neither opened it nor gets the access approved the very head that was merged; or it says that it is
 * break-glass, and its review is on the ledger (S10).
 */
function trulyApproved(request: RequestState, watched: Watched, state: LedgerState): boolean {
  const { repository, git } = watched
  const pull = repository.pulls[request.pr]
  const issue = repository.issues[request.pr]
  if (pull?.mergedAt == null || pull.mergeCommitSha !== request.merge) return false
  const merge = git.commit(request.merge)
  const files = merge === undefined ? [] : [...filesOf(git, merge.tree)]
  const latest = new Map(pull.reviews.filter(one => one.state !== 'COMMENTED').map(review => [review.userId, review]))
  const approvers = [...latest.values()].filter(
    review =>
      review.state === 'APPROVED' &&
      review.commitId === pull.headSha &&
      ![request.subject, issue?.userId].includes(review.userId)
  )
  const urgent = isEmergency(request, watched) && state.reviews.has(request.request)
  return files.includes(request.blob) && (approvers.length > 0 || urgent)
}

function isEmergency({ blob }: RequestState, { git }: Watched): boolean {
  return /^emergency: true$/m.test(git.blob(blob)?.toString('utf8') ?? '')
}

function* filesOf(git: GitRepository, tree: string): Generator<string> {
  const requests = entryAt(git, tree, 'requests')
  for (const folder of requests === undefined ? [] : (git.tree(requests.sha) ?? [])) {
    for (const file of git.tree(folder.sha) ?? []) yield file.sha
  }
}

/** S3: at most one managed assignment for a key; S4: none without an intent on the ledger. */
async function heldOnce(provider: MemoryProvider, watched: Watched): Promise<void> {
  const state = await ledgerOf(watched.git)
  const seen = new Set<string>()
  for await (const { entitlement } of provider.reopen().inventory()) {
    const key = entitlementKey(entitlement)
    if (seen.has(key)) watched.broken.push(`S3 ${key}`)
    seen.add(key)
    const target = targetOf(entitlement).key
    const intended = [...state.requests.values()].some(request =>
      request.holdings.some(holding => holding.target.key === target && holding.intendedAt !== undefined)
    )
    if (!intended) watched.broken.push(`S4 ${key}`)
  }
}
