// The effective contract: what was agreed at any instant, by contract and amendments (DESIGN §3, ledger.md §4).
import type { Conformed, MergedAmendment, Provenance, Unapplied } from '../../model/agreement.ts'
import type { Clause, Contract } from '../../model/contract.ts'
import { writeContract } from '../../model/contract-text.ts'
import { largeBytes } from '../../model/schema.ts'
import { effectiveDigest, termsDigest } from '../digests.ts'
import { own } from '../own.ts'
import { quoted } from '../wording.ts'
import { applyOne, contractOf, draftOf } from './apply.ts'
import type { Draft } from './apply.ts'

export type { Conformed, MergedAmendment } from '../../model/agreement.ts'

/**
 * The contract with every amendment that is in force at `at`. Pure, total and deterministic: any instant can be asked,
 * and the order in which the amendments are listed changes no byte.
 *
 * In force: of this contract, `fromAt <= at < untilAt`. They are applied by effective date, then merge time, then id
 * (DFARS 204.7007), each whole or not at all; what fails is in `unapplied` and changes nothing, not even what it would
 * supersede. `supersedes` takes an amendment that was merged before out, for as long as the one that names it is
 * applied; one that is itself taken out takes nobody out. Ids of struck clauses are reserved while the strike is in
 * force; when it lapses the clause is back, so the id is never free. After a lapse nothing is left: the contract is as
 * if the amendment had never been.
 */
export function conform(contract: Contract, amendments: readonly MergedAmendment[], at: Date): Conformed {
  const mine = amendments.filter(({ amendment }) => amendment.contract === contract.id)
  const { live, repeated } = liveAt(mine, at)
  const failed = new Map<MergedAmendment, Unapplied[]>()
  for (;;) {
    const standing = live.filter(merged => !failed.has(merged))
    const out = takenOut(standing)
    const { draft, unapplied } = applyAll(
      contract,
      standing.filter(merged => !out.has(merged))
    )
    // What fails takes nobody out: with what it names back in their places, everything is applied anew.
    const named = new Set(out.values())
    const culprit = [...unapplied.keys()].find(merged => named.has(merged))
    if (culprit !== undefined) failed.set(culprit, unapplied.get(culprit) as Unapplied[])
    else return finish(contract, draft, unappliedOf(live, { repeated, out, failed, unapplied }))
  }
}

/** The instants at which the effective contract can change, in order; between two of them it is the same. */
export function boundariesOf(amendments: readonly MergedAmendment[]): Date[] {
  const instants = amendments.flatMap(({ amendment }) => {
    const { fromAt, untilAt } = amendment.effective
    return [fromAt.getTime(), untilAt?.getTime() ?? NaN]
  })
  const known = [...new Set(instants.filter(Number.isFinite))]
  return known.sort((a, b) => a - b).map(instant => new Date(instant))
}

/**
 * The effective contract as YAML, itself a valid contract that parses to the same one. A comment over each clause says
 * where its terms come from, comments at the end what is struck; they name ids only, and are left out where the file
 * would grow too long with them.
 */
export function contractYaml({ contract, provenance, reserved }: Conformed): string {
  const clauses = Object.fromEntries(
    Object.entries(provenance).map(([clause, from]) => [clause, from.by === 'contract' ? 'contract' : noteOf(from.id)])
  )
  const end = Object.entries(reserved).map(([clause, amendment]) => `${clause}: struck by ${noteOf(amendment)}`)
  const text = writeContract(contract, { clauses, end })
  return Buffer.byteLength(text) <= largeBytes ? text : writeContract(contract)
}

function noteOf(id: string): string {
  return `amendment ${id}`
}

