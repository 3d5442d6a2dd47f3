// A GitHub of one team and one repository behind nock, held to GitHub's own description of requests and answers.
import nock from 'nock'
import { checkRequest, checkResponse, complete, match } from '../../src/sandbox/github/description/description.ts'

/** What the host knows, open to the tests. */
export interface Host {
  /** Logins by numeric id. */
  users: Map<number, string>
  /** Members of the organisation. */
  organization: Map<number, { role: 'member' | 'admin'; state: 'active' | 'pending' }>
  team: Map<number, { role: 'member' | 'maintainer'; state: 'active' | 'pending' }>
  collaborators: Map<number, string>
  /** What accounts have on the repository through teams and the organisation. */
  indirect: Map<number, string>
  invitations: Map<number, { invitee: number; role: string; expired: boolean }>
  /** `METHOD /path` of every request so far. */
  requests: string[]
  /** Answers the next request whose `METHOD /path` matches with this instead; with `after`, once its effect is done. */
  answerOnce(pattern: RegExp, status: number, headers?: Record<string, string>, after?: boolean): void
  /** Runs just before the next request that matches. */
  beforeOnce(pattern: RegExp, work: () => void): void
  clear(): void
  close(): void
}

const base = 'https://api.github.com'
const ranks = ['read', 'triage', 'write', 'maintain', 'admin']
const flags = ['pull', 'triage', 'push', 'maintain', 'admin']
type Answer = [status: number, body?: object]
type Sent = { role?: string; permission?: string }
type Work = (params: Record<string, string>, body: Sent, query: URLSearchParams) => Answer

interface Disturbance {
  pattern: RegExp
  status?: number
  headers?: Record<string, string>
  after?: boolean
  work?: () => void
}

/**
 * Opens the host: organisation `acme`, team `oncall`, repository `acme/payments`, and four people of whom `mona` is a
 * stranger.
 */
