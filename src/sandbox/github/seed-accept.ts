// Local GitHub, beginning: somebody says yes to an invitation; only then does it give them anything.
import { setCollaborator } from './operations/invitations.ts'
import { teamJson, userJson } from './render.ts'
import type { Account, Repository } from './store.ts'
import type { World } from './world.ts'

/** Joins an organisation and the teams that wait for the member; throws when nobody invited them. */
export function acceptOrganization(world: World, organization: Account, member: Account): void {
  const membership = organization.members?.[member.id]
  if (membership?.state !== 'pending') throw new Error(`${member.login} is not invited to ${organization.login}`)
  membership.state = 'active'
  const told = { organizationId: organization.id, sender: member }
  const payload = { membership: { ...membership, user: userJson(world, member) } }
  world.raise({ event: 'organization', action: 'member_added', ...told, payload })
  for (const team of Object.values(world.state.teams)) {
    const waiting = team.members[member.id]
    if (team.organizationId !== organization.id || waiting?.state !== 'pending') continue
    waiting.state = 'active'
    const joined = { scope: 'team', member: userJson(world, member), team: teamJson(world, team) }
    world.raise({ event: 'membership', action: 'added', ...told, payload: joined })
  }
}

/** Becomes a collaborator with the role that was offered; throws when nothing was. */
export function acceptRepository(world: World, r: Repository, member: Account): void {
  const offer = r.invitations.find(i => i.inviteeId === member.id)
  if (offer === undefined) throw new Error(`${member.login} is not invited to ${r.name}`)
  r.invitations = r.invitations.filter(i => i !== offer)
  setCollaborator(world, r, member, offer.role, member)
}
