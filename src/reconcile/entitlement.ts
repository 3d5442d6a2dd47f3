// The walk of one entitlement: the set of grants on it that are in force now, against what the provider holds (DESIGN §4).
import { sha256 } from '../model/digest.ts'
import type { Entitlement } from '../model/entitlement.ts'
import { Fault } from '../model/fault.ts'
import { carriedUntil, endOf, inForce, nextBoundary } from '../model/grant.ts'
import type { Grant } from '../model/grant.ts'
import { formatInstant } from '../model/instant.ts'
import type { Draft, EndCause, RequestRef, Target } from '../model/record.ts'
import type { HoldingState, RequestState } from '../ledger/request-state.ts'
import { grantsOn } from '../ledger/state.ts'
import type { LedgerState } from '../ledger/state.ts'
import type { Provider, Receipt } from '../providers/provider.ts'
import { urgently } from '../read/priority.ts'
import { tellLife } from './tell.ts'
import { endLook, entitlementLook, pullLook } from './world.ts'
import type { AccessRepository, Home, Look, Outcome, World } from './world.ts'

/** What the queue keeps for one entitlement. */
export interface EntitlementJob extends Home {
  key: string
  entitlement: Entitlement
  grants: { request: string; notBefore: string; notAfter: string }[]
  seq: number
}

/** Brings one entitlement to where the grants in force say it should be, and records it. Safe at any time, any number of times. */
export async function reconcileEntitlement(world: World, job: EntitlementJob): Promise<Outcome> {
  const provider = world.providers.get(job.entitlement.provider)
  if (provider === undefined) {
    throw new Fault(
      'provider.unknown',
      `The server has no provider named ${job.entitlement.provider}: name it in ADDENDUM_PROVIDERS`
    )
  }
  const now = world.clock.now()
  let access: AccessRepository
  let state: LedgerState
  try {
    access = await world.open(job)
    state = access.ledger.state()
    if (state.seq < job.seq) state = await access.ledger.refresh()
  } catch (error) {
    // GitHub is away: what the job itself knows is enough to end what is over, never to grant (no ledger, no new grant).
    if (carriedUntil(job.grants.map(remembered), now) === undefined) await revoked(provider, job.entitlement)
    throw error
  }
  const grants = grantsOn(state, job.key)
  const walk: Walk = { world, access, provider, entitlement: job.entitlement, key: job.key, grants, now }
  const until = carriedUntil(grants, now)
  const touched = until === undefined ? await urgently(() => end(walk)) : await hold(walk, until)
  // What the queue keeps for this key must be enough to end it without GitHub, and to leave alone what is still carried.
  const after = access.ledger.state()
  const current = entitlementLook(job, job.key, job.entitlement, grantsOn(after, job.key), after.seq)
  if (!sameGrants(job, current.data as unknown as EntitlementJob)) return { look: [...touched, current] }
  const wakeAt = nextBoundary(grants, now)
  return { ...(wakeAt === undefined ? {} : { wakeAt }), look: touched }
}

function sameGrants(a: EntitlementJob, b: EntitlementJob): boolean {
  const lines = ({ grants }: EntitlementJob): string =>
    grants
      .map(({ request, notBefore, notAfter }) => `${request} ${notBefore} ${notAfter}`)
      .sort()
      .join('\n')
  return b.grants.length === 0 || lines(a) === lines(b)
}

interface Walk {
  world: World
  access: AccessRepository
  provider: Provider
  entitlement: Entitlement
  key: string
  grants: Grant[]
  now: Date
}

function remembered(grant: EntitlementJob['grants'][number]): Grant {
  return { request: grant.request, notBefore: new Date(grant.notBefore), notAfter: new Date(grant.notAfter) }
}

type Claim = { request: RequestState; holding: HoldingState; grant: Grant }

function claims(walk: Walk, state: LedgerState): Claim[] {
  return walk.grants.flatMap(grant => {
    const request = state.requests.get(grant.request as RequestRef)
    const holding = request?.holdings.find(one => one.target.key === walk.key)
    return request === undefined || holding === undefined || holding.ended !== undefined
      ? []
      : [{ request, holding, grant }]
  })
}

/** Something is in force: intent on the ledger first, then the effect, then what was read back. */
async function hold(walk: Walk, until: Date): Promise<Look[]> {
  const { access, provider, entitlement, now } = walk
  const state = await access.ledger.append(current => intents(walk, current))
  const mine = claims(walk, state)
  const open = mine.filter(({ grant, holding }) => inForce(grant, now) && holding.doneAt === undefined)
  const over = mine.filter(({ grant, holding }) => endOf(grant) <= now && holding.intendedAt !== undefined)
  const found = await provider.inspect(entitlement)
  if (found.state === 'present' && open.length === 0 && over.length === 0) return []
  // Held, and nobody who is known to carry it: we were cut off between the effect and its record.
  const recovered = found.state === 'present' && mine.every(({ holding }) => holding.doneAt === undefined)
  const receipt = await provider.grant(entitlement, until, `${walk.key}:${until.getTime()}`)
  await confirm(provider, entitlement, 'present')
  await access.ledger.append(current =>
    claims(walk, current).flatMap(claim => {
      const { grant, holding } = claim
      if (inForce(grant, now) && holding.doneAt === undefined) return [doneDraft(claim, receipt, now, recovered)]
      if (endOf(grant) <= now && holding.intendedAt !== undefined) return [revokedDraft(claim, now, receipt, 'carried')]
      return []
    })
  )
  return [...(over.length > 0 ? [endLook(access.home)] : []), ...pullLooks(access.home, open)]
}

