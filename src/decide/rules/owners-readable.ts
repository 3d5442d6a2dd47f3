// Rule: CODEOWNERS of the base branch says beyond doubt who owns the file (attacks #14, #32, #36, #38).
import type { Reason } from '../../model/decision.ts'
import type { Proposal } from '../proposal.ts'
import { fails, holds, unjudged } from '../reason.ts'
import { list } from '../wording.ts'

const rule = 'owners-readable'

/** Refuses whatever leaves the owners in doubt; see `ownedBy`. */
export function ownersReadable({ facts, owned }: Pick<Proposal, 'facts' | 'owned'>): Reason {
  if (facts.file === null) return unjudged(rule, 'one-document')
  if (!owned.known) return fails(rule, owned.because, owned.todo)
  return holds(rule, `Line ${owned.line} of CODEOWNERS gives this file to ${list(owned.names)}.`)
}
