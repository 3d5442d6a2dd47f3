// A managed repository: its direct collaborators, and invitations to become one.
import type { Api } from './api.ts'
import type { Holding, Target } from './target.ts'

const ladder = ['read', 'triage', 'write', 'maintain', 'admin'] as const
type Role = (typeof ladder)[number]

/** GitHub's own older names, which its answers and its parameters use. */
const permissionOf: Record<Role, string> = {
  read: 'pull',
  triage: 'triage',
  write: 'push',
  maintain: 'maintain',
  admin: 'admin'
}

/** The repository `owner/name`. What somebody has through a team or the organisation is not ours and is left. */
export function openRepository(api: Api, owner: string, name: string): Target {
  const repository = { owner, repo: name }

  async function invitations(id?: number) {
    const all = await api.ask(o => o.paginate(o.repos.listInvitations, { ...repository, per_page: 100 }))
    return all.filter(each => each.invitee !== null && (id === undefined || each.invitee.id === id))
  }

  async function collaborators() {
    const all = await api.ask(o =>
      o.paginate(o.repos.listCollaborators, { ...repository, affiliation: 'direct', per_page: 100 })
    )
    return all.map(each => ({ id: each.id, role: strongest(each.permissions) }))
  }

  return {
    ladder,
    async holding({ id, login }): Promise<Holding> {
      const direct = (await collaborators()).find(each => each.id === id)
      if (direct?.role !== undefined) return { kind: 'direct', role: direct.role, pending: false }
      const invitation = (await invitations(id)).find(each => each.expired !== true)
      if (invitation !== undefined) return { kind: 'direct', role: invitation.permissions, pending: true }
      const found = await api.find(o => o.repos.getCollaboratorPermissionLevel({ ...repository, username: login }))
      const role = strongest(found?.data.user?.permissions) ?? ladder.find(each => each === found?.data.permission)
      return role === undefined ? { kind: 'none' } : { kind: 'indirect', role }
    },
    async objection() {
      return undefined
    },
    async give({ login }, role) {
      const permission = permissionOf[ladder.find(each => each === role) ?? 'read']
      const answer = await api.ask(o => o.repos.addCollaborator({ ...repository, username: login, permission }))
      return Number(answer.status) === 201
    },
    async take({ id, login }) {
      // Invitations first: one that is accepted in between makes a collaborator, and those are removed next.
      for (const invitation of await invitations(id)) {
        await api.find(o => o.repos.deleteInvitation({ ...repository, invitation_id: invitation.id }))
      }
      await api.find(o => o.repos.removeCollaborator({ ...repository, username: login }))
    },
    async *list() {
      for (const { id, role } of await collaborators()) if (role !== undefined) yield { id, role }
      for (const { invitee, permissions, expired } of await invitations()) {
        if (invitee !== null && expired !== true) yield { id: invitee.id, role: permissions }
      }
    }
  }
}

/** The strongest role that the flags say; a custom role counts as the one that it is built on. */
function strongest(flags: { [flag: string]: boolean | undefined } | undefined): Role | undefined {
  return ladder.findLast(role => flags?.[permissionOf[role]] === true)
}
