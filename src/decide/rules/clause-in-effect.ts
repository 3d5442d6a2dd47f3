// Rule: the contract is readable and in effect now, and has the clause that the request names.
import type { Clause } from '../../model/contract.ts'
import type { Reason } from '../../model/decision.ts'
import type { AccessRequest } from '../../model/request.ts'
import { suggest } from '../../model/suggest.ts'
import { amendedBy } from '../agreed.ts'
import type { Agreed } from '../agreed.ts'
import type { Context } from '../context.ts'
import { contractMissing } from '../contract-missing.ts'
import { fails, holds, unjudged, waits } from '../reason.ts'
import { instant, list, plain, quoted } from '../wording.ts'

const rule = 'clause-in-effect'

/** Refuses a missing, unreadable or ended contract and an unknown clause; waits for a contract that is to begin. */
export function clauseInEffect(context: Context): Reason {
  const { facts, request, agreed, clause, markOf } = context
  if (request === null) return unjudged(rule, 'document-valid')
  if (!facts.amendments.known) {
    const why = plain(facts.amendments.because)
    const because = `The amendments of ${quoted(request.contract)} are not all known: ${why}`
    return fails(rule, because, 'Ask the owner of the contract to mend them on the base branch.', markOf('/contract'))
  }
  if (agreed === null) return contractMissing(rule, facts.rules.contract, request.contract, markOf('/contract'))
  const { contract } = agreed
  const { fromAt, untilAt } = contract.effective
  const name = quoted(contract.id)
  if (facts.now < fromAt) {
    const because = `The contract ${name} is not in effect before ${instant(fromAt)}.`
    return waits(rule, because, 'Wait until then, or ask under another contract.')
  }
  if (!(facts.now < untilAt)) {
    const because = `The contract ${name} ended at ${instant(untilAt)}.`
    return fails(rule, because, 'Ask the owner of the contract to renew it.', markOf('/contract'))
  }
  if (clause === null) {
    const known = Object.keys(contract.clauses)
    const nearest = suggest(request.clause, known)
    const choose = `Choose one of ${list(known.sort().map(quoted), 'or')}.`
    const todo = nearest === undefined ? choose : `Did you mean ${quoted(nearest)}?`
    return fails(rule, `The contract ${name} has no clause ${quoted(request.clause)}.`, todo, markOf('/clause'))
  }
  return ofClause(context, { request, agreed, clause })
}

type Named = { request: AccessRequest; agreed: Agreed; clause: Clause }

function ofClause({ facts, access, action, markOf }: Context, asked: Named): Reason {
  const {
    request,
    agreed,
    clause: { title }
  } = asked
  const name = quoted(request.clause)
  if (action === null && (access === null || access.length === 0)) {
    const because = `The clause ${name} names neither access nor one action.`
    return fails(rule, because, 'Ask the owner of the contract to mend the clause.', markOf('/clause'))
  }
  const amended = amendedBy(facts, agreed, request.clause)
  const end = amended?.untilAt == null ? '' : ` until ${instant(amended.untilAt)}`
  const by = amended === null ? '' : `, as amended by ${quoted(amended.id)}${end}`
  return holds(rule, `The clause ${name} (${plain(title)}) of ${quoted(request.contract)} is in effect${by}.`)
}