// An id burns on use (attack #44): of two with one id, only the one merged first can be meant.
function liveAt(amendments: readonly MergedAmendment[], at: Date): { live: MergedAmendment[]; repeated: Unapplied[] } {
  const first = new Map<string, MergedAmendment>()
  for (const merged of amendments) {
    const known = first.get(merged.amendment.id)
    if (known === undefined || byMerge(merged, known) < 0) first.set(merged.amendment.id, merged)
  }
  const inWindow = amendments.filter(({ amendment: { effective } }) => {
    return effective.fromAt <= at && (effective.untilAt === undefined || at < effective.untilAt)
  })
  const repeated = inWindow
    .filter(merged => first.get(merged.amendment.id) !== merged)
    .map(({ amendment: { id } }) => {
      const because = `Another amendment with the id ${quoted(id)} was merged before.`
      return { id, code: 'id-repeated' as const, because }
    })
  const live = inWindow.filter(merged => first.get(merged.amendment.id) === merged).sort(byForce)
  return { live, repeated }
}

function byForce(a: MergedAmendment, b: MergedAmendment): number {
  const apart = a.amendment.effective.fromAt.getTime() - b.amendment.effective.fromAt.getTime()
  return apart || byMerge(a, b)
}

function byMerge(a: MergedAmendment, b: MergedAmendment): number {
  const apart = a.mergedAt.getTime() - b.mergedAt.getTime()
  return apart || order(a.amendment.id, b.amendment.id) || order(a.blob, b.blob)
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

// From what is taken out to what takes it out. Only the later merged can name the earlier, so there is no circle.
function takenOut(standing: readonly MergedAmendment[]): Map<MergedAmendment, MergedAmendment> {
  const out = new Map<MergedAmendment, MergedAmendment>()
  const latestFirst = standing.toSorted((a, b) => byMerge(b, a))
  for (const [index, by] of latestFirst.entries()) {
    if (out.has(by)) continue
    for (const earlier of latestFirst.slice(index + 1)) {
      if (by.amendment.supersedes.includes(earlier.amendment.id) && !out.has(earlier)) out.set(earlier, by)
    }
  }
  return out
}

function applyAll(
  contract: Contract,
  amendments: readonly MergedAmendment[]
): { draft: Draft; unapplied: Map<MergedAmendment, Unapplied[]> } {
  let draft = draftOf(contract)
  const unapplied = new Map<MergedAmendment, Unapplied[]>()
  for (const merged of amendments) {
    const result = applyOne(contract, draft, merged.amendment)
    if (Array.isArray(result)) unapplied.set(merged, result)
    else draft = result
  }
  return { draft, unapplied }
}

interface Outcome {
  repeated: Unapplied[]
  out: Map<MergedAmendment, MergedAmendment>
  failed: Map<MergedAmendment, Unapplied[]>
  unapplied: Map<MergedAmendment, Unapplied[]>
}

function unappliedOf(live: readonly MergedAmendment[], { repeated, out, failed, unapplied }: Outcome): Unapplied[] {
  const told = live.flatMap((merged): Unapplied[] => {
    const by = out.get(merged)?.amendment.id
    const { id } = merged.amendment
    if (by !== undefined) return [{ id, code: 'superseded', because: `The amendment ${quoted(by)} supersedes it.` }]
    return failed.get(merged) ?? unapplied.get(merged) ?? []
  })
  return [...told, ...repeated.sort((a, b) => order(a.id, b.id))]
}

function finish(base: Contract, draft: Draft, unapplied: Unapplied[]): Conformed {
  const contract = contractOf(base, draft)
  const provenance = Object.entries(contract.clauses).map(([id]): [string, Provenance] => {
    const by = draft.touched.get(id)
    if (by === undefined) return [id, { by: 'contract' }]
    const was: Clause | undefined = own(base.clauses, id)
    return [id, was === undefined ? { by: 'amendment', id: by } : { by: 'amendment', id: by, was: termsDigest(was) }]
  })
  const struck = [...draft.touched].filter(([id]) => !draft.clauses.has(id))
  return {
    contract,
    digest: effectiveDigest(contract),
    provenance: Object.fromEntries(provenance),
    applied: draft.applied,
    reserved: Object.fromEntries(struck.sort(([a], [b]) => order(a, b))),
    unapplied
  }
}
