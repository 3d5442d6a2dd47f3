// Of the state: one amendment, from its decision to its end.
import type { AmendmentRef } from '../model/record.ts'

/** One amendment since its decision. */
export interface AmendmentState {
  amendment: AmendmentRef
  pr: number
  outcome: 'allow' | 'refuse'
  merge: string
  mergedAt: Date
  blob: string
  idSha256: string
  /** Numeric GitHub id. */
  author: number
  contract: string | null
  /** The contract and the directory under which it was decided. */
  contractBlob: string
  directoryBlob: string
  /** Numeric ids of those whose approval counted. */
  approvedBy: readonly number[]
  /** Rules that did not hold, when it was refused. */
  failed: readonly string[]
  /** From (inclusive) until (exclusive; null: permanent). Null where it was refused. */
  window: { fromAt: Date; untilAt: Date | null } | null
  /** When its beginning was recorded, and its end. */
  inForceAt?: Date
  lapsedAt?: Date
  /** Its file left main then. */
  removedAt?: Date
  revertedBy?: { pr: number | null; merge: string }
}

/** When an amendment ends: at its `until`, or when its file left main; null: it is permanent and there. */
export function amendmentEnd(amendment: AmendmentState): Date | null {
  const { removedAt } = amendment
  const untilAt = amendment.window?.untilAt ?? null
  return removedAt === undefined || (untilAt !== null && untilAt <= removedAt) ? untilAt : removedAt
}

/** Whether an amendment that was allowed is in its window, and its file on main. */
export function isInForce(amendment: AmendmentState, at: Date): boolean {
  const end = amendmentEnd(amendment)
  return amendment.window !== null && amendment.window.fromAt <= at && (end === null || at < end)
}

/** Whether nothing will come of an amendment any more. */
export function isAmendmentOver(amendment: AmendmentState, at: Date): boolean {
  const end = amendmentEnd(amendment)
  return amendment.window === null || (end !== null && end <= at)
}
