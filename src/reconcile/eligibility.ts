// Live grants of people who are not eligible any more: looked at by every sweep, and so on every event about people (attack #16).
import type { RequestState } from '../ledger/request-state.ts'
import { inEmergency, parseContract } from '../model/contract.ts'
import type { Clause } from '../model/contract.ts'
import { parseDirectory, personOf } from '../model/directory.ts'
import { formatInstant } from '../model/instant.ts'
import type { Draft } from '../model/record.ts'
import { isLost } from '../read/github.ts'
import { readNamed } from '../read/named.ts'
import { blobIn, bytesAt } from '../read/repository.ts'
import type { Tree } from '../read/repository.ts'
import { agreedThen } from './agreements.ts'
import { looksFor } from './holdings.ts'
import type { AccessRepository, Look, World } from './world.ts'

/**
 * Ends, now, every live grant whose subject is known to have left: the directory, or all that the clause named as eligible
 * when it was granted. What cannot be read shows nothing and ends nothing: a lost permission of ours is no mass revocation
 * (reliability fault 32).
 */
export async function endIneligible(world: World, access: AccessRepository, tree: Tree): Promise<Look[]> {
  const now = world.clock.now()
  const live = [...access.ledger.state().open.values()].filter(({ outcome, window, removedAt }) => {
    return outcome === 'allow' && removedAt === undefined && window !== null && window.notAfter > now
  })
  const lost = (
    await Promise.all(live.map(async request => ((await hasLost(access, tree, request)) ? [request] : [])))
  ).flat()
  if (lost.length === 0) return []
  const state = await access.ledger.append(current =>
    lost.flatMap(({ request }): Draft[] => {
      const notAfter = current.requests.get(request)?.window?.notAfter
      if (notAfter === undefined || notAfter <= now) return []
      return [{ type: 'grant.rebound', occurredAt: now, request, notAfter: formatInstant(now), cause: 'eligibility' }]
    })
  )
  return await looksFor(
    world,
    access,
    state,
    lost.flatMap(({ request }) => state.requests.get(request) ?? [])
  )
}

async function hasLost(access: AccessRepository, tree: Tree, request: RequestState): Promise<boolean> {
  const { subject } = request
  if (subject === null) return false
  const directory = await blobIn(access.repository, tree, 'directory.yml')
  const people = directory === null ? null : parseDirectory('directory.yml', directory.bytes)
  if (people?.ok === true && personOf(people.value, subject) === undefined) return true
  // The contract of then may be lost, as rewritten history loses it: that holds up no round (L4).
  const names = await eligibleThen(access, request).catch((error: unknown) => {
    if (isLost(error)) return null
    throw error
  })
  if (names === null) return false
  const { teams, users } = await readNamed(access.repository, names, null)
  const known = [...Object.values(teams), ...Object.values(users).map(user => (user.known ? one(user.value) : user))]
  return known.every(group => group.known && !group.value.some(account => account.id === subject))
}

function one<T>(value: T): { known: true; value: T[] } {
  return { known: true, value: [value] }
}

/** Whom the clause named as eligible when the request was decided; null where that cannot be told. */
async function eligibleThen(access: AccessRepository, request: RequestState): Promise<string[] | null> {
  if (request.contract === null || request.clause === null) return null
  const parsed = parseContract(
    `contracts/${request.contract}.yml`,
    await bytesAt(access.repository, request.contractBlob)
  )
  if (!parsed.ok) return null
  const { contract } = (await agreedThen(access, parsed.value, request.decidedAt)).conformed
  if (!Object.hasOwn(contract.clauses, request.clause)) return null
  const written = contract.clauses[request.clause] as Clause
  const urgent = access.ledger.state().reviews.has(request.request) ? inEmergency(written) : null
  const eligible = (urgent ?? written).eligible ?? contract.parties.eligible
  return eligible.length === 0 ? null : eligible.map(name => name.toLowerCase())
}
