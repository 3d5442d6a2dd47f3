// What an open amendment's pull request should show: what it changes, for whom, and what it would have changed. Pure.
import type { Action, StatementAction } from '../model/action.ts'
import type { ClauseChange, Direction } from '../model/agreement.ts'
import type { Amendment } from '../model/amendment.ts'
import type { AmendmentDecision } from '../model/decision.ts'
import { digestOf } from '../model/digest.ts'
import type { AmendmentFacts } from '../model/facts.ts'
import { settingsOrDefault } from '../model/settings.ts'
import { checksOf, clipped, closingLines, openLines, reviewersOf, statusOf } from './checks.ts'
import { code, fenced, item, prose, sentence } from './markdown.ts'
import { instant } from './summary.ts'

/** What the past says of it: every request of the contract decided again, with the amendment and without. */
export interface ImpactTold {
  requests: number
  allowedToRefused: number
  refusedToAllowed: number
  unjudged: Readonly<Record<string, number>>
  /** When the newest was decided of those that were left unread. */
  newestNotRead: Date | null
  live: readonly { pr: number; clause: string; until: string; after: string }[]
  examples: readonly { pr: number; clause: string; before: JudgedOnce; after: JudgedOnce }[]
}

interface JudgedOnce {
  verdict: 'allow' | 'refuse'
  because: string | null
}

/** What is told beside facts and decision. `reach`: sentences of who could ask for what; `impact` null: not known. */
export interface AmendmentTold {
  requested: { users: string[]; teams: string[] }
  /** Only a merge queue merges it. */
  queued: boolean
  reach: readonly string[]
  impact: ImpactTold | null
}

/**
 * Both checks with their annotations, whom to ask, the comment that an approver decides from and, when that is there, the
 * statement of what approvals are for from then on.
 */
export function amendmentActions(facts: AmendmentFacts, decision: AmendmentDecision, told: AmendmentTold): Action[] {
  const reviewers = reviewersOf(facts, decision, told.requested)
  const comment: Action = { kind: 'comment', pull: facts.pull.number, body: amendmentComment(facts, decision, told) }
  const { withdrawn, stated } = statementsOf(facts, decision)
  const asked = reviewers === undefined ? [] : [reviewers]
  return [...checksOf(facts, decision.reasons), ...asked, ...withdrawn, comment, ...stated]
}

/**
 * A statement is never on the page beside another redline than its own: one that is over is withdrawn before the comment
 * changes, and the next is made when the comment is there. Where the amendment does not apply there is none.
 */
function statementsOf(
  { pull, statements }: AmendmentFacts,
  { standing }: AmendmentDecision
): { withdrawn: StatementAction[]; stated: StatementAction[] } {
  const last = statements[pull.head.sha]?.at(-1)?.clauses ?? {}
  if (digestOf(last) === digestOf(standing ?? {})) return { withdrawn: [], stated: [] }
  const say = (clauses: Record<string, string>): StatementAction[] => {
    return [{ kind: 'statement', head: pull.head.sha, clauses }]
  }
  return {
    withdrawn: Object.keys(last).length === 0 ? [] : say({}),
    stated: standing === null ? [] : say(standing)
  }
}

/** GitHub takes 65,536 characters. */
const longest = 60_000

/** The comment: what changes in words and in lines, who gains and loses, and what is missing. */
export function amendmentComment(facts: AmendmentFacts, decision: AmendmentDecision, told: AmendmentTold): string {
  const amendment = facts.file?.parsed.ok === true ? facts.file.parsed.value : null
  const { zone } = settingsOrDefault(facts.rules.settings)
  const opening = [
    `### ${statusOf(decision, { refused: 'This cannot take effect as it stands', queued: told.queued })}`,
    '',
    ...(amendment === null ? [] : amendmentLines(amendment, zone)),
    ...openLines(decision)
  ]
  const again = 'Approval is asked for again after any new commit, and when a clause that it touches changes.'
  const closing = closingLines(facts, decision, again)
  const middle = [...redlineLines(decision.redline), ...reachLines(told.reach), ...impactLines(told.impact)].join('\n')
  const room = longest - opening.join('\n').length - closing.join('\n').length
  // Cut between the parts and never inside a fence.
  const shown = middle.length <= room ? middle : `${summaryOnly(decision.redline)}\n`
  return [...opening, shown, ...closing].join('\n')
}

