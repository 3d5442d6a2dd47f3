// From the ledger's digests back to real entitlements, by the directory under which they were decided.
import { targetOf } from '../act/record.ts'
import type { RequestState } from '../ledger/request-state.ts'
import { grantsOn, grantsSince, openReviews } from '../ledger/state.ts'
import type { LedgerState } from '../ledger/state.ts'
import { parseDirectory, personOf } from '../model/directory.ts'
import type { Directory } from '../model/directory.ts'
import type { Entitlement } from '../model/entitlement.ts'
import type { Holding, OpenReview, RecentGrant } from '../model/facts.ts'
import { Fault } from '../model/fault.ts'
import type { RequestRef } from '../model/record.ts'
import { isLost } from '../read/github.ts'
import { bytesAt } from '../read/repository.ts'
import type { Repository } from '../read/repository.ts'
import { isFinished } from './finished.ts'
import { entitlementLook, pullLook } from './world.ts'
import type { AccessRepository, Look, World } from './world.ts'

/** The directory of one blob, whatever main says now. Rewritten history may have taken it: `ledger.unreadable`. */
export async function directoryAt(repository: Repository, blob: string): Promise<Directory> {
  const unreadable = (cause?: unknown): Fault => {
    return new Fault('ledger.unreadable', `The directory ${blob.slice(0, 12)} that a decision cites cannot be read`, {
      cause
    })
  }
  const bytes = await bytesAt(repository, blob).catch((error: unknown) => {
    throw isLost(error) ? unreadable(error) : error
  })
  const parsed = parseDirectory('directory.yml', bytes)
  if (!parsed.ok) throw unreadable()
  return parsed.value
}

/** Logins by numeric id, as one directory has them; none for the empty name, and for one that cannot be read. */
export async function loginsAt(repository: Repository, blob: string): Promise<Map<number, string>> {
  if (blob === '') return new Map()
  const people = await directoryAt(repository, blob).then(
    directory => directory.people,
    (error: unknown) => {
      if (error instanceof Fault && error.code === 'ledger.unreadable') return []
      throw error
    }
  )
  return new Map(people.flatMap(person => person.github.map(account => [account.id, account.login] as const)))
}

/** The entitlements of a request, in the order of its holdings. The ledger's digest must agree, else nothing is touched. */
export async function entitlementsOf(repository: Repository, request: RequestState): Promise<Entitlement[]> {
  const directory = await directoryAt(repository, request.directoryBlob)
  const person = request.subject === null ? undefined : personOf(directory, request.subject)
  return request.holdings.map(({ target }) => {
    const identity = person?.identities[target.provider]
    const entitlement = {
      provider: target.provider,
      identity: identity ?? '',
      resource: target.resource,
      role: target.role
    }
    if (identity === undefined || targetOf(entitlement).key !== target.key) {
      throw new Fault('ledger.broken', `${request.request} does not name the identity that its directory names`)
    }
    return entitlement
  })
}

/** What these accounts hold or were promised at `now`, by every request but `except`: in force or still to come. */
export function heldBy(state: LedgerState, accounts: readonly number[], except: RequestRef, now: Date): Holding[] {
  return [...state.open.values()].flatMap(request => {
    const { subject, window, contract, clause } = request
    if (request.request === except || request.outcome !== 'allow' || request.removedAt !== undefined) return []
    if (subject === null || !accounts.includes(subject) || contract === null || clause === null) return []
    return window === null || window.notAfter <= now ? [] : [{ contract, clause, ...window }]
  })
}

/** What these accounts were granted by other requests than `except`, decided after `since`, oldest first. */
export function grantedTo(
  state: LedgerState,
  accounts: readonly number[],
  except: RequestRef,
  since: Date
): RecentGrant[] {
  const found = accounts.flatMap(account => grantsSince(state, account, since))
  return found
    .sort((a, b) => a.decidedAt.getTime() - b.decidedAt.getTime() || a.seq - b.seq)
    .flatMap(({ request, contract, clause, decidedAt }) =>
      request === except || contract === null || clause === null ? [] : [{ contract, clause, decidedAt }]
    )
}

/** Break-glass under this clause, by other requests than `except`, whose review is not closed. */
export function openReviewsUnder(
  state: LedgerState,
  { contract, clause }: { contract: string; clause: string },
  except: RequestRef
): OpenReview[] {
  return openReviews(state).flatMap(({ request, dueAt }) => {
    const same = request.contract === contract && request.clause === clause
    return same && request.request !== except ? [{ pr: request.pr, dueAt }] : []
  })
}

/**
 * Looks at every entitlement of these requests that may still need work. Where the directory of a decision is lost, what
 * the providers hold with our mark tells which entitlement a digest means, so that nothing keeps it from ending. One request
 * that cannot be resolved is an error in the log and holds up no other (L4); it is tried again with every sweep.
 */
export async function looksFor(
  world: World,
  access: AccessRepository,
  state: LedgerState,
  requests: readonly RequestState[]
): Promise<Look[]> {
  const looks = new Map<string, Look>()
  const asked: Inventories = new Map()
  for (const request of requests) {
    if (request.outcome !== 'allow') continue
    const entitlements = await entitlementsOf(access.repository, request).catch((error: unknown) => {
      if (!(error instanceof Fault) || !error.code.startsWith('ledger.')) throw error
      access.log.error(
        { err: error, request: request.request },
        'The directory of a decision does not tell who holds what'
      )
      return heldAs(world, request, asked)
    })
    request.holdings.forEach((holding, index) => {
      const entitlement = entitlements[index]
      if (holding.ended !== undefined || entitlement === undefined) return
      const { key } = holding.target
      looks.set(key, entitlementLook(access.home, key, entitlement, grantsOn(state, key), state.seq))
    })
  }
  return [...looks.values()]
}

/** What each provider holds with our mark, by key. */
type Inventories = Map<string, Map<string, Entitlement>>

/** The entitlements of a request by the providers' own word, in the order of its holdings; `asked` is asked only once. */
async function heldAs(
  { providers, log }: World,
  { holdings }: RequestState,
  asked: Inventories
): Promise<(Entitlement | undefined)[]> {
  for (const name of new Set(holdings.map(({ target }) => target.provider))) {
    if (asked.has(name)) continue
    const found = new Map<string, Entitlement>()
    asked.set(name, found)
    try {
      for await (const { entitlement } of providers.get(name)?.inventory() ?? []) {
        found.set(targetOf(entitlement).key, entitlement)
      }
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      log.error({ err: error, provider: name }, 'A provider does not tell what it holds; the next sweep asks again')
    }
  }
  return holdings.map(({ target }) => asked.get(target.provider)?.get(target.key))
}

/**
 * Looks at what must end before its time: open requests whose file has left main, whichever walk recorded that. Asked of the
 * state and not of the steps just recorded, so that a walk that was cut off in between leaves none behind.
 */
export async function looksForRemoved(
  world: World,
  access: AccessRepository,
  state: LedgerState,
  now: Date
): Promise<Look[]> {
  const removed = [...state.open.values()].filter(
    request => request.removedAt !== undefined && !isFinished(request, now)
  )
  return [
    ...(await looksFor(world, access, state, removed)),
    ...removed.map(request => pullLook(access.home, request.pr))
  ]
}
