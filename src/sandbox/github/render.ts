// Local GitHub, JSON: accounts, teams, repositories, installations as the API and webhooks write them.
import type { Account, Installation, Label, Repository, Role, Ruleset, Team } from './store.ts'
import { account, atLeast, fullName, roleOf } from './world.ts'
import type { World } from './world.ts'

/** A JSON object; what a handler leaves out, the description completes. */
export type Json = Record<string, unknown>

/** GitHub's opaque node id for one thing. */
export const nodeId = (kind: string, id: number): string => `${kind}_${Buffer.from(String(id)).toString('base64url')}`

/** The API's URL of a path. */
export const apiUrl = (world: World, path: string): string => `${world.origin}/api/v3${path}`
/** The API's URL of a path within a repository. */
export const repositoryUrl = (world: World, r: Repository, path = ''): string =>
  apiUrl(world, `/repos/${fullName(world, r)}${path}`)
/** The page's URL of a path within a repository. */
export const pageUrl = (world: World, r: Repository, path = ''): string =>
  `${world.origin}/${fullName(world, r)}${path}`

/** A simple user; organisations and bots are written in the same shape. */
export function userJson(world: World, a: Account): Json {
  const url = apiUrl(world, `/users/${encodeURIComponent(a.login)}`)
  return {
    login: a.login,
    id: a.id,
    node_id: nodeId(a.type === 'Bot' ? 'BOT' : a.type === 'User' ? 'U' : 'O', a.id),
    avatar_url: `${world.origin}/avatars/${a.id}`,
    gravatar_id: '',
    url,
    html_url: `${world.origin}/${encodeURIComponent(a.login)}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: a.type,
    site_admin: false
  }
}

/** A user with what only `/user` and `/users/…` say. */
export const fullUserJson = (world: World, a: Account): Json => ({
  ...userJson(world, a),
  name: a.name,
  email: a.email,
  created_at: a.createdAt,
  updated_at: a.createdAt
})

/** An organisation, in its simple form. */
export function organizationJson(world: World, a: Account): Json {
  const url = apiUrl(world, `/orgs/${a.login}`)
  return {
    login: a.login,
    id: a.id,
    node_id: nodeId('O', a.id),
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${world.origin}/avatars/${a.id}`,
    description: null
  }
}

/** A repository; `permissions` are added for a viewer. */
export function repositoryJson(world: World, r: Repository, viewer?: number): Json {
  const owner = account(world, r.ownerId)
  const role = viewer === undefined ? undefined : roleOf(world, r, viewer)
  return {
    id: r.id,
    node_id: nodeId('R', r.id),
    name: r.name,
    full_name: fullName(world, r),
    private: r.private,
    owner: userJson(world, owner),
    html_url: pageUrl(world, r),
    url: repositoryUrl(world, r),
    description: null,
    fork: r.forkOf !== null,
    clone_url: `${pageUrl(world, r)}.git`,
    git_url: `${pageUrl(world, r)}.git`,
    default_branch: r.defaultBranch,
    archived: r.archived,
    disabled: false,
    visibility: r.private ? 'private' : 'public',
    created_at: r.createdAt,
    updated_at: r.updatedAt,
    pushed_at: r.pushedAt,
    has_issues: true,
    open_issues_count: openIssues(r),
    open_issues: openIssues(r),
    delete_branch_on_merge: r.deleteBranchOnMerge,
    allow_merge_commit: true,
    allow_squash_merge: true,
    allow_rebase_merge: true,
    web_commit_signoff_required: false,
    ...(role === undefined ? {} : { permissions: permissionsJson(role) })
  }
}

const openIssues = (r: Repository): number => Object.values(r.issues).filter(i => i.state === 'open').length

/** A role as the five booleans that GitHub answers. */
export const permissionsJson = (role: Role): Json => ({
  admin: role === 'admin',
  maintain: atLeast(role, 'maintain'),
  push: atLeast(role, 'write'),
  triage: atLeast(role, 'triage'),
  pull: atLeast(role, 'read')
})