/** The head of every comment on an amendment: what it is, and from when to when. */
export function amendmentLines({ id, contract, effective, reason, transition }: Amendment, zone: string): string[] {
  const { fromAt, untilAt } = effective
  const end = untilAt === undefined ? ', for good' : ` until ${instant(untilAt, zone)}`
  const grants = transition === 'keep' ? 'keep what they were granted' : 'end earlier where the new terms are stricter'
  return [
    `**${code(id)} amends ${code(contract)}**`,
    '',
    item('Why', code(reason, 500)),
    item('In force', `from ${instant(fromAt, zone)}${end}`),
    item('Live grants', grants),
    ''
  ]
}

const marks: Record<Direction, string> = { looser: '🔓', stricter: '🔒', other: '▫️' }
const verbs: Record<ClauseChange['kind'], string> = { added: 'is added', amended: 'is amended', struck: 'is struck' }

function redlineLines(redline: readonly ClauseChange[]): string[] {
  if (redline.length === 0) return []
  const clauses = redline.flatMap(change => {
    const after = change.diff.filter(line => !line.startsWith('- ')).map(line => line.slice(2))
    const controls = change.controls.map(control => code(control)).join(', ')
    return [
      `##### ${code(change.clause)} ${verbs[change.kind]}: ${prose(change.title)}`,
      '',
      ...change.fields.map(field => `- ${marks[field.direction]} ${sentence(field.sentence)}`),
      ...(controls === '' ? [] : [item('Controls touched', controls)]),
      '',
      ...fenced(change.diff.join('\n'), 'diff'),
      '',
      ...(change.kind === 'struck' ? [] : conformedLines(after))
    ]
  })
  return ['#### What changes', '', ...clauses]
}

function conformedLines(lines: readonly string[]): string[] {
  const text = fenced(lines.join('\n'), 'yaml')
  return ['<details><summary>The clause as it would be</summary>', '', ...text, '', '</details>', '']
}

function summaryOnly(redline: readonly ClauseChange[]): string {
  const lines = redline.map(({ clause, kind, fields }) => `- ${code(clause)} ${verbs[kind]}, in ${fields.length} terms`)
  const rest = 'The whole is too long for a comment; `addendum conform` prints it.'
  return ['#### What changes', '', ...lines.slice(0, 100), '', rest].join('\n')
}

function reachLines(reach: readonly string[]): string[] {
  if (reach.length === 0) return ['#### Who could ask', '', '- Nobody gains or loses the right to ask.', '']
  return ['#### Who could ask', '', ...reach.map(one => `- ${sentence(one)}`), '']
}

function impactLines(impact: ImpactTold | null): string[] {
  if (impact === null) return []
  const { requests, allowedToRefused, refusedToAllowed, unjudged, newestNotRead, live, examples } = impact
  const { 'not-read': left = 0, ...others } = unjudged
  const unknown = Object.values(others).reduce((sum, count) => sum + count, 0)
  const until = newestNotRead === null ? '' : `, the newest of ${newestNotRead.toISOString().slice(0, 10)}`
  const whole = 'In a clone `addendum impact` decides all of them; here a part of them is read each hour.'
  const out = live.filter(({ after }) => after === 'refuse').length
  const lost = out === 0 ? '' : `, of which ${out} would be out of terms`
  const shown = examples.map(({ pr, clause, before, after }) => {
    const because = (after.verdict === 'refuse' ? after : before).because
    const why = because === null ? '' : `: ${sentence(clipped(because, 200))}`
    return `  - #${pr} under ${code(clause)} was ${past[before.verdict]} and would be ${past[after.verdict]}${why}`
  })
  return [
    '#### Had it been in force',
    '',
    item('Past requests', `${requests - left} decided again under this contract`),
    ...(left === 0 ? [] : [item('Left out', `${left} that were not read yet${until}. ${whole}`)]),
    item('Allowed, would be refused', String(allowedToRefused)),
    item('Refused, would be allowed', String(refusedToAllowed)),
    ...(unknown === 0 ? [] : [item('Could not be judged again', String(unknown))]),
    item('Live grants under what changes', `${live.length}${lost}`),
    ...(shown.length === 0 ? [] : ['- **For example**', ...shown]),
    ''
  ]
}

const past = { allow: 'allowed', refuse: 'refused' } as const
