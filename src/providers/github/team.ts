// A managed team: its memberships, pending ones included.
import type { Api } from './api.ts'
import type { Target } from './target.ts'

/**
 * The team `org/slug`. It should have no child teams: their members are its members too, and cannot be removed from it.
 */
export function openTeam(api: Api, org: string, slug: string): Target {
  const team = { org, team_slug: slug }
  return {
    ladder: ['member', 'maintainer'],
    async holding({ login }) {
      const found = await api.find(o => o.teams.getMembershipForUserInOrg({ ...team, username: login }))
      if (found !== undefined) return { kind: 'direct', role: found.data.role, pending: found.data.state === 'pending' }
      // A 404 is also what a team gives whom we may no longer see; only a team that we do see has no such member (fault
      // 32).
      await api.ask(o => o.teams.getByName(team))
      return { kind: 'none' }
    },
    async objection({ login }) {
      const found = await api.find(o => o.orgs.getMembershipForUser({ org, username: login }))
      // Adding a stranger to a team invites them to the organisation, and that would outlive the grant.
      if (found?.data.state !== 'active') return 'the identity is not a member of the organisation'
      return found.data.role === 'admin' ? 'the identity owns the organisation' : undefined
    },
    async give({ login }, role) {
      const member = role === 'maintainer' ? 'maintainer' : 'member'
      const { data } = await api.ask(o =>
        o.teams.addOrUpdateMembershipForUserInOrg({ ...team, username: login, role: member })
      )
      return data.state === 'pending'
    },
    async take({ login }) {
      await api.find(o => o.teams.removeMembershipForUserInOrg({ ...team, username: login }))
    },
    async *list() {
      for (const role of ['maintainer', 'member'] as const) {
        const people = await api.ask(o => o.paginate(o.teams.listMembersInOrg, { ...team, role, per_page: 100 }))
        for (const { id } of people) yield { id, role }
      }
      const invited = await api.ask(o => o.paginate(o.teams.listPendingInvitationsInOrg, { ...team, per_page: 100 }))
      for (const { login } of invited) {
        // Somebody invited by e-mail has no account yet: there is no identity to list.
        const found = login ? await api.find(o => o.users.getByUsername({ username: login })) : undefined
        if (found !== undefined) yield { id: found.data.id, role: 'member' }
      }
    }
  }
}
