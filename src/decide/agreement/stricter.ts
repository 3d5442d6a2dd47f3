// Who must approve an amendment: the terms before and after it, so that none can loosen its own gate (ledger.md §4).
import type { Clause, Stage } from '../../model/contract.ts'
import type { PrincipalName } from '../../model/principal.ts'
import { termsDigest } from '../digests.ts'
import type { Gate } from '../proposal.ts'

/** One clause at one instant: in the contract itself, without the amendment, and with it. Null: not there. */
export interface TouchedClause {
  base: Clause | null
  before: Clause | null
  after: Clause | null
  /** Other clauses, in the contract or without the amendment, that give something which this one gives only with it. */
  kin: Clause[]
}

/**
 * The gates that the approvals of an amendment must all pass: the stages of each touched clause in the contract itself,
 * before and after the amendment, those of every other clause whose access it comes to give too, and one approval each
 * of the contract's owner and of the owners of the file. Within a gate one person takes one seat; at another they may
 * take one again. A gate that another implies is left out.
 *
 * Whoever changes what is asked for in an emergency also passes what was asked for in one before.
 *
 * Never less than any of them asks for. Cutting one amendment into several, or loosening the gate first, gains
 * nothing: each piece passes the contract's own gate of every clause that it touches. `codeowners` in a clause means
 * the owners of the amendment's file.
 */
export function stricterStages(touched: readonly TouchedClause[], owner: PrincipalName): Gate[] {
  const clauses = touched.flatMap(({ base, before, after, kin }) => [base, before, after, ...kin])
  const gates: Gate[] = clauses.flatMap(clause => {
    return clause?.approvals.kind === 'stages' ? [clause.approvals.stages] : []
  })
  gates.push(...touched.flatMap(emergencyGates))
  gates.push([{ count: 1, from: [owner] }], [{ count: 1, from: ['codeowners'] }])
  return gates.reduce<Gate[]>((kept, gate) => {
    if (kept.some(other => makesNeedless(other, gate))) return kept
    return [...kept.filter(other => !makesNeedless(gate, other)), gate]
  }, [])
}

function emergencyGates({ base, before, after }: TouchedClause): Gate[] {
  const all = [base, before, after].map(clause => clause?.emergency ?? null)
  if (new Set(all.map(termsDigest)).size === 1) return []
  return all.flatMap(emergency => (emergency === null || emergency.stages.length === 0 ? [] : [emergency.stages]))
}

// First stage for first stage, since a commit of somebody unknown makes each gate's first stage ask for one more.
function makesNeedless([first, ...rest]: Gate, [otherFirst, ...otherRest]: Gate): boolean {
  if (otherFirst === undefined) return true
  return first !== undefined && asksAsMuch(first, otherFirst) && implies(rest, otherRest)
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
