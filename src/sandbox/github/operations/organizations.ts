// Local GitHub, operations: organisations: who belongs, and what leaving one takes away.
import { forbidden, notFound, nothing, ok, paged } from '../answer.ts'
import { namedUser, organization, who } from '../call.ts'
import type { Call, Handler } from '../call.ts'
import { apiUrl, organizationJson, userJson } from '../render.ts'
import type { Json } from '../render.ts'
import type { Account, Membership } from '../store.ts'
import { account } from '../world.ts'
import { isOwner, raiseMembership, teamsOf } from './teams.ts'

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
  const role = (call.body as { role?: 'admin' | 'member' }).role ?? 'member'
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

/** Handlers by operation id. */
export const organizations: Record<string, Handler> = {
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
  'orgs/remove-membership-for-user': removeOrgMembership
}
