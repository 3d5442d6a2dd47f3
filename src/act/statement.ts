// Performs a statement: a finished check run of its own, made once for what it says and never changed.
import type { StatementAction } from '../model/action.ts'
import { statementName, statementText } from '../model/statement.ts'
import { at } from '../read/repository.ts'
import type { Repository } from '../read/repository.ts'

/** States on the head how the clauses stand. GitHub dates it: no instant of ours is written. */
export async function performStatement(repository: Repository, { head, clauses }: StatementAction): Promise<void> {
  const over = Object.keys(clauses).length === 0
  const title = over ? 'Approvals count for nothing now' : 'What approvals from here on are for'
  await repository.github.request('POST /repos/{owner}/{repo}/check-runs', {
    ...at(repository),
    name: statementName,
    head_sha: head,
    status: 'completed',
    conclusion: 'success',
    output: { title, summary: statementText(clauses) }
  })
}
