// `addendum doctor [OWNER/REPO]`: what protects an access repository, what does not, and how to mend it.
import { ProbotOctokit } from 'probot'
import { planRulesets, performRulesets } from '../act/protection.ts'
import type { RulesetStep } from '../act/protection.ts'
import { baseUrlOf, createProbot } from '../app/probot.ts'
import { systemClock } from '../clock.ts'
import { readAppConfig } from '../config/config.ts'
import type { AppConfig } from '../config/config.ts'
import { judgeProtection } from '../decide/protection/protection.ts'
import { createLog } from '../log.ts'
import type { Clock } from '../model/ports.ts'
import { visible } from '../model/problem.ts'
import { recommendedRulesets } from '../model/protection.ts'
import type { Finding, ProtectionFacts } from '../model/protection.ts'
import type { Eyes } from '../read/branch-protection.ts'
import { openInstallation, remembering, statusOf } from '../read/github.ts'
import type { GitHub } from '../read/github.ts'
import { readProtection } from '../read/protection.ts'
import type { ProtectionQuestion } from '../read/protection.ts'
import type { Repository } from '../read/repository.ts'
import type { Output } from './output.ts'
import { UsageError, writeJson } from './output.ts'

/** `repository` is `owner/name`. `confirm` asks on a terminal before anything is written. */
export interface DoctorOptions {
  repository?: string
  json?: boolean
  fix?: boolean
  yes?: boolean
  confirm?: (question: string) => Promise<boolean>
}

/** What the command knows of the world. */
export interface DoctorPorts {
  environment: Record<string, string | undefined>
  clock: Clock
  fetch?: typeof fetch
}

/**
 * 0: nothing is found. 1: something is. `GITHUB_TOKEN` reads with an administrator's eyes; without it the app's own
 * credentials do, and what they are not shown is a finding. `--fix` writes the rulesets, with `GITHUB_TOKEN` only.
 */
export async function doctorCommand(
  options: DoctorOptions,
  out: Output,
  ports: DoctorPorts = { environment: process.env, clock: systemClock }
): Promise<number> {
  const { repository, eyes, app } = await visit(options.repository, ports)
  const look = async (): Promise<Finding[]> => {
    return judgeProtection(await examine(repository, { eyes, app, now: ports.clock.now() }))
  }
  const name = `${repository.owner}/${repository.name}`
  let findings = await look()
  const steps = options.fix === true ? await fix(repository, { ...options, eyes }, out) : undefined
  if (steps?.some(step => step.kind !== 'keep') === true) findings = await look()
  const ok = findings.length === 0
  const rulesets = steps?.map(said)
  if (options.json === true) writeJson(out, { ok, repository: name, app: eyes.app, findings, rulesets })
  else out.write(told(name, eyes, findings))
  return ok ? 0 : 1
}

interface Visit {
  repository: Repository
  eyes: Eyes
  /** GitHub as the app itself; null without its key. */
  app: GitHub | null
}

async function visit(name: string | undefined, ports: DoctorPorts): Promise<Visit> {
  const { environment, clock } = ports
  const config = readAppConfig(environment)
  if (config.app === undefined) {
    throw new UsageError('Set APP_ID to the number of your GitHub App: the checks are pinned to it.')
  }
  const token = environment['GITHUB_TOKEN']?.trim() || undefined
  const app = await appOf(config, ports)
  const log = createLog('silent')
  if (token === undefined && app === null) {
    throw new UsageError('Set GITHUB_TOKEN to a token of an administrator, or PRIVATE_KEY to the key of the app.')
  }
  const [owner = '', repo = '', ...rest] = (name ?? (app === null ? '' : await onlyRepository(app))).split('/')
  if (owner === '' || repo === '' || rest.length > 0) {
    throw new UsageError('Name the access repository: addendum doctor OWNER/REPO.')
  }
  const github =
    token === undefined && app !== null
      ? openInstallation(app, await installationOf(app, owner, repo), { clock, log, limits: null })
      : remembering(octokitOf(config, token, ports), { clock, log, limits: null })
  const { data } = await found(`${owner}/${repo} is not there, or this token may not see it.`, async () => {
    return await github.request('GET /repos/{owner}/{repo}', { owner, repo })
  })
  return {
    eyes: { as: token === undefined ? 'app' : 'administrator', app: config.app.id },
    app,
    repository: {
      github,
      installation: 0,
      id: Number(data.id),
      owner: data.owner.login,
      name: data.name,
      defaultBranch: data.default_branch,
      deletesMergedBranches: data.delete_branch_on_merge === true,
      app: config.app.id,
      bot: { id: 0, login: '' }
    }
  }
}

async function appOf({ app, github }: AppConfig, { fetch }: DoctorPorts): Promise<GitHub | null> {
  if (app?.privateKey === undefined) return null
  const probot = createProbot({
    appId: app.id,
    privateKey: app.privateKey.reveal(),
    baseUrl: baseUrlOf(github),
    log: createLog('silent'),
    ...(fetch === undefined ? {} : { fetch })
  })
  return await probot.auth()
}

