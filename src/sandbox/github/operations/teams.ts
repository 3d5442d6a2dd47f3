// Local GitHub, operations: teams and organisations: who belongs, who is invited, what a team may do where.
import { forbidden, notFound, nothing, ok, paged, unprocessable } from '../answer.ts'
import type { Answer } from '../answer.ts'
import { namedUser, organization, repo, who } from '../call.ts'
import type { Call, Handler } from '../call.ts'
import {
  apiUrl,
  legacyPermission,
  permissionsJson,
  teamJson,
  userJson,
  organizationJson,
  repositoryJson
} from '../render.ts'
import type { Json } from '../render.ts'
import type { Account, Membership, Repository, Role, Team } from '../store.ts'
import { account, inTeam, repositoryByName, roleOf, teamBySlug, teamRole, withChildren } from '../world.ts'
import type { World } from '../world.ts'

function team(call: Call): Team {
  const found = teamBySlug(call.world, organization(call).login, call.params['team_slug'] ?? '')
  if (found === undefined || !seesTeam(call, found)) throw notFound()
  return found
}

/** A secret team shows itself to its members and to owners; any other to members of the organisation. */
function seesTeam(call: Call, t: Team): boolean {
  if (call.actor.kind === 'installation') return true
  const membership = account(call.world, t.organizationId).members?.[who(call).id]
  if (membership?.state !== 'active') return false
  return t.privacy === 'closed' || membership.role === 'admin' || inTeam(call.world, t, who(call).id)
}

/** Whether the actor governs an organisation; an installation is judged by its permissions. */
export const isOwner = (call: Call, o: Account): boolean =>
  call.actor.kind === 'installation' || o.members?.[who(call).id]?.role === 'admin'

function requireMaintainer(call: Call, t: Team): void {
  if (!isOwner(call, organization(call)) && t.members[who(call).id]?.role !== 'maintainer')
    throw forbidden('Must be a maintainer of the team.')
}

const fullTeam = (world: World, t: Team): Json => ({
  ...teamJson(world, t),
  members_count: members(world, t).size,
  repos_count: Object.keys(t.repositories).length,
  created_at: t.createdAt,
  updated_at: t.updatedAt,
  organization: { ...organizationJson(world, account(world, t.organizationId)), type: 'Organization' }
})

/** Active members, those of child teams included. */
function members(world: World, t: Team): Map<number, Membership> {
  const found = new Map<number, Membership>()
  for (const one of withChildren(world, t).toReversed()) {
    for (const [id, m] of Object.entries(one.members)) if (m.state === 'active') found.set(Number(id), m)
  }
  return found
}

const listMembers: Handler = call => {
  const role = call.query.get('role') ?? 'all'
  const found = [...members(call.world, team(call))].filter(([, m]) => role === 'all' || m.role === role)
  return paged(found.map(([id]) => userJson(call.world, account(call.world, id))))
}

const membershipJson = (call: Call, t: Team, username: string, m: Membership): Json => ({
  url: apiUrl(call.world, `/organizations/${t.organizationId}/team/${t.id}/memberships/${username}`),
  role: m.role,
  state: m.state
})

const getMembership: Handler = call => {
  const [t, user] = [team(call), namedUser(call)]
  const found = withChildren(call.world, t)
    .map(one => one.members[user.id])
    .find(m => m !== undefined)
  if (found === undefined) throw notFound()
  return ok(membershipJson(call, t, user.login, found))
}

const setMembership: Handler = call => {
  const { world } = call
  const [o, t, user] = [organization(call), team(call), namedUser(call)]
  requireMaintainer(call, t)
  const role = (call.body as { role?: 'member' | 'maintainer' }).role ?? 'member'
  const already = t.members[user.id]
  // Somebody outside the organisation is invited, and pending until they accept.
  const state = already?.state ?? (o.members?.[user.id]?.state === 'active' ? 'active' : 'pending')
  if (state === 'pending' && o.members?.[user.id] === undefined)
    o.members = { ...o.members, [user.id]: { role: 'member', state: 'pending' } }
  const made: Membership = { role, state }
  t.members[user.id] = made
  t.updatedAt = world.stamp()
  if (already === undefined && state === 'active') raiseMembership(call, t, user, 'added')
  return ok(membershipJson(call, t, user.login, made))
}

const removeMembership: Handler = call => {
  const [t, user] = [team(call), namedUser(call)]
  if (who(call).id !== user.id) requireMaintainer(call, t)
  if (t.members[user.id] === undefined) throw notFound()
  delete t.members[user.id]
  raiseMembership(call, t, user, 'removed')
  return nothing()
}

