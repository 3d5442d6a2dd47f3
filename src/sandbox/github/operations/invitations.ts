// Local GitHub, operations: collaborators of a repository, and the invitations that outsiders accept to become one.
import { created, nothing, notFound, ok, paged, unprocessable } from '../answer.ts'
import { namedUser, repo, who } from '../call.ts'
import type { Call, Handler } from '../call.ts'
import { LEGACY_ROLE, apiUrl, nodeId, pageUrl, repositoryJson, userJson } from '../render.ts'
import type { Json } from '../render.ts'
import type { Account, Invitation, Repository, Role } from '../store.ts'
import { account } from '../world.ts'
import type { World } from '../world.ts'

/** An invitation ends after a week. */
const INVITATION_LIFE_MS = 7 * 24 * 3_600_000

const ROLE_OF = new Map<string, Role>(
  Object.entries({
    pull: 'read',
    push: 'write',
    read: 'read',
    write: 'write',
    triage: 'triage',
    maintain: 'maintain',
    admin: 'admin'
  } as const)
)

const expired = (world: World, i: Invitation): boolean =>
  world.now().getTime() - new Date(i.createdAt).getTime() > INVITATION_LIFE_MS

const invitationJson = (world: World, r: Repository, i: Invitation): Json => ({
  id: i.id,
  node_id: nodeId('RI', i.id),
  repository: repositoryJson(world, r),
  invitee: userJson(world, account(world, i.inviteeId)),
  inviter: userJson(world, account(world, i.inviterId)),
  permissions: i.role,
  created_at: i.createdAt,
  expired: expired(world, i),
  url: apiUrl(world, `/user/repository_invitations/${i.id}`),
  html_url: pageUrl(world, r, '/invitations')
})

/**
 * Makes somebody a collaborator: at once when they belong to the owning organisation, else by an invitation, which
 * gives nothing until it is accepted (`seed.accept`). Asking again changes the role.
 */
const addCollaborator: Handler = call => {
  const { world } = call
  const [r, user] = [repo(call), namedUser(call)]
  const role = ROLE_OF.get((call.body as { permission?: string }).permission ?? 'push')
  if (role === undefined) {
    throw unprocessable('Validation Failed', [{ resource: 'Repository', field: 'permission', code: 'invalid' }])
  }
  if (r.ownerId === user.id) throw unprocessable('Repository owner cannot be a collaborator')
  const member = account(world, r.ownerId).members?.[user.id]?.state === 'active'
  if (member || r.collaborators[user.id] !== undefined) {
    setCollaborator(world, r, user, role, who(call))
    return nothing()
  }
  const known = r.invitations.find(i => i.inviteeId === user.id && !expired(world, i))
  const made: Invitation = known ?? {
    id: world.id(),
    inviteeId: user.id,
    inviterId: who(call).id,
    role,
    createdAt: world.stamp()
  }
  made.role = role
  r.invitations = [...r.invitations.filter(i => i.inviteeId !== user.id), made]
  return created(invitationJson(world, r, made))
}

/** Gives somebody a role of their own, and tells the app. */
export function setCollaborator(world: World, r: Repository, user: Account, role: Role, sender: Account): void {
  const known = r.collaborators[user.id]
  if (known === role) return
  r.collaborators[user.id] = role
  const changes =
    known === undefined
      ? { permission: { to: LEGACY_ROLE[role] }, role_name: { to: role } }
      : { permission: { from: LEGACY_ROLE[known], to: LEGACY_ROLE[role] } }
  const payload = { member: userJson(world, user), changes }
  world.raise({ event: 'member', action: known === undefined ? 'added' : 'edited', repository: r, sender, payload })
}

/** Takes the role and cancels what was only offered. */
const removeCollaborator: Handler = call => {
  const { world } = call
  const [r, user] = [repo(call), namedUser(call)]
  r.invitations = r.invitations.filter(i => i.inviteeId !== user.id)
  if (r.collaborators[user.id] === undefined) return nothing()
  delete r.collaborators[user.id]
  const payload = { member: userJson(world, user) }
  world.raise({ event: 'member', action: 'removed', repository: r, sender: who(call), payload })
  return nothing()
}

function invitation(call: Call): Invitation {
  const found = repo(call).invitations.find(i => i.id === Number(call.params['invitation_id']))
  if (found === undefined) throw notFound()
  return found
}

const updateInvitation: Handler = call => {
  const i = invitation(call)
  i.role = ROLE_OF.get((call.body as { permissions?: string }).permissions ?? '') ?? i.role
  return ok(invitationJson(call.world, repo(call), i))
}

const deleteInvitation: Handler = call => {
  const [r, i] = [repo(call), invitation(call)]
  r.invitations = r.invitations.filter(one => one !== i)
  return nothing()
}

/** Handlers by operation id. */
export const invitations: Record<string, Handler> = {
  'repos/add-collaborator': addCollaborator,
  'repos/remove-collaborator': removeCollaborator,
  'repos/list-invitations': call => paged(repo(call).invitations.map(i => invitationJson(call.world, repo(call), i))),
  'repos/update-invitation': updateInvitation,
  'repos/delete-invitation': deleteInvitation
}
