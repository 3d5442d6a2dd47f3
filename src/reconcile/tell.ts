// Tells the life of a decided request on its pull request, from the ledger and from blobs that never change.
import { dueAt, lifeComment } from '../act/life.ts'
import { perform } from '../act/perform.ts'
import type { Asked } from '../act/summary.ts'
import type { RequestState } from '../ledger/state.ts'
import { parseContract } from '../model/contract.ts'
import type { RequestRef } from '../model/record.ts'
import { parseRequest } from '../model/request.ts'
import { defaultSettings } from '../model/settings.ts'
import { bytesAt, tipOf, treeAt } from '../read/repository.ts'
import type { Repository } from '../read/repository.ts'
import { readSettings } from '../read/rules.ts'
import { directoryAt } from './holdings.ts'
import type { AccessRepository, Outcome, World } from './world.ts'

/** A change of state is told when it is done; one that lasts longer than this is told while it lasts. */
const patienceMs = 30_000

/** Makes the comment of a decided request say what the ledger says. */
export async function tellLife(world: World, access: AccessRepository, ref: RequestRef): Promise<Outcome> {
  const request = access.ledger.state().requests.get(ref)
  if (request === undefined) return {}
  const now = world.clock.now()
  const changingSince = changing(request, now)
  const failing = request.holdings.some(holding => holding.attempts > 0 && holding.ended === undefined)
  if (changingSince !== undefined && !failing && now.getTime() - changingSince.getTime() < patienceMs) {
    return { wakeAt: new Date(changingSince.getTime() + patienceMs) }
  }
  const { repository } = access
  const [asked, settings] = await Promise.all([askedOf(repository, request), readSettings(repository, await treeAt(repository, (await tipOf(repository)).tree))])
  const zone = settings.parsed?.ok === true ? settings.parsed.value.zone : defaultSettings.zone
  await perform(access, [lifeComment(request, { asked, zone, logins: await loginsOf(repository, request), now })], false)
  return {}
}

/** Since when a holding is on its way in or out; undefined when all is as it should be. */
function changing(request: RequestState, now: Date): Date | undefined {
  if (request.window === null) return undefined
  const end = dueAt(request) ?? request.window.notAfter
  const open = request.holdings.filter(holding => holding.ended === undefined)
  if (end <= now) return open.some(holding => holding.intendedAt !== undefined) ? end : undefined
  return open.find(holding => holding.intendedAt !== undefined && holding.doneAt === undefined)?.intendedAt
}

async function askedOf(repository: Repository, request: RequestState): Promise<Asked | null> {
  const parsed = parseRequest('request.yml', await bytesAt(repository, request.blob))
  if (!parsed.ok) return null
  const contract = request.contract === null ? null : parseContract('contract.yml', await bytesAt(repository, request.contractBlob))
  const clause = contract?.ok === true && request.clause !== null ? (contract.value.clauses[request.clause] ?? null) : null
  const durationSeconds = request.window === null ? (parsed.value.durationSeconds ?? null) : (request.window.notAfter.getTime() - request.window.notBefore.getTime()) / 1000
  return { request: parsed.value, contract: contract?.ok === true ? contract.value : null, clause, durationSeconds }
}

async function loginsOf(repository: Repository, request: RequestState): Promise<Map<number, string>> {
  if (request.contract === null) return new Map()
  const directory = await directoryAt(repository, request.directoryBlob)
  return new Map(directory.people.flatMap(person => person.github.map(account => [account.id, account.login] as const)))
}
