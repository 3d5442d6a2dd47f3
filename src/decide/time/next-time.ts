// When to look again although nothing has happened: the next instant at which time alone changes the decision.
import type { RequestFacts } from '../../model/facts.ts'
import { amendmentBoundaries } from '../agreed.ts'
import { contextOf } from '../context.ts'
import type { Context } from '../context.ts'
import { conditionReadsClock } from '../policy/condition.ts'
import { farthestStartMs } from '../rules/start-in-reach.ts'

const quarterMs = 900_000

/**
 * The first instant after now at which `decide` may say something else on otherwise the same facts; until then it gives
 * the same bytes. Undefined where time changes nothing more: after the merge, the decision is for good. An expression
 * that reads the clock is asked again each quarter of an hour, at which the hours and days of every zone begin; what it
 * says between is told at the merge, where it counts.
 */
export function nextTime(facts: RequestFacts): Date | undefined {
  if (facts.merge !== null) return undefined
  const context = contextOf(facts)
  const { request, contract, subject, opening, durationSeconds, directory, stages } = context
  const { fromAt, untilAt } = contract?.effective ?? {}
  // A millisecond later: access that ends with the contract to the instant still fits.
  const lastFit = untilAt === undefined ? undefined : untilAt.getTime() - (durationSeconds ?? 0) * 1_000 + 1
  const start = request?.startAt?.getTime()
  // An approver who leaves does not count any more.
  const leaving = (directory?.people ?? []).filter(({ github }) =>
    github.some(({ id }) => stages.some(({ electorate }) => electorate.members.has(id)))
  )
  const instants = [
    ...leaving.map(({ untilAt }) => untilAt?.getTime()),
    fromAt?.getTime(),
    untilAt?.getTime(),
    lastFit,
    start,
    start === undefined ? undefined : start - farthestStartMs,
    subject?.person.untilAt?.getTime(),
    opening?.openAt.getTime(),
    opening?.closeAt?.getTime(),
    ...(context.breakGlass ? facts.openReviews.map(({ dueAt }) => dueAt.getTime()) : []),
    ...amendmentBoundaries(facts).map(Number),
    ...byExpressions(context)
  ]
  const ahead = instants.filter(instant => instant !== undefined && instant > facts.now.getTime()) as number[]
  return ahead.length === 0 ? undefined : new Date(Math.min(...ahead))
}

function byExpressions({ facts, clause, policies }: Context): number[] {
  const { require = [] } = clause?.conditions ?? {}
  const automatic = clause?.approvals.kind === 'automatic' ? [clause.approvals.when] : []
  const sources = [...require.flatMap(({ when, rule }) => [when ?? 'true', rule]), ...automatic]
  const clock = sources.some(conditionReadsClock) || policies?.some(result => result.clock) === true
  // What is held now, and stands in the way, ends some time.
  const denied = policies?.some(({ verdict }) => verdict === 'denies') === true
  const ends = denied ? facts.holdings.map(({ notAfter }) => notAfter.getTime()) : []
  const again = policies?.flatMap(({ againAt }) => againAt?.getTime() ?? []) ?? []
  const quarter = clock ? [(Math.floor(facts.now.getTime() / quarterMs) + 1) * quarterMs] : []
  return [...ends, ...again, ...quarter]
}
