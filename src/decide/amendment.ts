// Decides one amendment's pull request from its facts: the same walk as a request's (DESIGN §3, §5).
import type { AmendmentDecision } from '../model/decision.ts'
import type { AmendmentFacts } from '../model/facts.ts'
import { boundariesOf } from './agreement/conform.ts'
import { amendmentContextOf } from './agreement/context.ts'
import { redline } from './agreement/redline.ts'
import { amendmentRules } from './agreement/rules.ts'
import { outcomeOf } from './decide.ts'
import { inputsOf } from './digests.ts'

/**
 * Whether this amendment may take effect, and every reason. Pure, total and deterministic, as `decide()` is: the same
 * facts give the same bytes (S12), in whatever order they are listed; anything unknown refuses (S6).
 */
export function decideAmendment(facts: AmendmentFacts): AmendmentDecision {
  const context = amendmentContextOf(facts)
  const { trial, contract, ballot, standing } = context
  const reasons = amendmentRules.flatMap(rule => rule(context))
  const applies = trial !== null && trial.failures.length === 0
  const terms = trial?.before.contract ?? contract
  return {
    outcome: outcomeOf(reasons, facts.merge !== null),
    reasons,
    stages: ballot.stages,
    touched: [...(trial?.touched.keys() ?? [])].sort(),
    redline: applies ? redline(trial.before, trial.after) : [],
    effective: applies ? { before: trial.before.digest, after: trial.after.digest } : null,
    standing,
    inputs: inputsOf(facts, terms, { statements: facts.statements })
  }
}

/**
 * The first instant after now at which `decideAmendment` may say something else on otherwise the same facts: when its
 * `from` is past, when another amendment begins or ends, when the contract ends, or when an approver leaves. Undefined
 * after the merge.
 */
export function nextAmendmentTime(facts: AmendmentFacts): Date | undefined {
  if (facts.merge !== null) return undefined
  const { amendment, contract, directory, stages } = amendmentContextOf(facts)
  // `from` itself is still in time; a millisecond later is not.
  const past = amendment === null ? NaN : amendment.effective.fromAt.getTime() + 1
  const leaving = (directory?.people ?? []).filter(({ github }) =>
    github.some(({ id }) => stages.some(({ electorate }) => electorate.members.has(id)))
  )
  const others = facts.amendments.known ? boundariesOf(facts.amendments.value) : []
  const ends = [past, contract?.effective.untilAt, ...others, ...leaving.map(({ untilAt }) => untilAt)].map(Number)
  const ahead = ends.filter(end => end > facts.now.getTime())
  return ahead.length === 0 ? undefined : new Date(Math.min(...ahead))
}
