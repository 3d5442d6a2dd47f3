// Rule: the file is a valid document. One reason for each problem, on its exact place.
import type { Reason } from '../../model/decision.ts'
import type { Problem } from '../../model/problem.ts'
import type { Proposal } from '../proposal.ts'
import { fails, holds, unjudged } from '../reason.ts'
import { plain, quoted } from '../wording.ts'

const rule = 'document-valid'

/** Refuses a file that does not parse, with every problem that the parser found, never only the first. */
export function documentValid({ kind, facts }: Pick<Proposal, 'kind' | 'facts'>): Reason | Reason[] {
  const { file } = facts
  if (file === null) return unjudged(rule, 'one-document')
  if (file.parsed.ok) return holds(rule, `The ${kind} file is valid.`)
  const { problems } = file.parsed
  // A parser that gives no problem and no value has still given no value.
  if (problems.length === 0) return fails(rule, `The ${kind} file cannot be read.`, 'Write it anew.')
  return problems.map(problem => fails(rule, plain(problem.message), todoOf(problem), markOf(problem, file.path)))
}

function todoOf({ expected, suggestion }: Problem): string {
  const nearest = suggestion === undefined ? '' : ` Did you mean ${quoted(suggestion)}?`
  return `Expected: ${plain(expected)}.${nearest}`
}

function markOf({ line, column, endLine, endColumn }: Problem, path: string): NonNullable<Reason['mark']> {
  return { path, line, column, endLine: endLine ?? line, endColumn: endColumn ?? column }
}
