// What a pull request about the rules should show: whether its documents are right, and whether their owners consent.
import type { CheckAction } from '../model/action.ts'
import { parseDocument } from '../model/document.ts'
import type { Document } from '../model/document.ts'
import type { DocumentsDecision } from '../model/decision.ts'
import type { Change, Known } from '../model/facts.ts'
import { isGuarded, placeOf } from '../model/place.ts'
import { formatProblem } from '../model/problem.ts'
import type { Lines, Problem } from '../model/problem.ts'
import { blobIn, commitAt, treeAt } from '../read/repository.ts'
import type { Repository } from '../read/repository.ts'
import type { Pull } from '../read/pull.ts'
import { fenced } from './markdown.ts'
import { annotationOf, check } from './checks.ts'

/** What is wrong with a document that parses: its expressions, its examples, and what the policies say of it. */
export type JudgeDocument = (path: string, document: Document, lines: Lines) => Problem[]

/** What the checks are made from. `judge` sees only what parses. */
export interface ReviewedDocuments {
  changes: Known<Change[]>
  judge: JudgeDocument
  decision: DocumentsDecision
}

/**
 * Both checks. Documents that are added or changed are parsed, with their problems on the exact lines; the approvals
 * are what `decision` says. Where nothing of ours is touched both checks hold, since GitHub may require them.
 */
export async function documentChecks(
  repository: Repository,
  pull: Pull,
  { changes, judge, decision }: ReviewedDocuments
): Promise<CheckAction[]> {
  const all = changes.known ? changes.value : []
  const touched = all.filter(change => isGuarded(change.path) && change.status !== 'removed')
  const problems: Problem[] = []
  const head = touched.length === 0 ? null : await commitAt(repository, pull.head.sha)
  const tree = head === null ? new Map() : await treeAt(repository, head.tree)
  for (const { path } of touched) {
    const place = placeOf(path)
    const blob = await blobIn(repository, tree, path)
    // `parseDocument` also says what is wrong with a path that is guarded and no place.
    if (place?.kind !== 'codeowners' && blob !== null) {
      const parsed = parseDocument(path, blob.bytes)
      problems.push(...(parsed.ok ? judge(path, parsed.value, parsed.lines) : parsed.problems))
    }
  }
  const valid = touched.length === 1 ? 'The document is valid' : 'The documents are valid'
  const good = touched.length === 0 ? 'It changes no document of Addendum' : valid
  const terms: CheckAction = {
    kind: 'check',
    head: pull.head.sha,
    name: 'Addendum: terms',
    conclusion: problems.length === 0 ? 'success' : 'failure',
    title: problems[0]?.message.slice(0, 200) ?? good,
    summary: problems.length === 0 ? good : problems.flatMap(problem => fenced(formatProblem(problem))).join('\n'),
    annotations: problems.map(problem => annotationOf(problem, problem.file))
  }
  const approved = decision.reasons.length === 0 ? 'It asks for no access' : 'The owners approved'
  return [terms, check({ pull }, 'Addendum: approvals', decision.reasons, approved, [])]
}
