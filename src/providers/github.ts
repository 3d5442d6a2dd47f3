// GitHub itself: membership of dedicated teams, and direct collaboration on dedicated repositories.
import type { Entitlement } from '../model/entitlement.ts'
import { Fault } from '../model/fault.ts'
import type { Log } from '../model/ports.ts'
import { openApi, type Account, type Api, type ApiSettings } from './github/api.ts'
import { openRepository } from './github/repository.ts'
import type { Holding, Target } from './github/target.ts'
import { openTeam } from './github/team.ts'
import { malformed } from './names.ts'
import type { Presence, Provider, Receipt } from './provider.ts'

/** A team or repository that this instance manages alone. */
export interface Managed {
  /**
   * The operator's word that everyone in it who is not `permanent` is there by a grant of ours, and is removed
   * otherwise.
   */
  managed: true
  /** Teams: member, maintainer. Repositories: read, triage, write, maintain, admin. */
  roles: string[]
  /** Numeric ids of the accounts that are never ours. */
  permanent?: number[]
}

/** An instance in the operator's file. */
export interface GitHubSettings extends ApiSettings {
  kind: 'github'
  /** By `org/slug`. */
  teams?: Record<string, Managed>
  /** By `owner/name`. */
  repositories?: Record<string, Managed>
}

/**
 * Opens an instance. Identities are numeric account ids as text. GitHub keeps no mark on a membership, and a mark of
 * our own beside it could part from it in a crash, so ownership is a property of the *place*: the operator dedicates
 * teams and repositories to us, and what is in them is ours, except who is listed as permanent, and who has access
 * through something else (another team, the organisation), which cannot be removed here. A holding counts as exactly
 * one of the listed roles: the strongest that is not above it, else the weakest. So a grantee whom somebody promotes by
 * hand does not escape their end. Two roles on one place are one row at GitHub: under the stronger, the weaker is
 * foreign; when the stronger ends, the row goes, and the weaker is made again. GitHub has no expiry of its own for
 * either.
 */
export async function openGitHub(name: string, settings: GitHubSettings, ports: { log: Log }): Promise<Provider> {
  const refuse = (because: string) => new Fault('provider.refused', `${name}: ${because}`, { retry: false })
  const unconfirmed = (because: string) => new Fault('provider.unconfirmed', `${name}: ${because}`)
  const api = await openApi(name, settings, ports.log)
  const places = openPlaces(api, settings, refuse)

  const admits = (e: Entitlement): string | undefined => {
    if (e.provider !== name) return `this is ${name}, not the provider that was named`
    const fault = malformed(e)
    if (fault !== undefined) return fault
    const place = places.get(e.resource)
    if (place === undefined) return 'the resource is not in the allow-list'
    if (!place.roles.includes(e.role)) return 'the role is not in the allow-list of the resource'
    if (idOf(e) === undefined) return 'the identity is not a numeric account id'
    return undefined
  }
  const placeOf = (e: Entitlement): { place: Place; id: number } => {
    const because = admits(e)
    const place = places.get(e.resource)
    const id = idOf(e)
    if (because !== undefined || place === undefined || id === undefined) throw refuse(because ?? 'not allowed')
    return { place, id }
  }

  async function grant(e: Entitlement): Promise<Receipt> {
    const { place, id } = placeOf(e)
    if (place.permanent.has(id)) throw refuse('the identity is listed as permanent')
    const account = await api.account(id)
    if (account === undefined) throw refuse('the identity does not exist')
    const holding = await place.holding(account)
    const presence = presenceOf(place, e.role, holding)
    if (presence === 'foreign') throw refuse('held already, or more than it, and not made by us')
    if (holding.kind === 'direct' && presence === 'present' && !weaker(place, holding.role, e.role)) {
      return { changed: false, detail: holding.pending ? 'invited already' : 'held already' }
    }
    const objection = await place.objection(account)
    if (objection !== undefined) throw refuse(objection)
    const invited = await place.give(account, e.role)
    await confirm(place, account, e, 'present')
    return { changed: true, detail: invited ? 'invited; it works when the invitation is accepted' : 'given' }
  }

  async function revoke(e: Entitlement): Promise<Receipt> {
    const { place, id } = placeOf(e)
    const account = await api.account(id)
    if (account === undefined) return { changed: false, detail: 'was not there: the identity is gone' }
    const holding = await place.holding(account)
    const presence = place.permanent.has(id) && holding.kind !== 'none' ? 'foreign' : presenceOf(place, e.role, holding)
    if (presence === 'foreign') return { changed: false, detail: 'was not there; left what was not made by us' }
    if (presence === 'absent') return { changed: false, detail: 'was not there' }
    await place.take(account)
    const left = await confirm(place, account, e, 'gone')
    const pending = holding.kind === 'direct' && holding.pending ? 'invitation withdrawn' : 'removed'
    return { changed: true, detail: `${pending}${left.kind === 'indirect' ? '; left what was not made by us' : ''}` }
  }

  /**
   * Reads back, by number: a login that changed hands meanwhile was not this person's (attack #13), a success may be a
   * lie.
   */
  async function confirm(place: Place, account: Account, e: Entitlement, wanted: 'present' | 'gone'): Promise<Holding> {
    const again = await api.account(account.id)
    const holding: Holding = again === undefined ? { kind: 'none' } : await place.holding(again)
    const there = holding.kind === 'direct' && (wanted === 'gone' || !weaker(place, holding.role, e.role))
    if (there !== (wanted === 'present')) throw unconfirmed('GitHub took the call and does not show its effect')
    return holding
  }

  async function inspect(e: Entitlement): Promise<Presence> {
    const because = admits(e)
    if (because !== undefined) return { state: 'unknown', because }
    const { place, id } = placeOf(e)
    try {
      const account = await api.account(id)
      const holding: Holding = account === undefined ? { kind: 'none' } : await place.holding(account)
      if (holding.kind !== 'none' && place.permanent.has(id)) return { state: 'foreign' }
      return { state: presenceOf(place, e.role, holding) }
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'provider.unconfirmed') throw error
      return { state: 'unknown', because: error.message }
    }
  }

  return {
    name,
    admits,
    grant,
    revoke,
    inspect,
    async *inventory() {
      for (const [resource, place] of places) {
        for await (const { id, role } of place.list()) {
          if (place.permanent.has(id)) continue
          yield { entitlement: { provider: name, identity: String(id), resource, role: countsAs(place, role) } }
        }
      }
    },
    async close() {}
  }
}