export function openHost(): Host {
  nock.disableNetConnect()
  const users = new Map([
    [583231, 'octocat'],
    [480938, 'hubot'],
    [2, 'defunkt'],
    [9, 'mona']
  ])
  const once: Disturbance[] = []
  let nextInvitation = 1
  const host: Host = {
    users,
    organization: new Map(),
    team: new Map(),
    collaborators: new Map(),
    indirect: new Map(),
    invitations: new Map(),
    requests: [],
    answerOnce: (pattern, status, headers = {}, after = false) => void once.push({ pattern, status, headers, after }),
    beforeOnce: (pattern, work) => void once.push({ pattern, work }),
    clear() {
      const { team, collaborators, indirect, invitations, organization } = host
      for (const each of [team, collaborators, indirect, invitations, organization]) each.clear()
      for (const id of [583231, 480938, 2]) host.organization.set(id, { role: 'member', state: 'active' })
      once.length = 0
      host.requests.length = 0
    },
    close() {
      nock.cleanAll()
      nock.enableNetConnect()
    }
  }
  host.clear()

  const idOf = (login: string) => [...users].find(([, each]) => each === login)?.[0] ?? -1
  const account = (id: number) => ({ id, login: users.get(id), type: 'User' })
  const permissions = (role: string) => Object.fromEntries(flags.map((flag, i) => [flag, i <= ranks.indexOf(role)]))
  const effective = (id: number) =>
    ranks.findLast(rank => host.collaborators.get(id) === rank || host.indirect.get(id) === rank)
  const membership = (id: number): Answer => {
    const found = host.team.get(id)
    return found ? [200, { role: found.role, state: found.state }] : [404]
  }

  const answers: Record<string, Work> = {
    'users/get-by-id': p => (users.has(Number(p.account_id)) ? [200, account(Number(p.account_id))] : [404]),
    'users/get-by-username': p => (idOf(p.username ?? '') < 0 ? [404] : [200, account(idOf(p.username ?? ''))]),
    'orgs/get-membership-for-user': p => {
      const found = host.organization.get(idOf(p.username ?? ''))
      return found ? [200, found] : [404]
    },
    'teams/get-by-name': p => (p.team_slug === 'oncall' ? [200, { slug: 'oncall' }] : [404]),
    'teams/get-membership-for-user-in-org': p =>
      p.team_slug === 'oncall' ? membership(idOf(p.username ?? '')) : [404],
    'teams/add-or-update-membership-for-user-in-org': (p, body) => {
      const role = body.role === 'maintainer' ? 'maintainer' : 'member'
      host.team.set(idOf(p.username ?? ''), { role, state: 'active' })
      return membership(idOf(p.username ?? ''))
    },
    'teams/remove-membership-for-user-in-org': p => [host.team.delete(idOf(p.username ?? '')) ? 204 : 404],
    'teams/list-members-in-org': (_, __, query) => [
      200,
      [...host.team]
        .filter(([, each]) => each.role === query.get('role') && each.state === 'active')
        .map(([id]) => account(id))
    ],
    'repos/list-collaborators': () => [
      200,
      [...host.collaborators.keys()].map(id => ({
        ...account(id),
        permissions: permissions(effective(id) ?? ''),
        role_name: effective(id)
      }))
    ],
    'repos/get-collaborator-permission-level': p => {
      const id = idOf(p.username ?? '')
      const role = effective(id)
      if (role === undefined) return [200, { permission: 'none', role_name: 'none', user: null }]
      const user = { ...account(id), permissions: permissions(role), role_name: role }
      return [200, { permission: role, role_name: role, user }]
    },
    'repos/add-collaborator': (p, body) => {
      const id = idOf(p.username ?? '')
      const role = ranks[flags.indexOf(body.permission ?? 'push')] ?? 'write'
      if (host.organization.has(id) || host.collaborators.has(id)) {
        host.collaborators.set(id, role)
        return [204]
      }
      host.invitations.set(nextInvitation++, { invitee: id, role, expired: false })
      return [201, { invitee: account(id), permissions: role }]
    },
    'repos/remove-collaborator': p => {
      host.collaborators.delete(idOf(p.username ?? ''))
      return [204]
    }
  }

  /** Operations that the cut of the description leaves out, by hand from the same description. */
  const byHand = (method: string, path: string): Answer => {
    if (method === 'GET' && path === '/repos/acme/payments/invitations') {
      return [
        200,
        [...host.invitations].map(([id, each]) => ({
          id,
          invitee: account(each.invitee),
          permissions: each.role,
          expired: each.expired
        }))
      ]
    }
    const [, invitation] = /^\/repos\/acme\/payments\/invitations\/(\d+)$/.exec(path) ?? []
    if (method === 'DELETE' && invitation) return [host.invitations.delete(Number(invitation)) ? 204 : 404]
    if (method === 'GET' && path === '/orgs/acme/teams/oncall/invitations') {
      const pending = [...host.team].filter(([, each]) => each.state === 'pending')
      return [200, pending.map(([id]) => ({ id: 1, login: users.get(id) }))]
    }
    throw new Error(`no answer for ${method} ${path}`)
  }

  const answer = (method: string, uri: string, body: unknown): Answer => {
    const { pathname, searchParams } = new URL(uri, base)
    if (/^\/(repos\/acme|orgs\/acme\/teams)\/gone\//.test(pathname)) return [404]
    const found = match(method, pathname)
    const work = answers[found?.operation.id ?? '']
    if (found === undefined || work === undefined) return byHand(method, pathname)
    const sent = typeof body === 'object' && body !== null ? body : undefined
    const wrong = checkRequest(found.operation, { params: found.params, query: searchParams, body: sent })
    if (wrong.length > 0) throw new Error(`GitHub would refuse ${method} ${pathname}: ${JSON.stringify(wrong)}`)
    const [status, partial] = work(found.params, sent ?? {}, searchParams)
    if (partial === undefined) return [status]
    const whole = complete(found.operation, status, partial) as object
    const departs = checkResponse(found.operation, status, whole)
    if (departs.length > 0) throw new Error(`GitHub would not answer so: ${departs.join('; ')}`)
    return [status, whole]
  }

  const scope = nock(base).persist()
  for (const method of ['get', 'put', 'delete'] as const) {
    scope[method](/.*/).reply(async (request: Request): Promise<[number, object?, Record<string, string>?]> => {
      const uri = request.url.slice(base.length)
      const text = await request.text()
      const body: unknown = text === '' ? undefined : JSON.parse(text)
      const line = `${method.toUpperCase()} ${uri}`
      host.requests.push(line)
      const index = once.findIndex(each => each.pattern.test(line))
      const disturbed = index < 0 ? undefined : once.splice(index, 1)[0]
      disturbed?.work?.()
      if (disturbed?.status !== undefined) {
        if (disturbed.after) answer(method.toUpperCase(), uri, body)
        return [disturbed.status, { message: 'disturbed' }, disturbed.headers]
      }
      const [status, json] = answer(method.toUpperCase(), uri, body)
      return status === 204 ? [204] : [status, json ?? { message: 'Not Found' }]
    })
  }
  return host
}
