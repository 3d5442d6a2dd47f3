// Local GitHub, operations: repositories, their collaborators, and users.
import { forbidden, nothing, notFound, ok, paged, unprocessable } from '../answer.ts'
import { namedUser, organization, repo, who } from '../call.ts'
import type { Handler } from '../call.ts'
import { LEGACY_ROLE, fullUserJson, permissionsJson, repositoryJson, userJson } from '../render.ts'
import { sees } from '../permissions.ts'
import type { Repository, Role } from '../store.ts'
import { account, accountByLogin, atLeast, roleOf } from '../world.ts'
import type { World } from '../world.ts'

const ROLE_OF = new Map<string, Role>(
  Object.entries({
    pull: 'read',
    push: 'write',
    triage: 'triage',
    maintain: 'maintain',
    admin: 'admin'
  } as const)
)

/** Everybody with a role of their own on a repository, reading a public one aside. */
function collaborators(world: World, r: Repository): number[] {
  return Object.values(world.state.accounts)
    .filter(a => a.type === 'User' && roleOf(world, { ...r, private: true }, a.id) !== 'none')
    .map(a => a.id)
}

const listCollaborators: Handler = call => {
  const { world, query } = call
  const r = repo(call)
  const affiliation = query.get('affiliation') ?? 'all'
  const least = ROLE_OF.get(query.get('permission') ?? 'pull') ?? 'read'
  const outside = (id: number): boolean => account(world, r.ownerId).members?.[id] === undefined
  const found = collaborators(world, r).filter(
    id =>
      atLeast(roleOf(world, r, id), least) &&
      (affiliation === 'all' || (r.collaborators[id] !== undefined && (affiliation === 'direct' || outside(id))))
  )
  return paged(
    found.map(id => {
      const role = roleOf(world, r, id)
      return { ...userJson(world, account(world, id)), permissions: permissionsJson(role), role_name: role }
    })
  )
}

const checkCollaborator: Handler = call => {
  if (!collaborators(call.world, repo(call)).includes(namedUser(call).id)) throw notFound()
  return nothing()
}

interface RepositoryChange {
  name?: string
  default_branch?: string
  archived?: boolean
  private?: boolean
  delete_branch_on_merge?: boolean
}

const update: Handler = call => {
  const { world } = call
  const r = repo(call)
  const asked = call.body as RepositoryChange
  const branch = asked.default_branch
  if (branch !== undefined && world.git(r).refs.get(`refs/heads/${branch}`) === undefined) {
    throw unprocessable('Validation Failed', [{ resource: 'Repository', field: 'default_branch', code: 'invalid' }])
  }
  const from = { name: r.name, default_branch: r.defaultBranch }
  Object.assign(r, {
    name: asked.name ?? r.name,
    defaultBranch: branch ?? r.defaultBranch,
    archived: asked.archived ?? r.archived,
    private: asked.private ?? r.private,
    deleteBranchOnMerge: asked.delete_branch_on_merge ?? r.deleteBranchOnMerge,
    updatedAt: world.stamp()
  })
  const raise = (action: string, changes?: Record<string, unknown>): void =>
    world.raise({
      event: 'repository',
      action,
      repository: r,
      sender: who(call),
      payload: changes === undefined ? {} : { changes }
    })
  if (r.name !== from.name) raise('renamed', { repository: { name: { from: from.name } } })
  if (r.defaultBranch !== from.default_branch) raise('edited', { default_branch: { from: from.default_branch } })
  if (asked.archived === true) raise('archived')
  return ok(repositoryJson(world, r, who(call).id))
}

const permissionLevel: Handler = call => {
  const { world } = call
  const [r, user] = [repo(call), namedUser(call)]
  const role = roleOf(world, r, user.id)
  return ok({
    permission: LEGACY_ROLE[role],
    role_name: role,
    user: { ...userJson(world, user), permissions: permissionsJson(role), role_name: role }
  })
}

/** Handlers by operation id. */
export const repositories: Record<string, Handler> = {
  'repos/get': call =>
    ok(repositoryJson(call.world, repo(call), call.actor.kind === 'user' ? call.actor.account.id : undefined)),
  'repos/update': update,
  'repos/list-for-org': call =>
    paged(
      Object.values(call.world.state.repositories)
        .filter(r => r.ownerId === organization(call).id && sees(call.world, call.actor, r))
        .map(r => repositoryJson(call.world, r))
    ),
  'repos/list-collaborators': listCollaborators,
  'repos/check-collaborator': checkCollaborator,
  'repos/get-collaborator-permission-level': permissionLevel,
  'users/get-authenticated': call => {
    if (call.actor.kind !== 'user') throw forbidden('Resource not accessible by integration')
    return ok(fullUserJson(call.world, call.actor.account))
  },
  'users/get-by-username': call => {
    const found = accountByLogin(call.world, call.params['username'] ?? '')
    if (found === undefined) throw notFound()
    return ok(fullUserJson(call.world, found))
  },
  'users/get-by-id': call => ok(fullUserJson(call.world, account(call.world, Number(call.params['account_id']))))
}
