// Local GitHub, operations: teams and organisations: who belongs, who is invited, what a team may do where.
import { forbidden, nothing, notFound, ok, paged, unprocessable } from '../answer.ts'
import type { Answer } from '../answer.ts'
import { namedUser, organization, repo, who } from '../call.ts'
import type { Call, Handler } from '../call.ts'
import {
  apiUrl,
  legacyPermission,
  organizationJson,
  permissionsJson,
  repositoryJson,
  teamJson,
  userJson
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

const isOwner = (call: Call, o: Account): boolean =>
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
  const role = ((call.body ?? {}) as { role?: 'member' | 'maintainer' }).role ?? 'member'
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

function raiseMembership(call: Call, t: Team, member: Account, action: 'added' | 'removed'): void {
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
  const role = ROLE_OF.get(((call.body ?? {}) as { permission?: string }).permission ?? 'push')
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

const teamsOf = (call: Call): Team[] =>
  Object.values(call.world.state.teams).filter(t => t.organizationId === organization(call).id)

const orgMembershipJson = (call: Call, o: Account, user: Account, m: Membership): Json => ({
  url: apiUrl(call.world, `/orgs/${o.login}/memberships/${user.login}`),
  state: m.state,
  role: m.role,
  direct_membership: true,
  organization_url: apiUrl(call.world, `/orgs/${o.login}`),
  organization: organizationJson(call.world, o),
  user: userJson(call.world, user)
})

/** Members may look at each other; nobody else may. */
function requireMember(call: Call, o: Account): void {
  if (call.actor.kind === 'user' && o.members?.[who(call).id]?.state !== 'active')
    throw forbidden('You must be a member of the organization.')
}

const getOrgMembership: Handler = call => {
  const [o, user] = [organization(call), namedUser(call)]
  requireMember(call, o)
  const found = o.members?.[user.id]
  if (found === undefined) throw notFound()
  return ok(orgMembershipJson(call, o, user, found))
}

const setOrgMembership: Handler = call => {
  const [o, user] = [organization(call), namedUser(call)]
  if (!isOwner(call, o)) throw forbidden('You must be an admin to add or update an organization membership.')
  const role = ((call.body ?? {}) as { role?: 'admin' | 'member' }).role ?? 'member'
  const made: Membership = { role, state: o.members?.[user.id]?.state ?? 'pending' }
  o.members = { ...o.members, [user.id]: made }
  return ok(orgMembershipJson(call, o, user, made))
}

const removeOrgMembership: Handler = call => {
  const { world } = call
  const [o, user] = [organization(call), namedUser(call)]
  if (!isOwner(call, o)) throw forbidden('You must be an admin to remove an organization membership.')
  const found = o.members?.[user.id]
  if (found === undefined || o.members === undefined) throw notFound()
  delete o.members[user.id]
  // Leaving the organisation is leaving its teams, and the repositories they opened.
  for (const t of teamsOf(call)) {
    if (t.members[user.id] === undefined) continue
    delete t.members[user.id]
    raiseMembership(call, t, user, 'removed')
  }
  world.raise({
    event: 'organization',
    action: 'member_removed',
    organizationId: o.id,
    sender: who(call),
    payload: { membership: orgMembershipJson(call, o, user, found) }
  })
  return nothing()
}

const checkOrgMembership: Handler = call => {
  const [o, user] = [organization(call), namedUser(call)]
  if (o.members?.[user.id]?.state !== 'active') throw notFound()
  return nothing()
}

const listOrgMembers: Handler = call => {
  const o = organization(call)
  const role = call.query.get('role') ?? 'all'
  requireMember(call, o)
  const found = Object.entries(o.members ?? {}).filter(
    ([, m]) => m.state === 'active' && (role === 'all' || m.role === role)
  )
  return paged(found.map(([id]) => userJson(call.world, account(call.world, Number(id)))))
}

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
  'orgs/get': call =>
    ok({
      ...organizationJson(call.world, organization(call)),
      type: 'Organization',
      html_url: `${call.world.origin}/${organization(call).login}`,
      default_repository_permission: organization(call).basePermission ?? 'read'
    }),
  'orgs/list-members': listOrgMembers,
  'orgs/check-membership-for-user': checkOrgMembership,
  'orgs/get-membership-for-user': getOrgMembership,
  'orgs/set-membership-for-user': setOrgMembership,
  'orgs/remove-membership-for-user': removeOrgMembership,
  'repos/list-teams': call =>
    paged(
      Object.values(call.world.state.teams)
        .filter(t => t.repositories[repo(call).id] !== undefined)
        .map(t => ({ ...teamJson(call.world, t), permission: legacyPermission(teamRole(call.world, t, repo(call))) }))
    )
}
