// Rule: the contract and all its amendments are known, and the contract is still in effect when the amendment begins.
import type { Reason } from '../../model/decision.ts'
import { contractMissing } from '../contract-missing.ts'
import { fails, holds, unjudged } from '../reason.ts'
import { instant, plain, quoted } from '../wording.ts'
import type { AmendmentContext } from './context.ts'

const rule = 'contract-in-effect'

/** Refuses a contract that is missing, unreadable or ended by then, and one whose amendments are not all known. */
export function contractInEffect({ facts, amendment, contract, markOf }: AmendmentContext): Reason {
  if (amendment === null) return unjudged(rule, 'document-valid')
  if (contract === null) return contractMissing(rule, facts.rules.contract, amendment.contract, markOf('/contract'))
  const name = quoted(contract.id)
  if (!facts.amendments.known) {
    const because = `The amendments of ${name} are not all known: ${plain(facts.amendments.because)}`
    return fails(rule, because, 'Wait a minute and run the check again; if it stays, ask the operator of Addendum.')
  }
  const { untilAt } = contract.effective
  if (!(facts.now < untilAt)) {
    const because = `The contract ${name} ended at ${instant(untilAt)}.`
    return fails(rule, because, 'Ask the owner of the contract to renew it.', markOf('/contract'))
  }
  if (!(amendment.effective.fromAt < untilAt)) {
    const because = `The amendment would begin after the contract ${name} ends, at ${instant(untilAt)}.`
    return fails(rule, because, 'Choose an earlier "from", or renew the contract first.', markOf('/effective/from'))
  }
  return holds(rule, `The contract ${name} and its amendments are known; it is in effect until ${instant(untilAt)}.`)
}
