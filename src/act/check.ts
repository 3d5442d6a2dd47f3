// Performs a check: one run per head and name, created once, changed only when it says something else.
import type { CheckAction } from '../model/action.ts'
import { digestOf } from '../model/digest.ts'
import { parseStatement, statementText } from '../model/statement.ts'
import { at } from '../read/repository.ts'
import type { Repository } from '../read/repository.ts'
import { keep } from './written.ts'
import type { Written, WrittenCheck } from './written.ts'

/** GitHub takes 50 annotations a call; the first 50 problems are enough to begin with. */
const mostAnnotations = 50

/**
 * Makes the check on `action.head` say `action`. `fresh`: nothing of ours is on this pull request yet, so there is nothing to look
 * for. (After a crash in between a second run of the same name appears; GitHub goes by the newest.)
 */
export async function performCheck(
  repository: Repository,
  written: Written,
  action: CheckAction,
  fresh: boolean
): Promise<void> {
  const key = `${action.head} ${action.name}`
  const digest = digestOf({ ...action })
  const known = await standingCheck(repository, written, action, fresh)
  if (known?.digest === digest) {
    keep(written.checks, key, known)
    return
  }
  const completed = action.conclusion !== null
  const stated = digestOf(action.clauses ?? {})
  const queued = action.queued === true
  const body = {
    ...at(repository),
    name: action.name,
    external_id: digest,
    ...(action.conclusion === null
      ? { status: queued ? ('queued' as const) : ('in_progress' as const) }
      : { status: 'completed' as const, conclusion: action.conclusion }),
    output: {
      title: action.title,
      summary: action.summary,
      ...(action.clauses === undefined ? {} : { text: statementText(action.clauses) }),
      annotations: action.annotations.slice(0, mostAnnotations).map(remark => ({
        path: remark.path,
        start_line: remark.startLine,
        end_line: remark.endLine,
        ...(remark.startLine === remark.endLine && remark.startColumn !== undefined
          ? {
              start_column: remark.startColumn,
              end_column: Math.max(remark.startColumn, remark.endColumn ?? remark.startColumn)
            }
          : {}),
        annotation_level: remark.level,
        title: remark.title,
        message: remark.message
      }))
    }
  }
  // A finished run stays as it was said; what is open again gets a run of its own. Annotations only ever add up, so a new
  // set needs a new run as well. And GitHub dates what is stated by the making of the run.
  const reopened = known !== undefined && known.completed && !completed
  if (known === undefined || reopened || known.stated !== stated || action.annotations.length > 0) {
    const { data } = await repository.github.request('POST /repos/{owner}/{repo}/check-runs', {
      ...body,
      head_sha: action.head
    })
    keep(written.checks, key, { id: Number(data.id), digest, completed, stated, queued })
    remember(written, action, data.started_at, known === undefined)
    return
  }
  await repository.github.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
    ...body,
    check_run_id: known.id
  })
  keep(written.checks, key, { id: known.id, digest, completed, stated, queued })
}

/** Notes a statement that was made just now; `first`: there is none before it. Else those before it are read first. */
function remember(
  { statements }: Written,
  { head, clauses }: CheckAction,
  startedAt: string | null,
  first: boolean
): void {
  const before = statements.get(head) ?? (first ? [] : undefined)
  if (clauses === undefined || startedAt === null || before === undefined) return
  keep(statements, head, [...before, { at: new Date(startedAt), clauses }])
}

/** Our run of that name on that head, as last written or as GitHub has it; `fresh`: there can be none but what we wrote. */
export async function standingCheck(
  repository: Repository,
  written: Written,
  { head, name }: Pick<CheckAction, 'head' | 'name'>,
  fresh: boolean
): Promise<WrittenCheck | undefined> {
  const known = written.checks.get(`${head} ${name}`)
  if (known !== undefined || fresh) return known
  const { data } = await repository.github.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
    ...at(repository),
    ref: head,
    check_name: name,
    app_id: repository.app,
    filter: 'latest'
  })
  // Our own only: anybody's app or workflow may use the name (attack #63). `slug[bot]` without `[bot]` is the app's slug.
  const slug = repository.bot.login.replace(/\[bot\]$/, '')
  const run = data.check_runs.find(one => one.app?.slug === slug)
  if (run === undefined) return undefined
  const { status } = run
  return {
    id: Number(run.id),
    digest: run.external_id ?? '',
    completed: status === 'completed',
    stated: digestOf(parseStatement(run.output.text ?? '')),
    queued: status === 'queued'
  }
}
