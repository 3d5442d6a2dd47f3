// What an open request's pull request should show: two checks, one comment, and whom to ask. Pure: facts and decision in, actions out.
import type { Action, Annotation, CheckAction } from '../model/action.ts'
import type { Decision, Reason, RuleId, StageStatus } from '../model/decision.ts'
import type { RequestFacts } from '../model/facts.ts'
import { formatProblem } from '../model/problem.ts'
import { defaultSettings } from '../model/settings.ts'
import { code } from './markdown.ts'
import { headingOf, summaryOf } from './summary.ts'
import type { Asked } from './summary.ts'

/** The rules that people make hold by reviewing; all others are terms, which the author mends. */
const byReview: ReadonlySet<RuleId> = new Set<RuleId>([
  'approved',
  'not-blocked',
  'duties-separated',
  'content-bound',
  'owners-readable',
  'people-known',
  'ready-for-review'
])

/** Everything that the pull request should say now, the checks first, since they gate. */
export function proposalActions(facts: RequestFacts, decision: Decision, requested: { users: string[]; teams: string[] }): Action[] {
  const actions: Action[] = [termsCheck(facts, decision), approvalsCheck(facts, decision)]
  const reviewers = reviewersOf(facts, decision, requested)
  if (reviewers !== undefined) actions.push(reviewers)
  return [...actions, { kind: 'comment', pull: facts.pull.number, body: proposalComment(facts, decision) }]
}

function termsCheck(facts: RequestFacts, decision: Decision): CheckAction {
  const reasons = decision.reasons.filter(reason => !byReview.has(reason.rule))
  return check(facts, 'Addendum: terms', reasons, 'The terms hold', annotationsOf(facts, reasons))
}

function approvalsCheck(facts: RequestFacts, decision: Decision): CheckAction {
  const reasons = decision.reasons.filter(reason => byReview.has(reason.rule))
  return check(facts, 'Addendum: approvals', reasons, 'Every approval is there', [])
}

