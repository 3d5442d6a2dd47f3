// What open pull requests of every kind show alike: two checks, reasons in lines, and whom to ask. Pure.
import type { Annotation, CheckAction, CheckName, ReviewersAction } from '../model/action.ts'
import type { Outcome, Reason, RuleId, StageStatus } from '../model/decision.ts'
import type { Known, PullFacts, Review } from '../model/facts.ts'
import { formatProblem } from '../model/problem.ts'
import type { Parsed, Problem } from '../model/problem.ts'
import { code, sentence } from './markdown.ts'

/** The rules that people make hold by reviewing; all others are terms, which the author mends. */
const byReview: ReadonlySet<RuleId> = new Set<RuleId>([
  'approved',
  'not-blocked',
  'duties-separated',
  'content-bound',
  'terms-unchanged',
  'owners-readable',
  'people-known',
  'ready-for-review'
])

/** What the checks need of any proposal. `file`: the one document, with what its parser said. */
export interface Judged {
  pull: PullFacts
  repository: { owner: string }
  reviews: Known<Review[]>
  file: { path: string; parsed: Parsed<unknown> } | null
}

/** What the checks need of any decision. */
export interface Verdict {
  outcome: Outcome
  reasons: Reason[]
  stages: StageStatus[]
}

/**
 * Both checks: terms, with an annotation on each line that is wrong, and approvals. `standing`: the clauses that approvals
 * are for, where the check says so itself.
 */
export function checksOf(
  facts: Judged,
  reasons: readonly Reason[],
  standing: Record<string, string> | null = null
): CheckAction[] {
  const terms = reasons.filter(reason => !byReview.has(reason.rule))
  const approvals = reasons.filter(reason => byReview.has(reason.rule))
  const approved = check(facts, 'Addendum: approvals', approvals, 'Every approval is there', [])
  return [
    check(facts, 'Addendum: terms', terms, 'The terms hold', annotationsOf(facts, terms)),
    standing === null ? approved : { ...approved, clauses: standing }
  ]
}

/** One check that says these reasons: failed where one fails for good, open where all that fail wait. */
export function check(
  facts: { pull: { head: { sha: string } } },
  name: CheckName,
  reasons: Reason[],
  good: string,
  annotations: Annotation[]
): CheckAction {
  const failing = reasons.filter(reason => !reason.holds)
  const refused = failing.filter(reason => reason.waiting !== true)
  const first = refused[0] ?? failing[0]
  return {
    kind: 'check',
    head: facts.pull.head.sha,
    name,
    conclusion: refused.length > 0 ? 'failure' : failing.length > 0 ? null : 'success',
    title: clipped(first === undefined ? good : first.because, 200),
    summary: reasonLines(reasons).join('\n'),
    annotations
  }
}

/** One line a reason, what fails first. What several say in the same words is said once: rules that wait for another. */
export function reasonLines(reasons: Reason[]): string[] {
  const failing = reasons.filter(reason => !reason.holds)
  const holding = reasons.filter(reason => reason.holds)
  const lines = [
    ...failing.map(reason => {
      const todo = reason.todo === undefined ? '' : ` **${sentence(reason.todo)}**`
      return `- ${reason.waiting === true ? '⏳' : '❌'} ${sentence(reason.because)}${todo}`
    }),
    ...holding.filter(reason => reason.warning === true).map(reason => `- ⚠️ ${sentence(reason.because)}`),
    ...holding.filter(reason => reason.warning !== true).map(reason => `- ✅ ${sentence(reason.because)}`)
  ]
  return [...new Set(lines)]
}

function annotationsOf(facts: Judged, reasons: Reason[]): Annotation[] {
  const parsed = facts.file?.parsed
  if (parsed?.ok === false) {
    return parsed.problems.map(problem => annotationOf(problem, facts.file?.path ?? problem.file))
  }
  return reasons.flatMap(reason => {
    if (reason.holds || reason.mark === undefined) return []
    const { path, line, column, endLine, endColumn } = reason.mark
    const level = reason.waiting === true ? ('warning' as const) : ('failure' as const)
    const message = reason.todo === undefined ? reason.because : `${reason.because} ${reason.todo}`
    const place = { path, startLine: line, endLine, startColumn: column, endColumn }
    return [{ ...place, level, title: clipped(reason.because, 250), message }]
  })
}

/**
 * Whom to ask for the reviews that are missing; nobody once somebody has reviewed, since GitHub asks anew by itself.
 */
