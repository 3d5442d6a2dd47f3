// How often one person is granted something: a window that slides over the decisions of the ledger.
import { formatDuration } from '../../model/duration.ts'
import type { RecentGrant } from '../../model/facts.ts'
import type { GrantRate } from '../../model/policy.ts'
import { list } from '../wording.ts'

/** Whether a grant of this clause is asked for, and counted, by the rate. */
export function countsTowards({ of }: GrantRate, asked: { contract: string; clause: string }): boolean {
  return of.length === 0 || of.some(one => one.contract === asked.contract && one.clause === asked.clause)
}

/**
 * Null where one more may be granted at `now`; else the first instant at which time alone allows it. A grant counts from its
 * decision until it is exactly `perSeconds` old, so no window of that length ever holds more than `count` decisions. One
 * that the ledger dates later than `now` counts too: clocks of two servers differ, and the order is the ledger's.
 */
export function againAt(rate: GrantRate, grants: readonly RecentGrant[], now: number): Date | null {
  const perMs = rate.perSeconds * 1_000
  const untils = grants.filter(grant => countsTowards(rate, grant)).map(({ decidedAt }) => decidedAt.getTime() + perMs)
  const counting = untils.filter(until => until > now).sort((a, b) => a - b)
  const last = counting.at(-rate.count)
  return last === undefined ? null : new Date(last)
}

/** The rate as a sentence. */
export function rateName({ count, perSeconds, of }: GrantRate): string {
  const times = count === 1 ? 'once' : `${count} times`
  const what =
    of.length === 0
      ? 'access'
      : list(
          of.map(({ contract, clause }) => `${contract}/${clause}`),
          'or'
        )
  return `Nobody is granted ${what} more than ${times} within ${formatDuration(perSeconds)}.`
}
