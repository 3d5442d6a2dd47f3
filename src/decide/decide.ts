// Decides one request's pull request from its facts: the heart of the walk (DESIGN §5).
import type { Decision, Outcome, Reason } from '../model/decision.ts'
import type { RequestFacts } from '../model/facts.ts'
import { contextOf } from './context.ts'
import { inputsOf } from './digests.ts'
import { rules } from './rules.ts'

/**
 * Whether this request is allowed, and every reason. Pure, total and deterministic: the same facts give the same bytes
 * (S12), whatever the order in which GitHub listed people, reviews and commits. Anything unknown refuses (S6).
 */
export function decide(facts: RequestFacts): Decision {
  const context = contextOf(facts)
  const reasons = rules.flatMap(rule => rule(context))
  return {
    outcome: outcomeOf(reasons, facts.merge !== null),
    reasons,
    terms: context.terms,
    stages: context.ballot.stages,
    inputs: inputsOf(facts, context.contract)
  }
}

/** Refused where a reason fails for good, waiting where all that fail wait; after the merge nothing waits any more. */
export function outcomeOf(reasons: readonly Reason[], merged: boolean): Outcome {
  const failed = reasons.filter(reason => !reason.holds)
  if (failed.length === 0) return 'allow'
  return !merged && failed.every(reason => reason.waiting === true) ? 'wait' : 'refuse'
}
