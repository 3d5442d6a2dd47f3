// Rule: the id was never used before; ids burn on use, so that an approved file cannot be added again (attack #44).
import type { Reason } from '../../model/decision.ts'
import type { Proposal } from '../proposal.ts'
import { fails, holds, unjudged } from '../reason.ts'
import { quoted } from '../wording.ts'

const rule = 'id-unused'

/** Refuses an id that another pull request used under this contract, whatever became of it. */
export function idUnused({ facts, document, markOf }: Pick<Proposal, 'facts' | 'document' | 'markOf'>): Reason {
  if (document === null) return unjudged(rule, 'document-valid')
  if (facts.idUsed) {
    const because = `The id ${quoted(document.id)} was used before.`
    return fails(rule, because, 'Choose a new id and rename the file to it.', markOf('/id'))
  }
  return holds(rule, `The id ${quoted(document.id)} is new.`)
}
