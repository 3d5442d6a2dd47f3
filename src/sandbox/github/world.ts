// Local GitHub, storage: the state with its look-ups (accounts, teams, roles), git, time and ids, for all handlers.
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { diskRepository, memoryRepository } from './git/repository.ts'
import type { Commit, GitRepository } from './git/repository.ts'
import { notFound } from './answer.ts'
import { ROLES, stamp } from './store.ts'
import type { Account, Repository, Role, State, Team } from './store.ts'

/**
 * The GitHub App that is under test or on show. `privateKeyPem` may be the private or the public half: only the
 * latter is used.
 */
export interface AppOptions {
  id: number
  slug: string
  name: string
  privateKeyPem: string
  permissions: Record<string, 'read' | 'write'>
  events: string[]
  webhookSecret: string
}

/** An event as handlers raise it; `webhooks.ts` makes the payload whole. */
export interface Happening {
  event: string
  action?: string
  repository?: Repository
  organizationId?: number
  sender: Account
  payload: Record<string, unknown>
}

/** What all handlers share. */
export interface World {
  state: State
  app: AppOptions
  fresh: boolean
  /** Where this GitHub is reached, as of the latest request; all URLs in answers begin with it. */
  origin: string
  now(): Date
  stamp(): string
  id(): number
  /** Hexadecimal text of so many random bytes. */
  random(bytes: number): string
  git(repository: Repository): GitRepository
  raise(happening: Happening): void
  save(): void
  signCommit(payload: string): string
  signedByGitHub(commit: Commit): boolean
}

/** What a world is made from. */
export interface WorldOptions {
  clock: { now(): Date }
  directory?: string
  app: AppOptions
  webhookUrl?: string
  random: (bytes: number) => Buffer
  raise: (happening: Happening) => void
}

const SEED_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

/** Loads the world of a directory, or starts an empty one. */
export function createWorld(options: WorldOptions): World {
  const { clock, directory, app } = options
  const file = directory === undefined ? undefined : join(directory, 'state.json')
  const loaded = file !== undefined && existsSync(file)
  const state = loaded ? (JSON.parse(readFileSync(file, 'utf8')) as State) : emptyState(options)
  if (options.webhookUrl !== undefined) state.webhook.url = options.webhookUrl
  state.webhook.secret = app.webhookSecret
  const key = createPrivateKey({
    key: Buffer.concat([SEED_PREFIX, Buffer.from(state.signingSeed, 'hex')]),
    format: 'der',
    type: 'pkcs8'
  })
  const open = new Map<number, GitRepository>()
  return {
    state,
    app,
    fresh: !loaded,
    origin: 'http://github.local',
    now: () => clock.now(),
    stamp: () => stamp(clock.now()),
    id: () => state.nextId++,
    random: bytes => options.random(bytes).toString('hex'),
    git(repository) {
      const known = open.get(repository.id)
      if (known !== undefined) return known
      const made =
        directory === undefined
          ? memoryRepository()
          : diskRepository(join(directory, 'repositories', `${repository.id}.git`), repository.defaultBranch)
      open.set(repository.id, made)
      return made
    },
    raise: options.raise,
    save() {
      if (directory === undefined || file === undefined) return
      mkdirSync(directory, { recursive: true })
      writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 }) // it holds the personal tokens
      renameSync(`${file}.new`, file)
    },
    ...signer(key)
  }
}

/**
 * GitHub signs what it writes itself. Ours is an ed25519 signature in the same place, so that a pushed commit cannot
 * claim it.
 */
function signer(key: KeyObject): Pick<World, 'signCommit' | 'signedByGitHub'> {
  const publicKey = createPublicKey(key)
  const armour = (text: string): string => `-----BEGIN PGP SIGNATURE-----\n\n${text}\n-----END PGP SIGNATURE-----`
  return {
    signCommit: payload => armour(sign(null, Buffer.from(payload), key).toString('base64')),
    signedByGitHub(commit) {
      const text = /\n\n([A-Za-z0-9+/=]+)\n-----END/.exec(commit.signature ?? '')?.[1]
      return text !== undefined && verify(null, Buffer.from(commit.payload), publicKey, Buffer.from(text, 'base64'))
    }
  }
}

