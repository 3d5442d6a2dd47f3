// What a pull request that takes request files away should show. Pure.
import type { Action, CheckAction } from '../model/action.ts'
import type { RemovalDecision } from '../model/decision.ts'
import type { RemovalFacts } from '../model/facts.ts'
import { code } from './markdown.ts'
import { addToQueue, check, reasonLines } from './checks.ts'

/** Both checks and the comment. `queued`: only a merge queue merges it. */
export function removalActions(facts: RemovalFacts, decision: RemovalDecision, queued = false): Action[] {
  const body = comment(facts, decision, queued)
  return [...removalChecks(facts, decision), { kind: 'comment', pull: facts.pull.number, body }]
}

/** Both checks. What only waits for an owner is open; what can never be is failed. */
export function removalChecks(facts: RemovalFacts, decision: RemovalDecision): CheckAction[] {
  const approvals = decision.reasons.filter(
    reason => reason.rule === 'may-remove' || reason.rule === 'ready-for-review'
  )
  const terms = decision.reasons.filter(reason => !approvals.includes(reason))
  return [
    check(facts, 'Addendum: terms', terms, 'It removes requests and nothing else', []),
    check(facts, 'Addendum: approvals', approvals, 'It may be removed', [])
  ]
}

function comment(facts: RemovalFacts, decision: RemovalDecision, queued: boolean): string {
  const paths = facts.removals.map(removal => `- ${code(removal.path)}`)
  const live = facts.removals.filter(removal => removal.request?.ended === false).length
  const effect =
    live === 0
      ? 'Nothing is held by it any more.'
      : 'Merging this ends the access at once; it is revoked and read back.'
  const heading = {
    allow: `✅ This ends a request${queued ? `: ${addToQueue}` : ''}`,
    wait: '⏳ Waiting for an owner',
    refuse: '❌ This cannot be removed like this'
  }[decision.outcome]
  return [`### ${heading}`, '', ...paths, '', effect, '', ...reasonLines(decision.reasons)].join('\n')
}
