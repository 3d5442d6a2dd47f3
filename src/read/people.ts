// People as GitHub knows them now: team members, named accounts, and who may write to the access repository.
import type { Account, Known, RequestFacts } from '../model/facts.ts'
import { statusOf } from './github.ts'
import { at } from './repository.ts'
import type { Repository } from './repository.ts'

/** Active members of a team and its child teams, by `@org/team`. A team that cannot be read is unknown (attack #17). */
export async function readTeam(repository: Repository, name: string): Promise<Known<Account[]>> {
  const [org = '', slug = ''] = name.replace(/^@/, '').split('/')
  const members: Account[] = []
  try {
    for (let page = 1; ; page += 1) {
      const { data } = await repository.github.request('GET /orgs/{org}/teams/{team_slug}/members', {
        org,
        team_slug: slug,
        per_page: 100,
        page
      })
      members.push(...data.map(({ id, login, type }) => ({ id: Number(id), login, type })))
      if (data.length < 100) return { known: true, value: members }
    }
  } catch (error) {
    if (statusOf(error) === 404) return { known: false, because: `GitHub shows no team ${name} to this app.` }
    throw error
  }
}

/** The account behind `@login` now. */
export async function readUser(repository: Repository, name: string): Promise<Known<Account>> {
  const login = name.replace(/^@/, '')
  try {
    const { data } = await repository.github.request('GET /users/{username}', { username: login })
    return { known: true, value: { id: Number(data.id), login: data.login, type: data.type } }
  } catch (error) {
    if (statusOf(error) === 404) return { known: false, because: `GitHub knows no account ${name}.` }
    throw error
  }
}

/** Whether a login is an active member of the organisation that has the repository. An outside collaborator is not. */
export async function isMember(repository: Repository, login: string): Promise<boolean> {
  try {
    const { data } = await repository.github.request('GET /orgs/{org}/memberships/{username}', {
      org: repository.owner,
      username: login
    })
    return data.state === 'active'
  } catch (error) {
    if (statusOf(error) === 404) return false
    throw error
  }
}

type Permission = RequestFacts['permissions'][number]
const roles = new Set(['admin', 'maintain', 'write', 'triage', 'read'])

/**
 * What an account may do on this repository now. GitHub answers by login, so the numeric id in its answer is compared:
 * a recycled login is unknown, never its predecessor (attack #13).
 */
export async function readPermission(repository: Repository, account: Account): Promise<Permission> {
  try {
    const { data } = await repository.github.request('GET /repos/{owner}/{repo}/collaborators/{username}/permission', {
      ...at(repository),
      username: account.login
    })
    if (Number(data.user?.id) !== account.id)
      return { known: false, because: `@${account.login} is another account now.` }
    if (data.permission === 'none') return { known: true, value: 'none' }
    const role = roles.has(data.role_name) ? data.role_name : data.permission
    return roles.has(role) ? { known: true, value: role as 'admin' } : { known: false, because: `GitHub says ${role}.` }
  } catch (error) {
    if (statusOf(error) === 404) return { known: true, value: 'none' }
    throw error
  }
}