export function reviewersOf(
  facts: Judged,
  decision: Verdict,
  requested: { users: string[]; teams: string[] }
): ReviewersAction | undefined {
  const open = decision.outcome === 'wait' && facts.pull.state === 'open' && !facts.pull.draft
  const untouched = facts.reviews.known && facts.reviews.value.length === 0
  if (!open || !untouched) return undefined
  const names = [...new Set(decision.stages.filter(stage => stage.missing > 0).flatMap(stage => stage.from))]
  const asked = new Set([...requested.users, ...requested.teams].map(name => name.toLowerCase()))
  const wanted = names.map(name => name.replace(/^@/, '')).filter(name => name !== 'codeowners')
  const own = `${facts.repository.owner.toLowerCase()}/`
  const slugs = wanted.filter(name => name.toLowerCase().startsWith(own)).map(name => name.slice(own.length))
  const teams = slugs.filter(slug => !asked.has(slug.toLowerCase()))
  const author = facts.pull.author.login.toLowerCase()
  const users = wanted.filter(name => {
    return !name.includes('/') && !asked.has(name.toLowerCase()) && name.toLowerCase() !== author
  })
  return teams.length + users.length === 0 ? undefined : { kind: 'reviewers', pull: facts.pull.number, users, teams }
}

/** Who merges where main has a merge queue that the app may not pass. */
export const addToQueue = 'add it to the merge queue'

/** The heading of what an open pull request says; `refused` says what cannot be. `queued`: only a merge queue merges it. */
export function statusOf(
  decision: Verdict,
  { refused = 'This cannot be granted as it stands', queued = false }: { refused?: string; queued?: boolean } = {}
): string {
  if (decision.outcome === 'allow') return `✅ Everything holds: ${queued ? addToQueue : 'this can be merged'}`
  if (decision.outcome === 'refuse') return `❌ ${refused}`
  const missing = distinct(decision.stages).reduce((sum, stage) => sum + stage.missing, 0)
  return missing === 0 ? '⏳ Waiting' : `⏳ Waiting for ${missing} approval${missing === 1 ? '' : 's'}`
}

/** The approvals as a list: how many of whom, by whom they were given, and who could still give them. */
function stageLines(stages: StageStatus[]): string[] {
  if (stages.length === 0) return []
  const lines = distinct(stages).map(stage => {
    const by = stage.approvedBy.map(one => `${code(one.login)} on ${code(one.commit.slice(0, 12))}`)
    const who = stage.from.map(name => code(name)).join(' or ')
    const able = stage.eligible
      .slice(0, 10)
      .map(one => code(one.login))
      .join(', ')
    const could = stage.missing === 0 || able === '' ? '' : `; can be given by ${able}`
    const given = by.length === 0 ? 'nobody yet' : by.join(', ')
    return `- ${stage.missing === 0 ? '✅' : '⏳'} ${stage.count} of ${who}: ${given}${could}`
  })
  return ['#### Approvals', '', ...lines, '']
}

/** What an approver reads first: what is missing, what to note, and the approvals. */
export function openLines({ reasons, stages }: Verdict): string[] {
  const failing = reasons.filter(reason => !reason.holds)
  const warnings = reasons.filter(reason => reason.warning === true)
  return [
    ...(failing.length === 0 ? [] : ['#### What is missing', '', ...reasonLines(failing), '']),
    ...(warnings.length === 0 ? [] : ['#### Please note', '', ...reasonLines(warnings), '']),
    ...stageLines(stages)
  ]
}

/** How a comment ends: what holds, folded away, and what was decided on; `again` says what asks for approval anew. */
export function closingLines(
  { pull, rules }: { pull: PullFacts; rules: { commit: string } },
  { reasons }: Verdict,
  again: string
): string[] {
  const holding = reasons.filter(reason => reason.holds && reason.warning !== true)
  const decided = `Decided for head ${code(pull.head.sha.slice(0, 12))} under the rules of ${code(rules.commit.slice(0, 12))}`
  return [
    `<details><summary>What holds (${holding.length} of ${reasons.length})</summary>`,
    '',
    ...reasonLines(holding),
    '',
    '</details>',
    '',
    `<sub>${decided}. ${again}</sub>`
  ]
}

/** Gates that ask the same of the same people, once: one approval passes them all. */
function distinct(stages: readonly StageStatus[]): StageStatus[] {
  const keyOf = ({ count, missing, from }: StageStatus): string => JSON.stringify([count, missing, from])
  return [...new Map(stages.map(stage => [keyOf(stage), stage])).values()]
}

/** One problem of a parser on its exact place. */
export function annotationOf(problem: Problem, path: string): Annotation {
  return {
    path,
    startLine: problem.line,
    endLine: problem.endLine ?? problem.line,
    startColumn: problem.column,
    endColumn: problem.endColumn ?? problem.column,
    level: 'failure',
    title: clipped(problem.message, 250),
    message: formatProblem(problem)
  }
}

/** `text`, cut to `longest` characters. */
export function clipped(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}