function check(facts: RequestFacts, name: CheckAction['name'], reasons: Reason[], good: string, annotations: Annotation[]): CheckAction {
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

/** One line a reason, what fails first. */
export function reasonLines(reasons: Reason[]): string[] {
  const failing = reasons.filter(reason => !reason.holds)
  const holding = reasons.filter(reason => reason.holds)
  return [
    ...failing.map(reason => `- ${reason.waiting === true ? '⏳' : '❌'} ${sentence(reason.because)}${reason.todo === undefined ? '' : ` **${sentence(reason.todo)}**`}`),
    ...holding.filter(reason => reason.warning === true).map(reason => `- ⚠️ ${sentence(reason.because)}`),
    ...holding.filter(reason => reason.warning !== true).map(reason => `- ✅ ${sentence(reason.because)}`)
  ]
}

/** Reasons quote through `quoted`, in double quotes; here every such quotation becomes a code span, and the rest is made harmless. */
function sentence(text: string): string {
  return text
    .split(/("(?:[^"\\]|\\.)*")/)
    .map((part, index) => (index % 2 === 1 ? code(part.slice(1, -1).replaceAll('\\"', '"')) : part.replace(/@[\w-]+(?:\/[\w.-]*\w)?/g, name => code(name)).replace(/[<>]/g, '')))
    .join('')
}

function annotationsOf(facts: RequestFacts, reasons: Reason[]): Annotation[] {
  const parsed = facts.file?.parsed
  if (parsed?.ok === false) {
    return parsed.problems.map(problem => ({
      path: facts.file?.path ?? problem.file,
      startLine: problem.line,
      endLine: problem.endLine ?? problem.line,
      startColumn: problem.column,
      endColumn: problem.endColumn ?? problem.column,
      level: 'failure' as const,
      title: clipped(problem.message, 250),
      message: formatProblem(problem)
    }))
  }
  return reasons.flatMap(reason => {
    if (reason.holds || reason.mark === undefined) return []
    const { path, line, column, endLine, endColumn } = reason.mark
    const level = reason.waiting === true ? ('warning' as const) : ('failure' as const)
    const message = reason.todo === undefined ? reason.because : `${reason.because} ${reason.todo}`
    return [{ path, startLine: line, endLine, startColumn: column, endColumn, level, title: clipped(reason.because, 250), message }]
  })
}

function reviewersOf(facts: RequestFacts, decision: Decision, requested: { users: string[]; teams: string[] }): Action | undefined {
  const open = decision.outcome === 'wait' && facts.pull.state === 'open' && !facts.pull.draft
  const untouched = facts.reviews.known && facts.reviews.value.length === 0
  if (!open || !untouched) return undefined
  const names = [...new Set(decision.stages.filter(stage => stage.missing > 0).flatMap(stage => stage.from))]
  const asked = new Set([...requested.users, ...requested.teams].map(name => name.toLowerCase()))
  const wanted = names.map(name => name.replace(/^@/, '')).filter(name => name !== 'codeowners')
  const own = `${facts.repository.owner.toLowerCase()}/`
  const teams = wanted.filter(name => name.toLowerCase().startsWith(own)).map(name => name.slice(own.length)).filter(slug => !asked.has(slug.toLowerCase()))
  const author = facts.pull.author.login.toLowerCase()
  const users = wanted.filter(name => !name.includes('/') && !asked.has(name.toLowerCase()) && name.toLowerCase() !== author)
  return teams.length + users.length === 0 ? undefined : { kind: 'reviewers', pull: facts.pull.number, users, teams }
}

/** The comment that an approver decides from. */
export function proposalComment(facts: RequestFacts, decision: Decision): string {
  const asked = askedOf(facts, decision)
  const zone = facts.rules.settings.parsed?.ok === true ? facts.rules.settings.parsed.value.zone : defaultSettings.zone
  const failing = decision.reasons.filter(reason => !reason.holds)
  const warnings = decision.reasons.filter(reason => reason.warning === true)
  const holding = decision.reasons.filter(reason => reason.holds && reason.warning !== true)
  return [
    `### ${statusOf(decision)}`,
    '',
    ...(asked === null ? [] : [`**${headingOf(asked)}**`, '', ...summaryOf(asked, zone), '']),
    ...(failing.length === 0 ? [] : ['#### What is missing', '', ...reasonLines(failing), '']),
    ...(warnings.length === 0 ? [] : ['#### Please note', '', ...reasonLines(warnings), '']),
    ...stageLines(decision.stages),
    `<details><summary>What holds (${holding.length} of ${decision.reasons.length})</summary>`,
    '',
    ...reasonLines(holding),
    '',
    '</details>',
    '',
    `<sub>Decided for head ${code(facts.pull.head.sha.slice(0, 12))} under the rules of ${code(facts.rules.commit.slice(0, 12))}. Any new commit asks for approval again.</sub>`
  ].join('\n')
}

function statusOf(decision: Decision): string {
  if (decision.outcome === 'allow') return '✅ Everything holds: this can be merged'
  if (decision.outcome === 'refuse') return '❌ This cannot be granted as it stands'
  const missing = decision.stages.reduce((sum, stage) => sum + stage.missing, 0)
  return missing === 0 ? '⏳ Waiting' : `⏳ Waiting for ${missing} approval${missing === 1 ? '' : 's'}`
}

function stageLines(stages: StageStatus[]): string[] {
  if (stages.length === 0) return []
  const lines = stages.map(stage => {
    const by = stage.approvedBy.map(one => `${code(one.login)} on ${code(one.commit.slice(0, 12))}`)
    const who = stage.from.map(name => code(name)).join(' or ')
    const could = stage.missing === 0 || stage.eligible.length === 0 ? '' : `; can be given by ${stage.eligible.slice(0, 10).map(one => code(one.login)).join(', ')}`
    return `- ${stage.missing === 0 ? '✅' : '⏳'} ${stage.count} of ${who}: ${by.length === 0 ? 'nobody yet' : by.join(', ')}${could}`
  })
  return ['#### Approvals', '', ...lines, '']
}

function askedOf(facts: RequestFacts, decision: Decision): Asked | null {
  if (facts.file === null || !facts.file.parsed.ok) return null
  const request = facts.file.parsed.value
  const contract = facts.rules.contract.parsed?.ok === true ? facts.rules.contract.parsed.value : null
  const clause = contract !== null && Object.hasOwn(contract.clauses, request.clause) ? (contract.clauses[request.clause] ?? null) : null
  return { request, contract, clause, durationSeconds: decision.terms?.durationSeconds ?? request.durationSeconds ?? null }
}

function clipped(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}
