// Decides one request's pull request from its facts: the heart of the walk (DESIGN §5).
import type { Decision, Outcome, Reason, Terms } from '../model/decision.ts'
import type { RequestFacts } from '../model/facts.ts'
import { agreedAt } from './agreed.ts'
import { contextOf } from './context.ts'
import type { Context } from './context.ts'
import { inputsOf } from './digests.ts'
import { rules } from './rules.ts'
import type { Rule } from './rules.ts'
import { instant } from './wording.ts'

/**
 * Whether this request is allowed, and every reason. Pure, total and deterministic: the same facts give the same bytes
 * (S12), whatever the order in which GitHub listed people, reviews and commits. Anything unknown refuses (S6).
 */
export function decide(facts: RequestFacts): Decision {
  const now = contextOf(facts)
  const then = contextAtStart(facts, now)
  const reasons = rules.flatMap(rule => (then === null ? rule(now) : worse(rule, now, then)))
  const short = now.ballot.stages.some(stage => stage.missing > 0)
  return {
    outcome: outcomeOf(reasons, facts.merge !== null),
    reasons,
    terms: then === null ? now.terms : bothTerms(now, then),
    clause: (then ?? now).clause,
    stages: (then === null || short ? now : then).ballot.stages,
    standing: now.standing,
    inputs: inputsOf(facts, now.contract, { statements: facts.statements })
  }
}

/** The context under the terms at a scheduled start; null where they are those of now. */
function contextAtStart(facts: RequestFacts, now: Context): Context | null {
  if (!(now.at > facts.now)) return null
  const then = agreedAt(facts, now.request, now.at)
  const digest = then?.conformed?.digest
  return digest === undefined || digest === now.agreed?.conformed?.digest ? null : contextOf(facts, now.at)
}

/** A scheduled request must hold under the terms of now, under which it is approved, and of its start. */
function worse(rule: Rule, now: Context, then: Context): Reason[] {
  const [first, second] = [[rule(now)].flat(), [rule(then)].flat()]
  if (first.some(reason => !reason.holds) || second.every(reason => reason.holds)) return first
  const start = `At its start, ${instant(now.at)}, other terms are in force. `
  return second.filter(reason => !reason.holds).map(reason => ({ ...reason, because: `${start}${reason.because}` }))
}

function bothTerms(now: Context, then: Context): Terms | null {
  if (now.terms === null || then.terms === null) return null
  const latestAt = now.terms.latestAt < then.terms.latestAt ? now.terms.latestAt : then.terms.latestAt
  return { ...then.terms, latestAt }
}

/** Refused where a reason fails for good, waiting where all that fail wait; after the merge nothing waits any more. */
export function outcomeOf(reasons: readonly Reason[], merged: boolean): Outcome {
  const failed = reasons.filter(reason => !reason.holds)
  if (failed.length === 0) return 'allow'
  return !merged && failed.every(reason => reason.waiting === true) ? 'wait' : 'refuse'
}
