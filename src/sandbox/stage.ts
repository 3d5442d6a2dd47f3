// The stage of the demo: the company at work, its people, and ways of seeing what is so without asking Addendum.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { systemClock } from '../clock.ts'
import { createActor } from './actor.ts'
import type { Actor } from './actor.ts'
import { openCompany, people } from './company.ts'
import type { Company, PersonName } from './company.ts'
import type { Log } from '../model/ports.ts'
import type { Session } from './payments-database.ts'

const run = promisify(execFile)

/** What the steps of the story share. */
export interface Stage {
  company: Company
  directory: string
  cast: Record<PersonName, Actor>
  /** Pull requests by the name that the story gives them. */
  pulls: Map<string, number>
  sessions: Map<PersonName, Session>
  /** A fresh `git clone` of the access repository, once there is one. */
  clone: string
  /** Resolves when GitHub has sent everything and Addendum has nothing due. */
  quiet(): Promise<void>
}

/** Opens the stage in `directory`. */
export async function openStage(options: {
  directory: string
  port?: number
  postgres?: string | undefined
  log: Log
}): Promise<Stage> {
  const company = await openCompany(options)
  const actor = (login: PersonName): Actor => createActor(company, options.directory, login)
  const cast = Object.fromEntries(
    Object.keys(people).map(login => [login, actor(login as PersonName)])
  ) as Stage['cast']
  return {
    company,
    directory: options.directory,
    cast,
    pulls: new Map(),
    sessions: new Map(),
    clone: join(options.directory, 'auditor'),
    quiet: async () => {
      await company.github.outbox.settled()
      await company.app.idle()
    }
  }
}

const at = { owner: 'acme', repo: 'access' }

/** `refused (42501)` or `works (42 rows)`: a login and a query of that person's own. */
export async function query(stage: Stage, login: PersonName): Promise<string> {
  const probe = await stage.company.database.probe(login)
  return probe.allowed ? `works (${probe.rows} rows)` : `refused (${probe.sqlstate})`
}

/** `terms success, approvals in_progress`: the two checks on the head, as GitHub shows them. */
export async function checks(stage: Stage, name: string): Promise<string> {
  const { github } = stage.cast.lisa
  const { data: pull } = await github.pulls.get({ ...at, pull_number: pullOf(stage, name) })
  const { data } = await github.checks.listForRef({ ...at, ref: pull.head.sha, filter: 'latest' })
  const shown = (check: string): string => {
    const found = data.check_runs.find(one => one.name === `Addendum: ${check}`)
    return `${check} ${found === undefined ? 'missing' : (found.conclusion ?? found.status)}`
  }
  return `${shown('terms')}, ${shown('approvals')}`
}

/** The annotations of the terms check, as `line: title`. */
export async function annotations(stage: Stage, name: string): Promise<string[]> {
  const { github } = stage.cast.lisa
  const { data: pull } = await github.pulls.get({ ...at, pull_number: pullOf(stage, name) })
  const { data } = await github.checks.listForRef({
    ...at,
    ref: pull.head.sha,
    check_name: 'Addendum: terms',
    filter: 'latest'
  })
  const run = data.check_runs[0]
  if (run === undefined) return []
  const { data: remarks } = await github.request('GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations', {
    ...at,
    check_run_id: run.id
  })
  return remarks.map(remark => `line ${remark.start_line}: ${remark.title}`)
}

/** `open`, `closed`, or `merged by LOGIN`. */
export async function pullState(stage: Stage, name: string): Promise<string> {
  const { data } = await stage.cast.lisa.github.pulls.get({ ...at, pull_number: pullOf(stage, name) })
  return data.merged ? `merged by ${data.merged_by?.login ?? 'nobody'}` : data.state
}

/** The sticky comment of Addendum, as it is now. */
export async function comment(stage: Stage, name: string): Promise<string> {
  const { data } = await stage.cast.lisa.github.issues.listComments({ ...at, issue_number: pullOf(stage, name) })
  const ours = data.filter(one => one.user?.login === 'addendum[bot]')
  return ours.length === 1 ? (ours[0]?.body ?? '') : `${ours.length} comments`
}

/** Who is in a team of acme now, as GitHub says; `nobody` when it is empty. */
export async function teamMembers(stage: Stage, slug: string): Promise<string> {
  const { data } = await stage.cast.lisa.github.teams.listMembersInOrg({ org: 'acme', team_slug: slug })
  return data.map(member => member.login).join(', ') || 'nobody'
}

/** Request files on main, from git. */
export async function requestsOnMain(stage: Stage): Promise<string[]> {
  const git = bareRepository(stage)
  const { stdout } = await run('git', ['-C', git, 'ls-tree', '-r', '--name-only', 'main', 'requests/'])
  return stdout.split('\n').filter(line => line !== '')
}

/** Amendment files on main, from git. */
export async function amendmentsOnMain(stage: Stage): Promise<string[]> {
  const { stdout } = await run('git', [
    '-C',
    bareRepository(stage),
    'ls-tree',
    '-r',
    '--name-only',
    'main',
    'amendments/'
  ])
  return stdout.split('\n').filter(line => line !== '')
}

/** Who merged the newest pull request that begins with `title`; `nobody` where there is none. */
export async function mergedBy(stage: Stage, title: string): Promise<string> {
  const { github } = stage.cast.lisa
  const { data } = await github.pulls.list({ ...at, state: 'closed', sort: 'created', direction: 'desc', per_page: 20 })
  const found = data.find(pull => pull.title.startsWith(title))
  if (found === undefined) return 'nobody'
  return (await github.pulls.get({ ...at, pull_number: found.number })).data.merged_by?.login ?? 'nobody'
}

/** `recorded` once the ledger's branch, read from git, says that this pull request's access was granted. */
export async function grantRecorded(stage: Stage, name: string): Promise<string> {
  const record = `"type":"grant.done".*"request":"R-${pullOf(stage, name)}"`
  const git = ['-C', bareRepository(stage)]
  const { stdout } = await run('git', [...git, 'for-each-ref', '--format=%(refname)', 'refs/heads/ledger'])
  const branches = stdout.split('\n').filter(line => line !== '')
  return await run('git', [...git, 'grep', '--quiet', '-e', record, ...branches, '--', 'seg']).then(
    () => 'recorded',
    () => 'not recorded'
  )
}

/** Open pull requests, by title. */
export async function openPulls(stage: Stage): Promise<string[]> {
  const { data } = await stage.cast.lisa.github.pulls.list({ ...at, state: 'open' })
  return data.map(pull => pull.title)
}

/** Where the access repository lies on this disk: what `git clone` can be given after the sandbox has stopped. */
export function bareRepository(stage: Stage): string {
  return join(stage.directory, 'github', 'repositories', `${stage.company.repository.id}.git`)
}

/** The number of a pull request that the story has opened. */
export function pullOf(stage: Stage, name: string): number {
  const number = stage.pulls.get(name)
  if (number === undefined) throw new Error(`The story has no pull request ${name} yet`)
  return number
}

/** Looks until `wanted` is seen, for `patienceMs` at most; gives what was seen last. */
export async function seen(wanted: string, look: () => Promise<string>, patienceMs: number): Promise<string> {
  const until = performance.now() + patienceMs
  let last = ''
  do {
    last = await look().catch(
      (error: unknown) => `cannot see: ${error instanceof Error ? error.message : String(error)}`
    )
    if (last === wanted) return last
    await systemClock.sleep(40)
  } while (performance.now() < until)
  return last
}