/** Tells the app that somebody came to a team, or left it. */
export function raiseMembership(call: Call, t: Team, member: Account, action: 'added' | 'removed'): void {
  const { world } = call
  world.raise({
    event: 'membership',
    action,
    organizationId: t.organizationId,
    sender: who(call),
    payload: { scope: 'team', member: userJson(world, member), team: teamJson(world, t) }
  })
}

/** The repository that a team's path names. */
function teamRepository(call: Call): Repository {
  const { owner = '', repo: name = '' } = call.params
  const found = call.repository ?? repositoryByName(call.world, owner, name)
  if (found === undefined) throw notFound()
  return found
}

const ROLE_OF = new Map<string, Role>(
  Object.entries({
    pull: 'read',
    push: 'write',
    triage: 'triage',
    maintain: 'maintain',
    admin: 'admin',
    read: 'read',
    write: 'write'
  } as const)
)

const setRepository: Handler = call => {
  const { world } = call
  const [t, r] = [team(call), teamRepository(call)]
  if (call.actor.kind === 'user' && roleOf(world, r, who(call).id) !== 'admin')
    throw forbidden('Must have admin rights to Repository.')
  if (r.ownerId !== t.organizationId) throw unprocessable('The repository is not owned by the organization')
  const role = ROLE_OF.get((call.body as { permission?: string }).permission ?? 'push')
  if (role === undefined)
    throw unprocessable('Validation Failed', [{ resource: 'Team', field: 'permission', code: 'invalid' }])
  const known = t.repositories[r.id] !== undefined
  t.repositories[r.id] = role
  if (!known) raiseTeam(call, t, r, 'added_to_repository')
  return nothing()
}

const removeRepository: Handler = call => {
  const [t, r] = [team(call), teamRepository(call)]
  if (call.actor.kind === 'user' && roleOf(call.world, r, who(call).id) !== 'admin') requireMaintainer(call, t)
  if (t.repositories[r.id] === undefined) return nothing()
  delete t.repositories[r.id]
  raiseTeam(call, t, r, 'removed_from_repository')
  return nothing()
}

function raiseTeam(call: Call, t: Team, repository: Repository, action: string): void {
  call.world.raise({ event: 'team', action, repository, sender: who(call), payload: { team: teamJson(call.world, t) } })
}

const checkRepository: Handler = call => {
  const { world } = call
  const [t, r] = [team(call), teamRepository(call)]
  const role = teamRole(world, t, r)
  if (role === 'none') throw notFound()
  if (!call.accept.includes('repository')) return nothing() // the repository itself only for its own media type
  return ok({ ...repositoryJson(world, r), role_name: role, permissions: permissionsJson(role) })
}

const listTeams =
  (list: (call: Call) => Team[]): Handler =>
  call =>
    paged(
      list(call)
        .filter(t => seesTeam(call, t))
        .map(t => teamJson(call.world, t))
    )

/** All teams of the organisation of the path. */
export const teamsOf = (call: Call): Team[] =>
  Object.values(call.world.state.teams).filter(t => t.organizationId === organization(call).id)

const reposOfTeam = (call: Call): Answer => {
  const t = team(call)
  const found = Object.keys(t.repositories).flatMap(id => call.world.state.repositories[id] ?? [])
  return paged(
    found.map(r => ({
      ...repositoryJson(call.world, r),
      role_name: teamRole(call.world, t, r),
      permissions: permissionsJson(teamRole(call.world, t, r))
    }))
  )
}

/** Handlers by operation id. */
export const teams: Record<string, Handler> = {
  'teams/list': listTeams(teamsOf),
  'teams/list-child-in-org': listTeams(call => teamsOf(call).filter(t => t.parentId === team(call).id)),
  'teams/get-by-name': call => ok(fullTeam(call.world, team(call))),
  'teams/list-members-in-org': listMembers,
  'teams/get-membership-for-user-in-org': getMembership,
  'teams/add-or-update-membership-for-user-in-org': setMembership,
  'teams/remove-membership-for-user-in-org': removeMembership,
  'teams/list-repos-in-org': reposOfTeam,
  'teams/check-permissions-for-repo-in-org': checkRepository,
  'teams/add-or-update-repo-permissions-in-org': setRepository,
  'teams/remove-repo-in-org': removeRepository,
  'repos/list-teams': call =>
    paged(
      Object.values(call.world.state.teams)
        .filter(t => t.repositories[repo(call).id] !== undefined)
        .map(t => ({ ...teamJson(call.world, t), permission: legacyPermission(teamRole(call.world, t, repo(call))) }))
    )
}