interface Place extends Target {
  roles: string[]
  permanent: Set<number>
}

const part = '[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?'
const fullName = new RegExp(`^(${part})/(${part})$`)

function openPlaces(api: Api, settings: GitHubSettings, refuse: (because: string) => Fault): Map<string, Place> {
  const places = new Map<string, Place>()
  const seen = new Set<string>()
  const families = { team: [settings.teams, openTeam], repo: [settings.repositories, openRepository] } as const
  for (const [family, [list, open]] of Object.entries(families)) {
    for (const [key, managed] of Object.entries(list ?? {})) {
      const [, owner, name] = fullName.exec(key) ?? []
      if (owner === undefined || name === undefined) throw refuse(`a ${family} is not owner/name`)
      const resource = `${family}:${key}`
      // GitHub does not tell case apart, so two spellings would be two keys for one place.
      if (seen.has(resource.toLowerCase())) throw refuse(`a ${family} is listed twice`)
      seen.add(resource.toLowerCase())
      const target = open(api, owner, name)
      const roles = target.ladder.filter(role => managed.roles.includes(role))
      if (roles.length === 0 || roles.length !== managed.roles.length) {
        throw refuse(`a ${family} lists a role that GitHub has not`)
      }
      places.set(resource, { ...target, roles, permanent: new Set(managed.permanent) })
    }
  }
  return places
}

function idOf(e: Entitlement): number | undefined {
  const id = /^[1-9][0-9]{0,15}$/.test(e.identity) ? Number(e.identity) : NaN
  return Number.isSafeInteger(id) ? id : undefined
}

/**
 * The listed role that a holding counts as: the strongest not above it, else the weakest. `roles` runs weakest first.
 */
function countsAs(place: Place, role: string): string {
  return place.roles.findLast(each => !weaker(place, role, each)) ?? place.roles[0] ?? role
}

function weaker(place: Place, role: string, than: string): boolean {
  return place.ladder.indexOf(role) < place.ladder.indexOf(than)
}

function presenceOf(place: Place, role: string, holding: Holding): 'present' | 'absent' | 'foreign' {
  if (holding.kind === 'none') return 'absent'
  if (holding.kind === 'indirect') return weaker(place, holding.role, role) ? 'absent' : 'foreign'
  const counted = countsAs(place, holding.role)
  if (counted === role) return 'present'
  return weaker(place, counted, role) ? 'absent' : 'foreign'
}
