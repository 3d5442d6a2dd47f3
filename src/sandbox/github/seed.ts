// Local GitHub, beginning: builds a world of people, teams, repositories and rules; tests and the demo start here.
import { copyHistory } from './git/history.ts'
import { dequeue, enqueue, tendQueue } from './merge-queue.ts'
import { raisePull, requestCodeOwners } from './movement.ts'
import { acceptOrganization, acceptRepository } from './seed-accept.ts'
import { rulesetFrom } from './operations/protection.ts'
import type { RulesetRequest } from './operations/protection.ts'
import { installationJson, nodeId } from './render.ts'
import { firstCommit, pushCommit } from './seed-commit.ts'
import { checkRun, classic, emptyRepository, firstAdmin, ruleset } from './seed-forms.ts'
import type { RepositorySeed, Rules } from './seed-forms.ts'
import type { Account, CheckRun, Membership, Repository, Role, Team } from './store.ts'
import { account, accountByLogin, fullName, repositoryByName, teamBySlug } from './world.ts'
import type { World } from './world.ts'

/**
 * The builder. Names are `login`, `org`, `owner/name`, `org/team`; an unknown one is an error of the caller and
 * throws. Nothing raises a webhook except `install`, `commit`, `accept`, `setDraft`, `enqueue` and `dequeue`, which stand
 * for what people do outside the REST API.
 */
export interface Seed {
  user(login: string, details?: { name?: string; email?: string; type?: 'User' | 'Bot' }): Account & { token: string }
  /** The personal token of somebody who exists, after a restart. */
  tokenOf(login: string): string
  organization(login: string, details?: { basePermission?: 'none' | 'read' | 'write' | 'admin' }): Account
  member(org: string, login: string, role?: 'admin' | 'member', state?: 'active' | 'pending'): void
  team(
    org: string,
    slug: string,
    details?: {
      members?: string[]
      maintainers?: string[]
      pending?: string[]
      parent?: string
      privacy?: 'closed' | 'secret'
    }
  ): Team
  repository(owner: string, name: string, details?: RepositorySeed): Repository
  fork(of: string, owner: string): Repository
  collaborator(repository: string, login: string, permission: Role): void
  teamRepository(team: string, repository: string, permission: Role): void
  protect(repository: string, branch: string, rules: Rules): void
  /** A ruleset as `POST …/rulesets` takes it. */
  ruleset(repository: string, ruleset: RulesetRequest): void
  install(owner: string, repositories?: string[]): number
  /**
   * Writes one commit (null removes a file) on a branch as somebody with a clone would push it; starts the branch
   * when it is new.
   */
  commit(
    repository: string,
    branch: string,
    files: Record<string, string | null>,
    details: {
      by: string
      message?: string
      author?: { name: string; email: string }
      parents?: string[]
      force?: boolean
    }
  ): string
  /** A check by another app, such as a workflow's. */
  check(repository: string, check: { appId: number; name: string; headSha: string; conclusion: string }): CheckRun
  /** GitHub's "Ready for review" and "Convert to draft", which the REST API lacks. */
  setDraft(repository: string, number: number, draft: boolean, by: string): void
  /** "Merge when ready" on a branch with a merge queue, and "Remove from queue": the web page and GraphQL alone have them. */
  enqueue(repository: string, number: number, by: string): void
  dequeue(repository: string, number: number, by: string): void
  /** Somebody invited accepts: an organisation with the teams that wait for them, or a repository (`owner/name`). */
  accept(where: string, login: string): void
  /** A new login for the same account: what a rename leaves is the numeric id. */
  rename(login: string, to: string): void
}

