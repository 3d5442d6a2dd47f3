// Local GitHub, operations: check runs; only an app writes them, and only its own.
import { created, notFound, ok, paged, unprocessable } from '../answer.ts'
import { repo, who } from '../call.ts'
import type { Call, Handler } from '../call.ts'
import { checkJson, suiteJson } from '../check-json.ts'
import type { CheckRun, Repository } from '../store.ts'
import { forbidden } from '../answer.ts'
import { resolveCommit } from './git-data.ts'

const MAX_TEXT = 65_535
const MAX_ANNOTATIONS_A_CALL = 50

interface Output {
  title?: string
  summary?: string
  text?: string
  annotations?: Record<string, unknown>[]
}
interface CheckWrite {
  name?: string
  head_sha?: string
  status?: string
  conclusion?: string
  external_id?: string
  details_url?: string
  started_at?: string
  completed_at?: string
  output?: Output
}

function check(call: Call): CheckRun {
  const found = repo(call).checks.find(c => c.id === Number(call.params['check_run_id']))
  if (found === undefined) throw notFound()
  return found
}

function apply(call: Call, c: CheckRun, asked: CheckWrite): void {
  const { output } = asked
  const wrong = (field: string, message: string): Error =>
    unprocessable('Validation Failed', [{ resource: 'CheckRun', field, code: 'custom', message }])
  if ((output?.annotations?.length ?? 0) > MAX_ANNOTATIONS_A_CALL)
    throw wrong('annotations', 'No more than 50 annotations per request')
  for (const field of ['summary', 'text'] as const) {
    if (Buffer.byteLength(output?.[field] ?? '') > MAX_TEXT)
      throw wrong(field, `${field} exceeds a maximum bytesize of ${MAX_TEXT}`)
  }
  // A conclusion completes a check; a completed check needs a conclusion.
  const status = asked.conclusion === undefined ? (asked.status ?? c.status) : 'completed'
  if (
    status === 'completed' &&
    asked.conclusion === undefined &&
    (asked.status === 'completed' || c.conclusion === null)
  ) {
    throw wrong('conclusion', 'Conclusion is required when the status is completed')
  }
  const at = call.world.stamp()
  Object.assign(c, {
    name: asked.name ?? c.name,
    status,
    conclusion: status === 'completed' ? (asked.conclusion ?? c.conclusion) : null,
    externalId: asked.external_id ?? c.externalId,
    detailsUrl: asked.details_url ?? c.detailsUrl,
    startedAt: asked.started_at ?? c.startedAt ?? at,
    completedAt: status === 'completed' ? (asked.completed_at ?? c.completedAt ?? at) : null,
    title: output?.title ?? c.title,
    summary: output?.summary ?? c.summary,
    text: output?.text ?? c.text,
    annotations: [...c.annotations, ...(output?.annotations ?? [])]
  })
}

/** The suite of an app on a commit: that of its earlier runs there, or a new one. */
export const suiteFor = (call: Pick<Call, 'world'>, r: Repository, appId: number, headSha: string): number =>
  r.checks.find(c => c.appId === appId && c.headSha === headSha)?.suiteId ?? call.world.id()

const create: Handler = call => {
  const r = repo(call)
  const { world } = call
  const asked = call.body as CheckWrite
  const headSha = asked.head_sha ?? ''
  if (world.git(r).commit(headSha) === undefined) throw unprocessable(`No commit found for SHA: ${headSha}`)
  const made: CheckRun = {
    id: world.id(),
    suiteId: suiteFor(call, r, world.app.id, headSha),
    appId: world.app.id,
    name: asked.name ?? '',
    headSha,
    status: 'queued',
    conclusion: null,
    externalId: '',
    detailsUrl: null,
    startedAt: null,
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: []
  }
  apply(call, made, asked)
  r.checks.push(made)
  raise(call, r, made, 'created')
  if (made.status === 'completed') raise(call, r, made, 'completed')
  return created(checkJson(world, r, made))
}