function emptyState({ clock, app, webhookUrl, random }: WorldOptions): State {
  const createdAt = stamp(clock.now())
  const bot: Account = {
    id: 41_898_000 + (app.id % 1000),
    login: `${app.slug}[bot]`,
    type: 'Bot',
    name: null,
    email: null,
    createdAt
  }
  const webFlow: Account = {
    id: 19_864_447,
    login: 'web-flow',
    type: 'User',
    name: 'GitHub',
    email: 'noreply@github.com',
    createdAt
  }
  return {
    version: 1,
    nextId: 1001,
    signingSeed: random(32).toString('hex'),
    accounts: { [bot.id]: bot, [webFlow.id]: webFlow },
    teams: {},
    repositories: {},
    installations: {},
    tokens: {},
    appBotId: bot.id,
    webFlowId: webFlow.id,
    webhook: { url: webhookUrl ?? null, contentType: 'json', secret: app.webhookSecret, insecureSsl: '0' }
  }
}

const lower = (text: string): string => text.toLowerCase()

/** The account with this id; a missing one is a bug of the store, or a 404 when it came from a path. */
export function account(world: World, id: number): Account {
  const found = world.state.accounts[id]
  if (found === undefined) throw notFound()
  return found
}

/** The account with this login, in any case. */
export const accountByLogin = (world: World, login: string): Account | undefined =>
  Object.values(world.state.accounts).find(a => lower(a.login) === lower(login))

/** The account that a commit's e-mail address belongs to: its own address, or GitHub's `id+login@users.noreply`. */
export function accountByEmail(world: World, email: string): Account | undefined {
  const id = /^(\d+)\+[^@]+@users\.noreply\.github\.com$/i.exec(email)?.[1]
  if (id !== undefined) return world.state.accounts[id]
  return Object.values(world.state.accounts).find(a => a.email !== null && lower(a.email) === lower(email))
}

/** The address that GitHub writes for an account. */
export const noReply = (a: Account): string => `${a.id}+${a.login}@users.noreply.github.com`

/** The repository under `owner/name`, in any case. */
export const repositoryByName = (world: World, owner: string, name: string): Repository | undefined =>
  Object.values(world.state.repositories).find(
    r => lower(r.name) === lower(name) && lower(account(world, r.ownerId).login) === lower(owner)
  )

/** `owner/name`. */
export const fullName = (world: World, r: Repository): string => `${account(world, r.ownerId).login}/${r.name}`

/** A team by organisation and slug. */
export const teamBySlug = (world: World, organization: string, slug: string): Team | undefined =>
  Object.values(world.state.teams).find(
    t => lower(t.slug) === lower(slug) && lower(account(world, t.organizationId).login) === lower(organization)
  )

/** A team and all teams below it: their members count as its own. */
export function withChildren(world: World, team: Team): Team[] {
  const children = Object.values(world.state.teams).filter(t => t.parentId === team.id)
  return [team, ...children.flatMap(child => withChildren(world, child))]
}

/** Whether somebody is an active member of a team, directly or through a child team. */
export const inTeam = (world: World, team: Team, id: number): boolean =>
  withChildren(world, team).some(t => t.members[id]?.state === 'active')

/** A team's own role on a repository; a child team has its parents' too. */
export function teamRole(world: World, team: Team, r: Repository): Role {
  const parent = team.parentId === null ? undefined : world.state.teams[team.parentId]
  return highest([team.repositories[r.id] ?? 'none', parent === undefined ? 'none' : teamRole(world, parent, r)])
}

/** The strongest of some roles. */
export const highest = (roles: Role[]): Role => ROLES[Math.max(0, ...roles.map(role => ROLES.indexOf(role)))] ?? 'none'

/** Whether a role is at least another. */
export const atLeast = (role: Role, needed: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed)

/**
 * What somebody may do on a repository: highest of ownership, collaboration, teams and the organisation's base
 * permission.
 */
export function roleOf(world: World, r: Repository, id: number): Role {
  if (r.ownerId === id) return 'admin'
  const owner = account(world, r.ownerId)
  const membership = owner.members?.[id]
  const member = membership?.state === 'active'
  if (member && membership?.role === 'admin') return 'admin'
  const teams = Object.values(world.state.teams)
    .filter(t => t.organizationId === owner.id && t.members[id]?.state === 'active')
    .map(t => teamRole(world, t, r))
  return highest([
    r.collaborators[id] ?? 'none',
    ...(member ? [owner.basePermission ?? 'none', ...teams] : []),
    r.private ? 'none' : 'read'
  ])
}