function octokitOf({ github }: AppConfig, token: string | undefined, { fetch }: DoctorPorts): GitHub {
  return new ProbotOctokit({
    auth: { token },
    baseUrl: baseUrlOf(github),
    throttle: { enabled: false },
    retry: { enabled: false },
    ...(fetch === undefined ? {} : { request: { fetch } })
  })
}

async function installationOf(app: GitHub, owner: string, repo: string): Promise<number> {
  const { data } = await found(`The app is not installed on ${owner}/${repo}.`, async () => {
    return await app.request('GET /repos/{owner}/{repo}/installation', { owner, repo })
  })
  return Number(data.id)
}

/** The repository that the app is installed on, where there is exactly one. */
async function onlyRepository(app: GitHub): Promise<string> {
  const { data: installations } = await found('The app has no installations.', async () => {
    return await app.request('GET /app/installations', { per_page: 2 })
  })
  const [only, ...others] = installations
  if (only === undefined || others.length > 0) return ''
  const github = openInstallation(app, Number(only.id), { clock: systemClock, log: createLog('silent'), limits: null })
  const { data } = await github.request('GET /installation/repositories', { per_page: 2 })
  return data.repositories.length === 1 ? (data.repositories[0]?.full_name ?? '') : ''
}

async function examine(repository: Repository, question: ProtectionQuestion): Promise<ProtectionFacts> {
  const missing = `${repository.owner}/${repository.name} has nothing on ${repository.defaultBranch} yet.`
  return await found(missing, async () => await readProtection(repository, question))
}

async function found<T>(because: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (statusOf(error) === 404) throw new UsageError(because)
    // Octokit's own error comes from the app's JWT alone; all else fails as a Fault.
    if (statusOf(error) === 401) throw new UsageError('GitHub does not take PRIVATE_KEY for the key of the app APP_ID.')
    throw error
  }
}

async function fix(
  repository: Repository,
  { eyes, json, yes, confirm }: DoctorOptions & { eyes: Eyes },
  out: Output
): Promise<RulesetStep[]> {
  if (eyes.as === 'app') {
    throw new UsageError('--fix writes with your own token: set GITHUB_TOKEN. The app may not, and should not.')
  }
  const steps = await planRulesets(repository, recommendedRulesets(eyes.app))
  const writes = steps.filter(step => step.kind !== 'keep')
  if (json !== true) for (const step of steps) out.write(`${visible(sentence(step))}\n`)
  if (writes.length === 0) return steps
  if (yes !== true) {
    if (confirm === undefined) throw new UsageError('Nothing is written without a terminal to ask on: add --yes.')
    const agreed = await confirm(`Write ${writes.length} of them to ${repository.owner}/${repository.name}?`)
    if (!agreed) return steps.map(step => ({ ...step, kind: 'keep' }))
  }
  await found('This token may not change the rulesets: it takes an administrator of the repository.', async () => {
    await performRulesets(repository, steps)
  })
  return steps
}

const verbs: Record<RulesetStep['kind'], string> = { create: 'Create', update: 'Update', keep: 'Keep' }

function sentence({ kind, ruleset, changes }: RulesetStep): string {
  const rules = ruleset.rules.map(rule => {
    if (rule.type !== 'required_status_checks') return rule.type
    const { required_status_checks: checks } = rule.parameters
    const named = checks.map(check => `${check.context} from app ${check.integration_id ?? 'any'}`)
    return `${rule.type} (${named.join(', ')})`
  })
  const passing = ruleset.bypass_actors.map(actor => `app ${actor.actor_id} (${actor.bypass_mode})`)
  const why = kind === 'update' ? `; not as it should be: ${changes.join(', ')}` : ''
  const where = ruleset.conditions.ref_name.include.join(', ')
  const who = passing.join(', ') || 'nobody'
  return `${verbs[kind]} "${ruleset.name}" on ${where}: ${rules.join(', ')}; may pass: ${who}${why}`
}

function said({ kind, id, ruleset, changes }: RulesetStep): object {
  return { kind, id, name: ruleset.name, changes }
}

function told(name: string, eyes: Eyes, findings: readonly Finding[]): string {
  const seen = eyes.as === 'app' ? 'as the app sees it' : 'as the owner of this token sees it'
  const lines = findings.map(({ severity, code, because, mend }) => {
    return `${severity}  ${code}\n      ${visible(because)}\n      ${visible(mend)}\n`
  })
  const stops = findings.filter(finding => finding.severity === 'stop').length
  const stopping = stops === 0 ? 'none stops' : stops === 1 ? '1 stops' : `${stops} stop`
  const found = `${findings.length} found; ${stopping} new grants.`
  const sum = findings.length === 0 ? 'It is protected as it should be.' : found
  const listed = lines.length === 0 ? '' : `${lines.join('\n')}\n`
  return `${visible(name)}, ${seen}\n\n${listed}${sum}\n`
}
