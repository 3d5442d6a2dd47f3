// The sandbox's company: a GitHub with its people and its access repository, its own database, and Addendum installed.
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import type { Log } from '../model/ports.ts'
import { recommendedRulesets } from '../model/protection.ts'
import { issueKeys, keyToPem } from '../ledger/keys.ts'
import { createApp } from './app-handle.ts'
import type { AppHandle } from './app-handle.ts'
import { movableClock } from './clock.ts'
import type { MovableClock } from './clock.ts'
import { createGitHub } from './github/github.ts'
import type { LocalGitHub } from './github/github.ts'
import { serve } from './github/serve.ts'
import { newPassword, openPaymentsDatabase } from './payments-database.ts'
import type { PaymentsDatabase } from './payments-database.ts'

/** The people, by the numeric ids that the starter's directory names. */
export const people = { octocat: 1001, mona: 1002, monalisa: 1003, lisa: 1004 } as const
/** The login of one of them. */
export type PersonName = keyof typeof people

/** Who is in which team of acme. */
export const teams: Record<string, PersonName[]> = {
  payments: ['octocat', 'monalisa'],
  'payments-leads': ['mona'],
  security: ['lisa']
}

/** Everything of the sandbox that is open. */
export interface Company {
  clock: MovableClock
  github: LocalGitHub
  /** Where the local GitHub listens. */
  url: string
  /** Where Addendum shows how it is. */
  statusUrl: string
  /** `acme/access`. */
  repository: { id: number; owner: string; name: string }
  /** A personal token for each person. */
  tokens: Record<PersonName, string>
  database: PaymentsDatabase
  app: AppHandle
  /** Moves the clock of everybody forward. */
  advance(ms: number): void
  close(): Promise<void>
}

/** What is made once and kept, so that a second start finds the same world. */
interface Secrets {
  app: string
  webhook: string
  password: string
  ledgerKey: string
  certificate: string
  root: string
}

const starter = fileURLToPath(new URL('../../policies/starter', import.meta.url))

/** Opens the company in `directory`, making what is missing. The app is not started. */
export async function openCompany(options: {
  directory: string
  port?: number
  postgres?: string | undefined
  log: Log
}): Promise<Company> {
  const { directory, log } = options
  await mkdir(directory, { recursive: true, mode: 0o711 })
  const secrets = await readSecrets(directory)
  const clock = movableClock(await readOffset(directory))
  const appPort = await freePort()
  const statusPort = await freePort()
  const manifest = await readManifest()
  const github = createGitHub({
    clock,
    directory: join(directory, 'github'),
    app: {
      id: 4242,
      slug: 'addendum',
      name: 'Addendum',
      privateKeyPem: secrets.app,
      permissions: manifest.permissions,
      events: manifest.events,
      webhookSecret: secrets.webhook
    },
    webhookUrl: `http://127.0.0.1:${appPort}/api/github/webhooks`
  })
  const repository = await seed(github)
  const server = await serve(github, options.port === undefined ? {} : { port: options.port })
  const database = await openPaymentsDatabase({
    directory: join(directory, 'payments'),
    url: options.postgres,
    logins: Object.keys(people),
    password: secrets.password,
    log
  })
  const providers = join(directory, 'providers.yml')
  await writeFile(providers, providersFile(database.settings, `${server.url}/api/v3`))
  const data = join(directory, 'addendum')
  const host = new URL(server.url).host
  const app = createApp({
    data,
    log: join(directory, 'addendum.log'),
    offsetMs: () => clock.offsetMs(),
    environment: {
      PATH: process.env['PATH'] ?? '',
      TZ: 'UTC',
      APP_ID: '4242',
      PRIVATE_KEY: secrets.app,
      WEBHOOK_SECRET: secrets.webhook,
      GHE_HOST: host,
      GHE_PROTOCOL: 'http',
      ADDENDUM_DATA: data,
      ADDENDUM_REPOSITORIES: String(repository.id),
      ADDENDUM_PROVIDERS: providers,
      ADDENDUM_LEDGER_KEY: secrets.ledgerKey,
      ADDENDUM_LEDGER_CERTIFICATE: secrets.certificate,
      PAYMENTS_DB_PASSWORD: secrets.password,
      GITHUB_ACCESS_TOKEN: tokensOf(github).lisa,
      PORT: String(appPort),
      ADDENDUM_STATUS: String(statusPort)
    }
  })
  return {
    clock,
    github,
    url: server.url,
    statusUrl: `http://127.0.0.1:${statusPort}/status`,
    repository,
    tokens: tokensOf(github),
    database,
    app,
    advance: ms => {
      clock.moveTo(clock.offsetMs() + ms)
      app.tell({ offsetMs: clock.offsetMs() })
      void writeFile(join(directory, 'clock'), String(clock.offsetMs()))
    },
    close: async () => {
      await app.stop()
      await github.outbox.settled()
      await server.close()
      await database.close()
    }
  }
}

