// When to look again although nothing has happened: the next instant at which time alone changes the decision.
import type { RequestFacts } from '../model/facts.ts'
import { contextOf } from './context.ts'
import { farthestStartMs } from './start-in-reach.ts'

/**
 * The first instant after now at which `decide` may say something else on otherwise the same facts; until then it gives
 * the same bytes. Undefined where time changes nothing more: after the merge, the decision is for good.
 */
export function nextTime(facts: RequestFacts): Date | undefined {
  if (facts.merge !== null) return undefined
  const { request, contract, subject, opening, durationSeconds, directory, stages } = contextOf(facts)
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
    opening?.closeAt?.getTime()
  ]
  const ahead = instants.filter(instant => instant !== undefined && instant > facts.now.getTime()) as number[]
  return ahead.length === 0 ? undefined : new Date(Math.min(...ahead))
}
