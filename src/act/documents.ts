// What a pull request about anything but requests should show: its documents are checked, its review is GitHub's own.
import type { Action, Annotation, CheckAction } from '../model/action.ts'
import { parseDocument } from '../model/document.ts'
import type { Document } from '../model/document.ts'
import type { Change, Known } from '../model/facts.ts'
import { isGuarded, placeOf } from '../model/place.ts'
import { formatProblem } from '../model/problem.ts'
import type { Lines, Problem } from '../model/problem.ts'
import { blobIn, commitAt, treeAt } from '../read/repository.ts'
import type { Repository } from '../read/repository.ts'
import type { Pull } from '../read/pull.ts'

/** What is wrong with a document that parses: its expressions, its examples, and what the policies say of it. */
export type JudgeDocument = (path: string, document: Document, lines: Lines) => Problem[]

/**
 * Both checks. Documents that are added or changed are parsed, with their problems on the exact lines; who must approve them is
 * left to GitHub's code-owner rule, and the check says so. `judge` sees only what parses.
 */
export async function documentActions(
  repository: Repository,
  pull: Pull,
  changes: Known<Change[]>,
  judge: JudgeDocument
): Promise<Action[]> {
  const touched = changes.known ? changes.value.filter(change => isGuarded(change.path) && change.status !== 'removed') : []
  const problems: Problem[] = []
  const tree = touched.length === 0 ? new Map() : await treeAt(repository, (await commitAt(repository, pull.head.sha)).tree)
  for (const { path } of touched) {
    const place = placeOf(path)
    const blob = await blobIn(repository, tree, path)
    // `parseDocument` also says what is wrong with a path that is guarded and no place.
    if (place?.kind !== 'codeowners' && blob !== null) {
      const parsed = parseDocument(path, blob.bytes)
      problems.push(...(parsed.ok ? judge(path, parsed.value, parsed.lines) : parsed.problems))
    }
  }
  const good = touched.length === 0 ? 'It changes no document of Addendum' : `${touched.length === 1 ? 'The document is' : 'The documents are'} valid`
  const terms: CheckAction = {
    kind: 'check',
    head: pull.head.sha,
    name: 'Addendum: terms',
    conclusion: problems.length === 0 ? 'success' : 'failure',
    title: problems[0]?.message.slice(0, 200) ?? good,
    summary: problems.length === 0 ? good : problems.map(problem => `\`\`\`\`\n${formatProblem(problem).replaceAll('````', '')}\n\`\`\`\``).join('\n'),
    annotations: problems.map(annotation)
  }
  const approvals: CheckAction = {
    kind: 'check',
    head: pull.head.sha,
    name: 'Addendum: approvals',
    conclusion: 'success',
    title: 'It asks for no access',
    summary: 'This pull request asks for no access, so no clause says who must approve it. The code-owner rule of this repository does.',
    annotations: []
  }
  return [terms, approvals]
}

function annotation(problem: Problem): Annotation {
  return {
    path: problem.file,
    startLine: problem.line,
    endLine: problem.endLine ?? problem.line,
    startColumn: problem.column,
    endColumn: problem.endColumn ?? problem.column,
    level: 'failure',
    title: problem.message.slice(0, 250),
    message: formatProblem(problem)
  }
}
