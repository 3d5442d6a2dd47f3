// Floors: what no amendment may go below, whichever clause it goes through (DESIGN §3).
import type { Clause, Contract, Floor } from '../../model/contract.ts'
import { formatDuration } from '../../model/duration.ts'
import { termsDigest } from '../digests.ts'
import { own } from '../own.ts'
import { implies } from './stricter.ts'
import { counted, quoted } from '../wording.ts'

/**
 * The sentence for the first floor of the contract that `clause`, under `id`, goes below; undefined where it keeps all.
 * An absent clause is below nothing. A floor also holds for every other clause by which an amendment gives what the
 * floored clause gives in the contract and this one did not: else an added clause would be the way around it.
 */
export function belowFloor(contract: Contract, id: string, clause: Clause | undefined): string | undefined {
  if (clause === undefined) return undefined
  for (const floor of contract.floors) {
    const floored: Clause | undefined = own(contract.clauses, floor.clause)
    if (floored === undefined) continue
    if (floor.clause !== id && !givesAnew(clause, floored, own(contract.clauses, id))) continue
    const because = breach(floor, clause, floored) ?? emergencyBreach(floor, clause, floored)
    if (because === undefined) continue
    const whose = floor.clause === id ? '' : ` It gives what ${quoted(floor.clause)} gives, so the floor is the same.`
    return `${because}${whose}`
  }
  return undefined
}

/** How many approvals the clause asks for in all; none where it approves by an expression. */
export function approvalsOf({ approvals }: Clause): number {
  return approvals.kind === 'stages' ? approvals.stages.reduce((sum, stage) => sum + stage.count, 0) : 0
}

function breach({ term, value }: Floor, clause: Clause, floored: Clause): string | undefined {
  switch (term) {
    case 'approvals.count': {
      const count = approvalsOf(clause)
      if (count >= value) return undefined
      return `The contract's floor is ${counted(value, 'approval')}, not ${count}.`
    }
    case 'duration.default':
    case 'duration.max': {
      const name = term === 'duration.max' ? 'longest' : 'default'
      const seconds = clause.duration?.[term === 'duration.max' ? 'maxSeconds' : 'defaultSeconds'] ?? 0
      if (seconds <= value) return undefined
      const [floor, found] = [formatDuration(value), formatDuration(seconds)]
      return `The contract's floor for the ${name} duration is ${floor}, not ${found}.`
    }
    default: {
      const kind = term.slice('conditions.'.length) as 'ticket' | 'window' | 'require'
      const same = termsDigest(clause.conditions[kind] ?? null) === termsDigest(floored.conditions[kind] ?? null)
      return same ? undefined : `The contract's floor keeps the condition "${kind}" as it is.`
    }
  }
}

// Break-glass is no way below a floor; as the contract itself has it, or stricter, it is the contract's own exception.
function emergencyBreach({ term, value }: Floor, { emergency }: Clause, floored: Clause): string | undefined {
  if (emergency === undefined) return undefined
  const own = floored.emergency
  if (term === 'approvals.count') {
    const count = emergency.stages.reduce((sum, stage) => sum + stage.count, 0)
    if (count >= value || (own !== undefined && implies(emergency.stages, own.stages))) return undefined
    return `The contract's floor is ${counted(value, 'approval')}, not ${count} in an emergency.`
  }
  if (term !== 'duration.max' || emergency.maxSeconds <= Math.max(value, own?.maxSeconds ?? 0)) return undefined
  const [floor, found] = [formatDuration(value), formatDuration(emergency.maxSeconds)]
  return `The contract's floor for the longest duration is ${floor}, not ${found} in an emergency.`
}

/** Whether `clause` gives some of what `other` gives, and did not `before`. */
export function givesAnew(clause: Clause, other: Clause, before: Clause | undefined): boolean {
  const gives = new Set(before === undefined ? [] : giftsOf(before))
  const guarded = new Set(giftsOf(other))
  return giftsOf(clause).some(gift => guarded.has(gift) && !gives.has(gift))
}

function giftsOf({ access = [], action }: Clause): string[] {
  const lines = access.map(({ provider, resource, role }) => [provider, resource, role].join('\0'))
  return action === undefined ? lines : [...lines, [action.provider, action.name].join('\0')]
}
