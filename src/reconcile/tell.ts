// Tells the life of a decided request on its pull request, from the ledger and from blobs that never change.
import { dueAt, lifeComment } from '../act/life.ts'
import { perform } from '../act/perform.ts'
import { performReminder, reminderBody, reminderWindow } from '../act/reminder.ts'
import type { Asked } from '../act/summary.ts'
import type { RequestState } from '../ledger/request-state.ts'
import { parseContract } from '../model/contract.ts'
import type { RequestRef } from '../model/record.ts'
import { parseRequest } from '../model/request.ts'
import { settingsOrDefault } from '../model/settings.ts'
import { isLost } from '../read/github.ts'
import { bytesAt, tipOf, treeAt } from '../read/repository.ts'
import { readSettings } from '../read/rules.ts'
import { agreedThen } from './agreements.ts'
import { loginsAt } from './holdings.ts'
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
  const [asked, settings] = await Promise.all([
    askedOf(access, request).catch(lost),
    readSettings(repository, await treeAt(repository, (await tipOf(repository)).tree))
  ])
  const { zone, noticeSeconds } = settingsOrDefault(settings)
  const logins = await loginsAt(repository, request.contract === null ? '' : request.directoryBlob)
  await perform(access, [lifeComment(request, { asked, zone, logins, now })], false)
  const reminder = reminderWindow(request, noticeSeconds)
  if (reminder === null || now >= reminder.until) return {}
  if (now < reminder.from) return { wakeAt: reminder.from }
  const login = request.subject === null ? undefined : logins.get(request.subject)
  const body = reminderBody({ until: reminder.until, login, zone })
  await performReminder(repository, access.written.reminded, { ...request, body })
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

/** What cannot be read any more is not told; everything else is. */
function lost(error: unknown): null {
  if (isLost(error)) return null
  throw error
}

async function askedOf(access: AccessRepository, request: RequestState): Promise<Asked | null> {
  const { repository } = access
  const parsed = parseRequest('request.yml', await bytesAt(repository, request.blob))
  if (!parsed.ok) return null
  const bytes = request.contract === null ? null : await bytesAt(repository, request.contractBlob)
  const contract = bytes === null ? null : parseContract('contract.yml', bytes)
  const base = contract?.ok === true ? contract.value : null
  const then = base === null ? null : await agreedThen(access, base, request.decidedAt)
  const { clause: id, window } = request
  const clause = then === null || id === null ? null : (then.conformed.contract.clauses[id] ?? null)
  const seconds = window === null ? null : (window.notAfter.getTime() - window.notBefore.getTime()) / 1000
  return {
    request: parsed.value,
    contract: base,
    clause,
    amendedBy: then === null || id === null ? null : then.amendedBy(id),
    durationSeconds: seconds ?? parsed.value.durationSeconds ?? null
  }
}
