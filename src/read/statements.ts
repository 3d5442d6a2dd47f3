// Reads what the app has stated on a commit of how the clauses stand: in check runs of its own, oldest first.
import type { CheckName } from '../model/action.ts'
import type { RequestFacts } from '../model/facts.ts'
import { parseStatement, statementName } from '../model/statement.ts'
import type { Statement } from '../model/statement.ts'
import { statusOf } from './github.ts'
import { at } from './repository.ts'
import type { Repository } from './repository.ts'

/** The check in which a request's clause is stated: whoever approves has it before them. */
const approvals: CheckName = 'Addendum: approvals'

const mostKept = 5_000

/**
 * What was stated of a request's clause on its head and on the approved commits; nothing where nobody approved. `kept`:
 * statements by commit that we made or read ourselves. That no comment of ours is there shows nothing: whoever may write
 * can take it away.
 */
export async function readStated(
  repository: Repository,
  { pull, reviews, reviewed }: Pick<RequestFacts, 'pull' | 'reviews' | 'reviewed'>,
  kept: Map<string, Statement[]>
): Promise<Record<string, Statement[]>> {
  if (!reviews.known || !reviews.value.some(({ state }) => state === 'APPROVED')) return {}
  const commits = [...new Set([pull.head.sha, ...Object.keys(reviewed)])].sort()
  const found = await Promise.all(
    commits.map(async sha => {
      const known = kept.get(sha) ?? (await statementsOn(repository, sha, approvals))
      if (kept.size >= mostKept) kept.clear()
      // That there is none yet is not kept: one may have been made whose answer was lost.
      if (known.length > 0) kept.set(sha, known)
      return [sha, known] as const
    })
  )
  return Object.fromEntries(found)
}

/**
 * The statements on each of `commits`. A commit that GitHub knows no more has none, so that no approval of it counts.
 * GitHub dates a run for which no start is given by the instant at which it was made (probot/probot#803).
 */
export async function readStatements(
  repository: Repository,
  commits: readonly string[]
): Promise<Record<string, Statement[]>> {
  const once = [...new Set(commits)].sort()
  return Object.fromEntries(
    await Promise.all(once.map(async sha => [sha, await statementsOn(repository, sha, statementName)] as const))
  )
}

interface CheckRun {
  id: number | bigint
  app: { id: number | bigint } | null
  started_at: string | null
  output: { summary: string | null; text: string | null }
}

async function statementsOn(repository: Repository, sha: string, name: string): Promise<Statement[]> {
  const found: { id: number; statement: Statement }[] = []
  for (let page = 1; ; page += 1) {
    const runs = await runsOn(repository, { sha, name }, page)
    for (const { id, app, started_at: startedAt, output } of runs) {
      // By the app's number: anybody's app or workflow may use the name (attack #63).
      if (app === null || Number(app.id) !== repository.app || startedAt === null) continue
      const clauses = parseStatement((name === statementName ? output.summary : output.text) ?? '')
      // A check says nothing of the terms while there are none.
      if (name !== statementName && Object.keys(clauses).length === 0) continue
      found.push({ id: Number(id), statement: { at: new Date(startedAt), clauses } })
    }
    if (runs.length < 100) break
  }
  return found.sort((a, b) => a.id - b.id).map(({ statement }) => statement)
}

async function runsOn(
  repository: Repository,
  { sha, name }: { sha: string; name: string },
  page: number
): Promise<CheckRun[]> {
  try {
    const { data } = await repository.github.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
      ...at(repository),
      ref: sha,
      check_name: name,
      app_id: repository.app,
      filter: 'all',
      per_page: 100,
      page
    })
    return data.check_runs
  } catch (error) {
    if (statusOf(error) === 404 || statusOf(error) === 422) return []
    throw error
  }
}
