// Reads what the app has stated on a commit of how the clauses of an amendment stand: its own check runs, oldest first.
import { parseStatement, statementName } from '../model/statement.ts'
import type { Statement } from '../model/statement.ts'
import { statusOf } from './github.ts'
import { at } from './repository.ts'
import type { Repository } from './repository.ts'

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
    await Promise.all(once.map(async sha => [sha, await statementsOn(repository, sha)] as const))
  )
}

interface CheckRun {
  id: number | bigint
  app: { id: number | bigint } | null
  started_at: string | null
  output: { summary: string | null }
}

async function statementsOn(repository: Repository, sha: string): Promise<Statement[]> {
  const found: { id: number; statement: Statement }[] = []
  for (let page = 1; ; page += 1) {
    const runs = await runsOn(repository, sha, page)
    for (const { id, app, started_at: startedAt, output } of runs) {
      // By the app's number: anybody's app or workflow may use the name (attack #63).
      if (app === null || Number(app.id) !== repository.app || startedAt === null) continue
      found.push({
        id: Number(id),
        statement: { at: new Date(startedAt), clauses: parseStatement(output.summary ?? '') }
      })
    }
    if (runs.length < 100) break
  }
  return found.sort((a, b) => a.id - b.id).map(({ statement }) => statement)
}

async function runsOn(repository: Repository, sha: string, page: number): Promise<CheckRun[]> {
  try {
    const { data } = await repository.github.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
      ...at(repository),
      ref: sha,
      check_name: statementName,
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