function intents(walk: Walk, state: LedgerState): Draft[] {
  return claims(walk, state).flatMap(({ request, holding, grant }) =>
    inForce(grant, walk.now) && holding.intendedAt === undefined
      ? [intendedDraft(request.request, holding.target, grant.notAfter, walk.now)]
      : []
  )
}

/** `grant.intended`: on the ledger before the provider is asked. */
export function intendedDraft(request: RequestRef, target: Target, notAfter: Date, now: Date): Draft {
  return { type: 'grant.intended', occurredAt: now, request, target, notAfter: formatInstant(notAfter) }
}

function doneDraft({ request, holding, grant }: Claim, receipt: Receipt, now: Date, recovered: boolean): Draft {
  return {
    type: 'grant.done',
    occurredAt: now,
    request: request.request,
    target: holding.target,
    notAfter: formatInstant(grant.notAfter),
    changed: receipt.changed,
    receiptSha256: sha256(JSON.stringify(receipt)),
    readBack: 'present',
    ...(recovered ? { recovered: true as const } : {})
  }
}

/** Nothing is in force: the effect first, then the ledger. Revocation waits for nothing. */
async function end(walk: Walk): Promise<Look[]> {
  const { access, provider, entitlement, world } = walk
  const pending = claims(walk, access.ledger.state()).filter(({ holding }) => holding.intendedAt !== undefined)
  if (pending.length === 0) return []
  let receipt: Receipt
  let readBack: 'absent' | 'foreign'
  try {
    ;({ receipt, readBack } = await revoked(provider, entitlement))
  } catch (error) {
    await recordFailure(walk, pending, error)
    throw error
  }
  const at = world.clock.now()
  await access.ledger.append(current =>
    claims(walk, current)
      .filter(({ grant, holding }) => holding.intendedAt !== undefined && endOf(grant) <= walk.now)
      .map(claim => revokedDraft(claim, at, receipt, readBack))
  )
  return [endLook(access.home)]
}

async function revoked(
  provider: Provider,
  entitlement: Entitlement
): Promise<{ receipt: Receipt; readBack: 'absent' | 'foreign' }> {
  const receipt = await provider.revoke(entitlement)
  const state = await confirm(provider, entitlement, 'absent', 'foreign')
  return { receipt, readBack: state === 'foreign' ? 'foreign' : 'absent' }
}

/** Done is what the provider shows, not what it answered (reliability fault 60). */
async function confirm(provider: Provider, entitlement: Entitlement, ...wanted: string[]): Promise<string> {
  const found = await provider.inspect(entitlement)
  if (wanted.includes(found.state)) return found.state
  const because = found.state === 'unknown' ? ` (${found.because})` : ''
  throw new Fault(
    'provider.unconfirmed',
    `${provider.name} answered, and still shows ${found.state}${because} where ${wanted[0]} should be`
  )
}

/** The first failures are told on the ledger; after that the debt stands there already, and the log tells each try. */
const failuresRecorded = 3

async function recordFailure(walk: Walk, pending: Claim[], error: unknown): Promise<void> {
  const { access, world, now } = walk
  const code = error instanceof Fault ? error.code : 'bug'
  world.log.error(
    { err: error, key: walk.key, requests: pending.map(({ request }) => request.request) },
    'A revocation failed and is tried again until it is done'
  )
  if (pending.every(({ holding }) => holding.attempts >= failuresRecorded)) return
  try {
    await access.ledger.append(state =>
      claims(walk, state)
        .filter(
          ({ grant, holding }) =>
            holding.intendedAt !== undefined && endOf(grant) <= now && holding.attempts < failuresRecorded
        )
        .map(({ request, holding, grant }) => ({
          type: 'revoke.failed' as const,
          occurredAt: now,
          request: request.request,
          target: holding.target,
          due: formatInstant(endOf(grant)),
          attempt: holding.attempts + 1,
          code
        }))
    )
    for (const { request } of pending) await tellLife(world, access, request.request)
  } catch (lost) {
    world.log.warn({ err: lost }, 'A failed revocation could not be told either')
  }
}

function revokedDraft(
  { request, holding, grant }: Claim,
  at: Date,
  receipt: Receipt,
  readBack: 'absent' | 'carried' | 'foreign'
): Draft {
  const due = endOf(grant)
  const early: EndCause =
    request.reboundBy === undefined ? 'expired' : request.reboundBy === 'eligibility' ? 'ineligible' : 'contract'
  const cause: EndCause = grant.endedAt !== undefined && grant.endedAt < grant.notAfter ? 'removed' : early
  return {
    type: 'revoke.done',
    occurredAt: at,
    request: request.request,
    target: holding.target,
    cause,
    due: formatInstant(due),
    latencyMs: Math.max(0, at.getTime() - due.getTime()),
    receiptSha256: sha256(JSON.stringify(receipt)),
    readBack
  }
}

function pullLooks(home: Home, touched: Claim[]): Look[] {
  return [...new Set(touched.map(({ request }) => request.pr))].map(pr => pullLook(home, pr))
}
