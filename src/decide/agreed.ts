// The agreement that a request is judged by: its contract with the amendments in force at one instant.
import type { Conformed } from '../model/agreement.ts'
import type { Contract } from '../model/contract.ts'
import type { Terms } from '../model/decision.ts'
import type { RequestFacts } from '../model/facts.ts'
import type { AccessRequest } from '../model/request.ts'
import { boundariesOf, conform } from './agreement/conform.ts'
import { own } from './own.ts'

/** The effective contract; `conformed` null where no amendment was ever merged, so that it is the contract itself. */
export interface Agreed {
  contract: Contract
  conformed: Conformed | null
}

/**
 * What is agreed at `at` under the contract that the request names. Null where the contract or one of its amendments is
 * not known, since an amendment may have taken away what the contract gives (S6).
 */
export function agreedAt(facts: RequestFacts, request: AccessRequest | null, at: Date): Agreed | null {
  const { parsed } = facts.rules.contract
  const { amendments } = facts
  if (parsed?.ok !== true || parsed.value.id !== request?.contract || !amendments.known) return null
  if (amendments.value.length === 0) return { contract: parsed.value, conformed: null }
  const conformed = conform(parsed.value, amendments.value, at)
  return { contract: conformed.contract, conformed }
}

/** The amendment that gave the clause its terms, and until when; null where the contract did. */
export function amendedBy(facts: RequestFacts, agreed: Agreed, clause: string): Terms['amendedBy'] {
  const provenance = agreed.conformed === null ? undefined : own(agreed.conformed.provenance, clause)
  if (provenance?.by !== 'amendment' || !facts.amendments.known) return null
  const merged = facts.amendments.value.find(({ amendment }) => amendment.id === provenance.id)
  return { id: provenance.id, untilAt: merged?.amendment.effective.untilAt ?? null }
}

/** The instants at which an amendment begins or ends. */
export function amendmentBoundaries({ amendments }: RequestFacts): Date[] {
  return amendments.known ? boundariesOf(amendments.value) : []
}
