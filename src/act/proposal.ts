// What an open request's pull request should show: two checks, one comment, and whom to ask. Pure.
import type { Action } from '../model/action.ts'
import type { Decision } from '../model/decision.ts'
import type { RequestFacts } from '../model/facts.ts'
import { settingsOrDefault } from '../model/settings.ts'
import { mustQueue } from '../model/protection.ts'
import { checksOf, closingLines, openLines, reviewersOf, statusOf } from './checks.ts'
import { headingOf, summaryOf } from './summary.ts'
import type { Asked } from './summary.ts'

/** Everything that the pull request should say now, the checks first, since they gate. */
export function proposalActions(
  facts: RequestFacts,
  decision: Decision,
  requested: { users: string[]; teams: string[] }
): Action[] {
  const actions: Action[] = checksOf(facts, decision.reasons, decision.standing)
  const reviewers = reviewersOf(facts, decision, requested)
  if (reviewers !== undefined) actions.push(reviewers)
  return [...actions, { kind: 'comment', pull: facts.pull.number, body: proposalComment(facts, decision) }]
}

/** The comment that an approver decides from. */
export function proposalComment(facts: RequestFacts, decision: Decision): string {
  const asked = askedOf(facts, decision)
  const { zone } = settingsOrDefault(facts.rules.settings)
  return [
    `### ${statusOf(decision, { queued: mustQueue(facts.protection) })}`,
    '',
    ...(asked === null ? [] : [`**${headingOf(asked)}**`, '', ...summaryOf(asked, zone), '']),
    ...openLines(decision),
    ...closingLines(facts, decision, 'A new commit, or a change of the clause, asks for approval again.')
  ].join('\n')
}

function askedOf(facts: RequestFacts, decision: Decision): Asked | null {
  if (facts.file === null || !facts.file.parsed.ok) return null
  const request = facts.file.parsed.value
  const contract = facts.rules.contract.parsed?.ok === true ? facts.rules.contract.parsed.value : null
  const durationSeconds = decision.terms?.durationSeconds ?? request.durationSeconds ?? null
  return { request, contract, clause: decision.clause, amendedBy: decision.terms?.amendedBy ?? null, durationSeconds }
}
