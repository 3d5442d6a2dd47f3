// Who must approve an amendment: the terms before and after it, so that none can loosen its own gate (ledger.md §4).
import type { Clause, Stage } from '../../model/contract.ts'
import type { PrincipalName } from '../../model/principal.ts'
import type { Gate } from '../proposal.ts'

/** One clause at one instant: in the contract itself, without the amendment, and with it. Null: not there. */
export interface TouchedClause {
  base: Clause | null
  before: Clause | null
  after: Clause | null
}

/**
 * The gates that the approvals of an amendment must all pass: the stages of each touched clause in the contract itself,
 * before and after the amendment, and one approval each of the contract's owner and of the owners of the file. Within a
 * gate one person takes one seat; at another gate they may take one again. A gate that another implies is left out.
 *
 * Never less than any of them asks for. Cutting one amendment into several, or loosening the gate first, gains
 * nothing: each piece passes the contract's own gate of every clause that it touches. `codeowners` in a clause means
 * the owners of the amendment's file.
 */
export function stricterStages(touched: readonly TouchedClause[], owner: PrincipalName): Gate[] {
  const clauses = touched.flatMap(({ base, before, after }) => [base, before, after])
  const gates: Gate[] = clauses.flatMap(clause => {
    return clause?.approvals.kind === 'stages' ? [clause.approvals.stages] : []
  })
  gates.push([{ count: 1, from: [owner] }], [{ count: 1, from: ['codeowners'] }])
  return gates.reduce<Gate[]>((kept, gate) => {
    if (kept.some(other => implies(other, gate))) return kept
    return [...kept.filter(other => !implies(gate, other)), gate]
  }, [])
}

/** Whether whoever passes `gate` passes `other`: each stage there has one here that asks as much of fewer. */
export function implies(gate: Gate, other: Gate): boolean {
  const [first, ...rest] = other
  if (first === undefined) return true
  return gate.some((stage, index) => asksAsMuch(stage, first) && implies(gate.toSpliced(index, 1), rest))
}

function asksAsMuch(stage: Stage, other: Stage): boolean {
  const names = new Set(other.from.map(name => name.toLowerCase()))
  return stage.count >= other.count && stage.from.every(name => names.has(name.toLowerCase()))
}
