// What the rules of decideAmendment() look at: the facts, and what follows from them, computed once.
import type { MergedAmendment } from '../../model/agreement.ts'
import type { Amendment } from '../../model/amendment.ts'
import type { Contract } from '../../model/contract.ts'
import type { AmendmentFacts, Review } from '../../model/facts.ts'
import type { Statement } from '../../model/statement.ts'
import { statementFor } from '../ballot/standing.ts'
import { proposalOf } from '../proposal.ts'
import type { Gate, Proposal } from '../proposal.ts'
import { standingTerms } from './standing.ts'
import { stricterStages } from './stricter.ts'
import { tryAmendment } from './trial.ts'
import type { Trial } from './trial.ts'

/** Facts and what follows from them. A null is what is missing; a rule that needs it does not hold (S6). */
export interface AmendmentContext extends Proposal {
  facts: AmendmentFacts
  amendment: Amendment | null
  /** The readable contract that the amendment names, in effect or not. */
  contract: Contract | null
  /** An amendment gives nobody access. */
  subject: null
  /** Null where the contract or one of its amendments is not known. */
  trial: Trial | null
}

/** Computes the context. Total: whatever the facts are, it gives one. */
export function amendmentContextOf(facts: AmendmentFacts): AmendmentContext {
  const { file, rules } = facts
  const amendment = file?.parsed.ok === true ? file.parsed.value : null
  const { parsed } = rules.contract
  const contract = parsed?.ok === true && parsed.value.id === amendment?.contract ? parsed.value : null
  const trial = trialOf(facts, amendment, contract)
  const gates = trial === null || contract === null ? [] : gatesOf(trial, contract)
  const standing =
    trial === null || contract === null || trial.failures.length > 0 ? null : standingTerms(contract, trial)
  // Nobody approves a redline before the app has shown it.
  const statedFor = (review: Review): Statement | undefined => statementFor(facts.statements, review)
  const bound = { standing, statedFor, unstated: false }
  const proposal = proposalOf('amendment', facts, { gates, subject: null, ...bound })
  return { ...proposal, facts, amendment, contract, subject: null, trial }
}

function trialOf(facts: AmendmentFacts, amendment: Amendment | null, contract: Contract | null): Trial | null {
  const { amendments, file, merge, mergedAt, now } = facts
  if (amendment === null || contract === null || file === null || !amendments.known) return null
  const others = amendments.value.filter(other => other.amendment.contract === contract.id)
  // Whatever is merged now is merged after all that is: GitHub's clock may be a little ahead of ours.
  const last = Math.max(now.getTime(), ...others.map(other => other.mergedAt.getTime() + 1))
  const mine: MergedAmendment = {
    amendment,
    mergedAt: merge !== null && mergedAt !== null ? mergedAt : new Date(last),
    blob: file.sha
  }
  return tryAmendment(contract, others, mine)
}

function gatesOf({ touched }: Trial, contract: Contract): Gate[] {
  return stricterStages([...touched.values()].flat(), contract.parties.owner)
}
