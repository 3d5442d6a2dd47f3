// One amendment onto a contract: whole, or not at all with the reason why (DESIGN §3).
import type { Unapplied, UnappliedCode } from '../../model/agreement.ts'
import type { Amendment, Change } from '../../model/amendment.ts'
import type { Clause, Contract } from '../../model/contract.ts'
import { contractFaults } from '../../model/contract-text.ts'
import { termsDigest } from '../digests.ts'
import { plain, quoted } from '../wording.ts'
import { belowFloor } from './floors.ts'

const mostFaults = 5

/** A contract while amendments are applied to it. Never changed: each step gives a new one. */
export interface Draft {
  clauses: ReadonlyMap<string, Clause>
  /** By clause id: the one amendment that touched it. */
  touched: ReadonlyMap<string, string>
  applied: string[]
}

/** The contract before any amendment. */
export function draftOf(contract: Contract): Draft {
  return { clauses: new Map(Object.entries(contract.clauses)), touched: new Map(), applied: [] }
}

/** The contract that a draft stands for. A struck clause's floors go with it: what is not there is not too loose. */
export function contractOf(contract: Contract, { clauses }: Draft): Contract {
  const floors = contract.floors.filter(({ clause }) => clauses.has(clause))
  return { ...contract, clauses: Object.fromEntries(clauses), floors }
}

/**
 * The draft with the amendment applied; or why nothing of it is: everything that is wrong with its changes, else with
 * their result, whose floors and schema are checked.
 */
export function applyOne(contract: Contract, draft: Draft, amendment: Amendment): Draft | Unapplied[] {
  const { id } = amendment
  const clauses = new Map(draft.clauses)
  const touched = new Map(draft.touched)
  const failures: Unapplied[] = []
  for (const change of amendment.changes) {
    const failure = failureOf(change, draft, touched)
    if (failure !== undefined) failures.push({ id, clause: change.clause, ...failure })
    touched.set(change.clause, id)
    if (change.kind === 'strike') clauses.delete(change.clause)
    else if (change.kind === 'add') clauses.set(change.clause, change.with)
    else clauses.set(change.clause, { ...(clauses.get(change.clause) as Clause), ...change.set })
  }
  if (failures.length > 0) return failures
  for (const { clause } of amendment.changes) {
    const because = belowFloor(contract, clause, clauses.get(clause))
    if (because !== undefined) failures.push({ id, clause, code: 'below-floor', because })
  }
  const next = { clauses, touched, applied: [...draft.applied, id] }
  const invalid = contractFaults(contractOf(contract, next))
    .slice(0, mostFaults)
    .map((fault): Unapplied => {
      return { id, code: 'clause-invalid', because: `The contract would not be valid: ${plain(fault)}` }
    })
  return failures.length + invalid.length === 0 ? next : [...failures, ...invalid]
}

function failureOf(
  change: Change,
  { clauses, touched: before }: Draft,
  touched: ReadonlyMap<string, string>
): { code: UnappliedCode; because: string } | undefined {
  const name = quoted(change.clause)
  const known = clauses.get(change.clause)
  const other = touched.get(change.clause)
  // A reserved id is told as such: it can be added under no arrangement with the amendment that struck it.
  if (change.kind === 'add' && known === undefined && before.has(change.clause)) {
    const because = `The id ${name} belongs to a clause that ${quoted(before.get(change.clause) as string)} strikes.`
    return { code: 'clause-reserved', because }
  }
  if (other !== undefined) return { code: 'conflict', because: `The amendment ${quoted(other)} changes ${name} too.` }
  if (change.kind === 'add') {
    if (known === undefined) return undefined
    return { code: 'clause-exists', because: `The contract has a clause ${name} already.` }
  }
  if (known === undefined) return { code: 'clause-missing', because: `The contract has no clause ${name}.` }
  const digest = termsDigest(known)
  if (change.expects === undefined || change.expects === digest) return undefined
  const because = `The clause ${name} is not as the amendment expects it: its digest is ${digest}.`
  return { code: 'expects-differs', because }
}
