// What an amendment is approved for: the clauses that it touches, as they stand (ledger.md §4).
import type { Clause, Contract } from '../../model/contract.ts'
import { wholeTerms } from '../ballot/standing.ts'
import { termsDigest } from '../digests.ts'
import { own } from '../own.ts'
import type { Trial } from './trial.ts'

/**
 * By clause that the amendment touches: one digest of its terms when the amendment is merged, and in all its window: in
 * the contract itself, without the amendment, and with it. Whom a clause leaves to the contract is among its terms. One
 * that is added stands on the contract's parties and window too. Clauses that it does not touch count for nothing.
 */
export function standingTerms(contract: Contract, { atMerge, touched }: Trial): Record<string, string> {
  const { parties, effective } = contract
  const whole = (clause: Clause | null): object | null => wholeTerms(clause, contract)
  const each = [...touched].map(([id, rounds]): [string, string] => {
    const window = rounds.map(({ at, base, before, after }) => {
      return { at, terms: { base: whole(base), before: whole(before), after: whole(after) } }
    })
    // An instant at which only others begin or end is no change of this clause.
    const turns = window.filter(({ terms }, index) => {
      const last = window[index - 1]
      return last === undefined || termsDigest(last.terms) !== termsDigest(terms)
    })
    const adds = rounds.some(({ before, after }) => before === null && after !== null)
    const ground = adds ? { parties, effective } : null
    return [id, termsDigest({ atMerge: whole(own(atMerge.contract.clauses, id) ?? null), turns, ground })]
  })
  return Object.fromEntries(each.sort(([a], [b]) => (a < b ? -1 : 1)))
}