/** The words from before `triage` and `maintain`, which `permission` fields still use. */
export const LEGACY_ROLE = {
  none: 'none',
  read: 'read',
  triage: 'read',
  write: 'write',
  maintain: 'write',
  admin: 'admin'
} as const

/** GitHub's older words for roles, still used by teams and collaborators. */
export const legacyPermission = (role: Role): string => (role === 'read' ? 'pull' : role === 'write' ? 'push' : role)

/** A team. */
export function teamJson(world: World, t: Team): Json {
  const organization = account(world, t.organizationId)
  const url = apiUrl(world, `/organizations/${organization.id}/team/${t.id}`)
  const parent = t.parentId === null ? undefined : world.state.teams[t.parentId]
  return {
    id: t.id,
    node_id: nodeId('T', t.id),
    name: t.name,
    slug: t.slug,
    description: t.description,
    privacy: t.privacy,
    permission: 'pull',
    notification_setting: 'notifications_enabled',
    url,
    html_url: `${world.origin}/orgs/${organization.login}/teams/${t.slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    type: 'organization',
    organization_id: organization.id,
    parent: parent === undefined ? null : { ...teamJson(world, parent), parent: undefined }
  }
}

/** The app, as it appears in checks and comments. */
export const appJson = (world: World): Json => ({
  id: world.app.id,
  slug: world.app.slug,
  node_id: nodeId('A', world.app.id),
  client_id: `Iv1.${world.app.id}`,
  name: world.app.name,
  owner: userJson(world, account(world, world.state.appBotId)),
  description: null,
  external_url: `${world.origin}/apps/${world.app.slug}`,
  html_url: `${world.origin}/apps/${world.app.slug}`,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  permissions: { metadata: 'read', ...world.app.permissions },
  events: world.app.events
})

/** An installation of the app. */
export function installationJson(world: World, i: Installation): Json {
  const owner = account(world, i.accountId)
  return {
    id: i.id,
    node_id: nodeId('MDIzOkl', i.id),
    account: userJson(world, owner),
    app_id: world.app.id,
    app_slug: world.app.slug,
    target_id: i.accountId,
    target_type: owner.type === 'Organization' ? 'Organization' : 'User',
    repository_selection: i.repositoryIds === null ? 'all' : 'selected',
    permissions: { metadata: 'read', ...world.app.permissions },
    events: world.app.events,
    access_tokens_url: apiUrl(world, `/app/installations/${i.id}/access_tokens`),
    repositories_url: apiUrl(world, '/installation/repositories'),
    html_url: `${world.origin}/settings/installations/${i.id}`,
    created_at: i.createdAt,
    updated_at: i.createdAt,
    single_file_name: null,
    suspended_at: i.suspendedAt,
    suspended_by: null
  }
}

/** A label. */
export const labelJson = (world: World, r: Repository, l: Label): Json => ({
  id: l.id,
  node_id: nodeId('LA', l.id),
  name: l.name,
  color: l.color,
  description: l.description,
  default: false,
  url: repositoryUrl(world, r, `/labels/${encodeURIComponent(l.name)}`)
})

/** A ruleset; `details` adds what the list leaves out. */
export const rulesetJson = (world: World, r: Repository, s: Ruleset, details = true): Json => ({
  id: s.id,
  node_id: nodeId('RRS', s.id),
  name: s.name,
  target: 'branch',
  source_type: 'Repository',
  source: fullName(world, r),
  enforcement: s.enforcement,
  created_at: s.createdAt,
  updated_at: s.updatedAt,
  _links: { self: { href: repositoryUrl(world, r, `/rulesets/${s.id}`) } },
  ...(details
    ? {
        bypass_actors: s.bypassActors,
        current_user_can_bypass: 'never',
        rules: s.rules,
        conditions: { ref_name: { include: s.include, exclude: s.exclude } }
      }
    : {})
})