async function readSecrets(directory: string): Promise<Secrets> {
  const path = join(directory, 'secrets.json')
  if (existsSync(path)) return JSON.parse(await readFile(path, 'utf8')) as Secrets
  const { root, app, certificate } = issueKeys()
  const secrets: Secrets = {
    app: generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ type: 'pkcs1', format: 'pem' })
      .toString(),
    webhook: randomBytes(32).toString('hex'),
    password: newPassword(),
    ledgerKey: keyToPem(app),
    certificate,
    root: root.publicKey
  }
  await writeFile(path, JSON.stringify(secrets), { mode: 0o600 })
  return secrets
}

async function readOffset(directory: string): Promise<number> {
  return Number(await readFile(join(directory, 'clock'), 'utf8').catch(() => '0'))
}

/** The app's own manifest, so that the sandbox gives no more than a real installation would. */
async function readManifest(): Promise<{ permissions: Record<string, 'read' | 'write'>; events: string[] }> {
  const text = await readFile(new URL('../../app.yml', import.meta.url), 'utf8')
  const manifest = parse(text) as { default_permissions: Record<string, 'read' | 'write'>; default_events: string[] }
  return { permissions: manifest.default_permissions, events: manifest.default_events }
}

/** The people, the teams and the repositories, as a company that has adopted the starter would have them. */
async function seed(github: LocalGitHub): Promise<Company['repository']> {
  const found = Object.values(github.world.state.repositories).find(repository => repository.name === 'access')
  if (found !== undefined) return { id: found.id, owner: 'acme', name: 'access' }
  const build = github.seed
  for (const [login, id] of Object.entries(people)) {
    if (build.user(login).id !== id) throw new Error(`${login} did not get the id that the starter's directory names`)
  }
  build.organization('acme', { basePermission: 'read' })
  for (const login of Object.keys(people)) build.member('acme', login, login === 'lisa' ? 'admin' : 'member')
  for (const [slug, members] of Object.entries(teams)) build.team('acme', slug, { members })
  build.team('acme', 'on-call')
  const { id } = build.repository('acme', 'access', {
    files: await starterFiles(),
    private: true,
    deleteBranchOnMerge: true,
    message: 'Begin with the starter',
    author: 'lisa'
  })
  build.repository('acme', 'payments', { files: { 'README.md': '# payments\n' }, private: true, author: 'lisa' })
  for (const slug of Object.keys(teams)) build.teamRepository(`acme/${slug}`, 'acme/access', 'write')
  for (const ruleset of recommendedRulesets(4242)) build.ruleset('acme/access', ruleset)
  build.install('acme', ['acme/access'])
  return { id, owner: 'acme', name: 'access' }
}

function tokensOf(github: LocalGitHub): Company['tokens'] {
  const accounts = Object.values(github.world.state.accounts)
  const token = (login: string): string => accounts.find(account => account.login === login)?.token ?? ''
  return { octocat: token('octocat'), mona: token('mona'), monalisa: token('monalisa'), lisa: token('lisa') }
}

async function starterFiles(): Promise<Record<string, string>> {
  const entries = await readdir(starter, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  return Object.fromEntries(
    await Promise.all(files.map(async path => [relative(starter, path), await readFile(path, 'utf8')] as const))
  )
}

function providersFile(settings: PaymentsDatabase['settings'], api: string): string {
  const payments = { ...settings, password: '${PAYMENTS_DB_PASSWORD}' }
  const github = {
    kind: 'github',
    api,
    token: '${GITHUB_ACCESS_TOKEN}',
    teams: { 'acme/on-call': { managed: true, roles: ['member'] } },
    repositories: { 'acme/payments': { managed: true, roles: ['write'] } }
  }
  return [
    '# What Addendum may grant, and where. Secrets come from the environment.',
    'apiVersion: addendum/v1',
    'kind: Providers',
    'providers:',
    `  payments-db: ${JSON.stringify(payments)}`,
    `  github: ${JSON.stringify(github)}`,
    ''
  ].join('\n')
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net')
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