const update: Handler = call => {
  const [r, c] = [repo(call), check(call)]
  if (c.appId !== call.world.app.id) throw forbidden('Resource not accessible by integration')
  const before = c.status
  apply(call, c, call.body as CheckWrite)
  if (before !== 'completed' && c.status === 'completed') raise(call, r, c, 'completed')
  return ok(checkJson(call.world, r, c))
}

function raise(call: Call, r: Repository, c: CheckRun, action: string): void {
  call.world.raise({
    event: 'check_run',
    action,
    repository: r,
    sender: who(call),
    payload: { check_run: webhookCheck(call, r, c) }
  })
}

/** A check in a webhook carries its whole suite. */
function webhookCheck(call: Call, r: Repository, c: CheckRun): Record<string, unknown> {
  const { repository: _repository, ...suite } = suiteJson(
    call.world,
    r,
    r.checks.filter(o => o.suiteId === c.suiteId).concat(r.checks.includes(c) ? [] : [c])
  )
  return { ...checkJson(call.world, r, c), check_suite: suite }
}

const listForRef: Handler = call => {
  const r = repo(call)
  return paged(
    select(call, r, runsOn(call, r)).map(c => checkJson(call.world, r, c)),
    'check_runs'
  )
}

function runsOn(call: Call, r: Repository): CheckRun[] {
  const sha = resolveCommit(call.world.git(r), r, call.params['ref'])
  if (sha === undefined) throw unprocessable(`No commit found for SHA: ${call.params['ref']}`)
  return r.checks.filter(c => c.headSha === sha)
}

/** The query's choice, newest first; `latest` keeps the last run of each name in a suite. */
function select(call: Call, _r: Repository, runs: CheckRun[]): CheckRun[] {
  const { query } = call
  const [name, status, app] = [query.get('check_name'), query.get('status'), query.get('app_id')]
  const latest = (query.get('filter') ?? 'latest') === 'latest'
  return runs
    .filter(
      c =>
        (name ?? c.name) === c.name &&
        (status ?? c.status) === c.status &&
        (app === null || Number(app) === c.appId) &&
        (!latest || runs.findLast(o => o.suiteId === c.suiteId && o.name === c.name) === c)
    )
    .toReversed()
}

const suites = (runs: CheckRun[]): CheckRun[][] => [...Map.groupBy(runs, c => c.suiteId).values()]

function suite(call: Call): CheckRun[] {
  const found = repo(call).checks.filter(c => c.suiteId === Number(call.params['check_suite_id']))
  if (found.length === 0) throw notFound()
  return found
}

const rerequestRun: Handler = call => {
  const [r, c] = [repo(call), check(call)]
  raise(call, r, c, 'rerequested')
  return created({})
}

const rerequestSuite: Handler = call => {
  const [r, runs] = [repo(call), suite(call)]
  const { repository: _repository, ...body } = suiteJson(call.world, r, runs)
  call.world.raise({
    event: 'check_suite',
    action: 'rerequested',
    repository: r,
    sender: who(call),
    payload: { check_suite: body }
  })
  return created({})
}

/** Handlers by operation id. */
export const checks: Record<string, Handler> = {
  'checks/create': create,
  'checks/update': update,
  'checks/list-for-ref': listForRef,
  'checks/rerequest-run': rerequestRun,
  'checks/rerequest-suite': rerequestSuite,
  'checks/get': call => ok(checkJson(call.world, repo(call), check(call))),
  'checks/list-annotations': call =>
    paged(
      check(call).annotations.map(a => ({
        start_column: null,
        end_column: null,
        title: null,
        raw_details: null,
        ...a,
        blob_href: ''
      }))
    ),
  'checks/list-suites-for-ref': call =>
    paged(
      suites(runsOn(call, repo(call)))
        .filter(([c]) => call.query.get('app_id') === null || Number(call.query.get('app_id')) === c?.appId)
        .map(runs => suiteJson(call.world, repo(call), runs)),
      'check_suites'
    ),
  'checks/get-suite': call => ok(suiteJson(call.world, repo(call), suite(call))),
  'checks/list-for-suite': call =>
    paged(
      select(call, repo(call), suite(call)).map(c => checkJson(call.world, repo(call), c)),
      'check_runs'
    )
}