/** The builder of one world. */
export function createSeed(world: World): Seed {
  const { state } = world
  const need = <T>(found: T | undefined, name: string): T => {
    if (found === undefined) throw new Error(`the local GitHub has no ${name}`)
    return found
  }
  const person = (login: string): Account => need(accountByLogin(world, login), login)
  const repository = (name: string): Repository =>
    need(repositoryByName(world, name.split('/')[0] ?? '', name.split('/')[1] ?? ''), name)
  const teamNamed = (name: string): Team => {
    const [, org = '', slug = ''] = /^@?([^/]+)\/(.+)$/.exec(name) ?? []
    return need(teamBySlug(world, org, slug), name)
  }
  const saved = <T>(value: T): T => {
    world.save()
    return value
  }
  const addAccount = (a: Omit<Account, 'id' | 'createdAt'>): Account => {
    if (accountByLogin(world, a.login) !== undefined) throw new Error(`${a.login} exists already`)
    const made: Account = { id: world.id(), createdAt: world.stamp(), ...a }
    state.accounts[made.id] = made
    return made
  }

  return {
    user(login, { name, email, type = 'User' } = {}) {
      const token = `ghp_${world.random(18)}`
      const made = addAccount({ login, type, name: name ?? login, email: email ?? null, token })
      return saved({ ...made, token })
    },
    tokenOf: login => need(person(login).token, `token of ${login}`),
    organization: (login, { basePermission = 'read' } = {}) =>
      saved(addAccount({ login, type: 'Organization', name: login, email: null, members: {}, basePermission })),
    member(org, login, role = 'member', memberState = 'active') {
      const o = person(org)
      o.members = { ...o.members, [person(login).id]: { role, state: memberState } }
      world.save()
    },
    team(org, slug, { members = [], maintainers = [], pending = [], parent, privacy = 'closed' } = {}) {
      const o = person(org)
      const at = world.stamp()
      const membership = (logins: string[], m: Membership): [number, Membership][] =>
        logins.map(login => [person(login).id, { ...m }])
      const made: Team = {
        id: world.id(),
        organizationId: o.id,
        slug,
        name: slug,
        description: null,
        privacy,
        createdAt: at,
        updatedAt: at,
        repositories: {},
        parentId: parent === undefined ? null : teamNamed(`${org}/${parent}`).id,
        members: Object.fromEntries([
          ...membership(members, { role: 'member', state: 'active' }),
          ...membership(maintainers, { role: 'maintainer', state: 'active' }),
          ...membership(pending, { role: 'member', state: 'pending' })
        ])
      }
      // Whoever is in a team is in its organisation.
      for (const [id, m] of Object.entries(made.members))
        o.members = { [id]: { role: 'member', state: m.state }, ...o.members }
      state.teams[made.id] = made
      return saved(made)
    },
    repository(owner, name, details = {}) {
      const made = emptyRepository(world, person(owner).id, name, details)
      state.repositories[made.id] = made
      if (details.files !== undefined) {
        const by = person(details.author ?? owner)
        firstCommit(world, made, details.files, { by, message: details.message ?? 'Start the repository' })
      }
      return saved(made)
    },
    fork(of, owner) {
      const parent = repository(of)
      const made: Repository = { ...emptyRepository(world, person(owner).id, parent.name, parent), forkOf: parent.id }
      state.repositories[made.id] = made
      const [from, into] = [world.git(parent), world.git(made)]
      for (const [ref, sha] of from.refs.list('refs/heads/')) {
        copyHistory(from, into, sha)
        into.refs.set(ref, sha)
      }
      return saved(made)
    },
    collaborator(name, login, permission) {
      repository(name).collaborators[person(login).id] = permission
      world.save()
    },
    teamRepository(team, name, permission) {
      teamNamed(team).repositories[repository(name).id] = permission
      world.save()
    },
    protect(name, branch, rules) {
      const r = repository(name)
      if (rules.as === 'classic') r.protections[branch] = classic(world, r, rules)
      else r.rulesets.push(ruleset(world, branch, rules))
      world.save()
    },
    ruleset(name, asked) {
      repository(name).rulesets.push(rulesetFrom(world, asked))
      world.save()
    },
    install(owner, repositories) {
      const o = person(owner)
      const chosen = repositories?.map(name => repository(name.includes('/') ? name : `${owner}/${name}`))
      const made = {
        id: world.id(),
        accountId: o.id,
        repositoryIds: chosen?.map(r => r.id) ?? null,
        suspendedAt: null,
        createdAt: world.stamp()
      }
      state.installations[made.id] = made
      const reached = chosen ?? Object.values(state.repositories).filter(r => r.ownerId === o.id)
      world.raise({
        event: 'installation',
        action: 'created',
        organizationId: o.id,
        sender: o.type === 'User' ? o : account(world, firstAdmin(o)),
        payload: {
          installation: installationJson(world, made),
          requester: null,
          repositories: reached.map(r => ({
            id: r.id,
            node_id: nodeId('R', r.id),
            name: r.name,
            full_name: fullName(world, r),
            private: r.private
          }))
        }
      })
      return saved(made.id)
    },
    commit: (name, branch, files, details) =>
      saved(pushCommit(world, repository(name), branch, files, { ...details, by: person(details.by) })),
    check(name, details) {
      const r = repository(name)
      const made = checkRun(world, r, details)
      r.checks.push(made)
      tendQueue(world, r)
      return saved(made)
    },
    setDraft(name, number, draft, by) {
      const r = repository(name)
      const p = need(r.pulls[number], `pull request ${number}`)
      if (p.draft === draft) return
      p.draft = draft
      raisePull(world, r, p, draft ? 'converted_to_draft' : 'ready_for_review', person(by))
      if (!draft) requestCodeOwners(world, r, p, person(by))
      world.save()
    },
    enqueue: (name, number, by) => saved(enqueue(world, repository(name), number, person(by))),
    dequeue: (name, number, by) => saved(dequeue(world, repository(name), number, person(by))),
    accept(where, login) {
      const member = person(login)
      if (where.includes('/')) acceptRepository(world, repository(where), member)
      else acceptOrganization(world, person(where), member)
      world.save()
    },
    rename(login, to) {
      person(login).login = to
      world.save()
    }
  }
}
