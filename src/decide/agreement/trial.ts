// An amendment tried against everything it will meet: when it begins, and wherever another begins or ends (DESIGN §3).
import type { Conformed, MergedAmendment, Unapplied } from '../../model/agreement.ts'
import type { Contract } from '../../model/contract.ts'
import { termsDigest } from '../digests.ts'
import { own } from '../own.ts'
import { boundariesOf, conform } from './conform.ts'
import { givesAnew } from './floors.ts'
import type { TouchedClause } from './stricter.ts'

/** What was found. */
export interface Trial {
  /** The effective contract as the amendment takes effect, without it and with it. */
  before: Conformed
  after: Conformed
  /** The effective contract without it when it is merged, or would be now. */
  atMerge: Conformed
  /** Why it does not apply, each once, with the first instant at which it is so. */
  failures: (Unapplied & { at: Date })[]
  /** Other amendments that would stop applying because of it, and that it does not supersede. */
  displaced: { id: string; at: Date }[]
  /** By clause id: every clause that it names, or whose terms differ with it at some instant; from when on. */
  touched: Map<string, (TouchedClause & { at: Date })[]>
}

/** Tries `mine` among the `others`, at every instant of its window at which they can make a difference. */
export function tryAmendment(contract: Contract, others: readonly MergedAmendment[], mine: MergedAmendment): Trial {
  const { id, effective, changes, supersedes } = mine.amendment
  const { fromAt, untilAt = contract.effective.untilAt } = effective
  const until = Math.min(untilAt.getTime(), contract.effective.untilAt.getTime())
  const later = boundariesOf(others).filter(at => at > fromAt && at.getTime() < until)
  const rounds = [fromAt, ...later].map(at => {
    return { at, before: conform(contract, others, at), after: conform(contract, [...others, mine], at) }
  })
  const failures = new Map<string, Trial['failures'][number]>()
  const displaced = new Map<string, Trial['displaced'][number]>()
  const touched: Trial['touched'] = new Map()
  const named = new Set(changes.map(({ clause }) => clause))
  for (const { at, before, after } of rounds) {
    for (const failure of after.unapplied.filter(unapplied => unapplied.id === id)) {
      const key = `${failure.code} ${failure.clause ?? failure.because}`
      if (!failures.has(key)) failures.set(key, { ...failure, at })
    }
    const kept = new Set([...after.applied, ...supersedes])
    for (const other of before.applied) {
      if (!kept.has(other) && !displaced.has(other)) displaced.set(other, { id: other, at })
    }
    for (const [clause, terms] of touchedBy(contract, before, after, named)) {
      touched.set(clause, [...(touched.get(clause) ?? []), { ...terms, at }])
    }
  }
  const { before, after } = rounds[0] as (typeof rounds)[number]
  const atMerge = conform(contract, others, mine.mergedAt)
  return { before, after, atMerge, failures: [...failures.values()], displaced: [...displaced.values()], touched }
}

function touchedBy(
  base: Contract,
  { contract: before }: Conformed,
  { contract: after }: Conformed,
  named: ReadonlySet<string>
): [string, TouchedClause][] {
  const ids = new Set([...named, ...Object.keys(before.clauses), ...Object.keys(after.clauses)])
  return [...ids].flatMap((id): [string, TouchedClause][] => {
    const terms = {
      base: own(base.clauses, id) ?? null,
      before: own(before.clauses, id) ?? null,
      after: own(after.clauses, id) ?? null
    }
    const { after: clause } = terms
    // The same object is the same terms; most clauses are that.
    const same = terms.before === terms.after || termsDigest(terms.before) === termsDigest(terms.after)
    if (same && !named.has(id)) return []
    const others = [base, before].flatMap(({ clauses }) => Object.entries(clauses).filter(([other]) => other !== id))
    const kin = others.flatMap(([, other]) => {
      return clause !== null && givesAnew(clause, other, terms.before ?? undefined) ? [other] : []
    })
    return [[id, { ...terms, kin }]]
  })
}
