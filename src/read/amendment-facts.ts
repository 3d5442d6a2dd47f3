// Gathers all that `decideAmendment()` may know about one amendment's pull request.
import { parseAmendment } from '../model/amendment.ts'
import type { Amendment } from '../model/amendment.ts'
import type { AmendmentFacts } from '../model/facts.ts'
import { changesOf, termsIn } from './named.ts'
import { gatherProposal, readMergedAt } from './proposal-facts.ts'
import type { DocumentKind, ProposalSurroundings } from './proposal-facts.ts'
import type { Pull } from './pull.ts'
import type { Repository } from './repository.ts'
import { readStatements } from './statements.ts'

/** What the gathering needs beside GitHub. `controls`: the catalogue. */
export interface AmendmentSurroundings extends ProposalSurroundings {
  controls: readonly string[]
}

const amendments: DocumentKind<Amendment> = {
  kind: 'amendment',
  parse: parseAmendment,
  // Every clause that it touches, in all its forms: who approves now and then, and who can ask before and after.
  concerns: ({ file, rules, amendments: others }) => {
    const contract = rules.contract.parsed?.ok === true ? rules.contract.parsed.value : undefined
    const changes = file?.parsed.ok === true ? file.parsed.value.changes : []
    const all = [...changesOf(others), ...changes]
    const touched = [...new Set(all.map(change => change.clause))]
    return {
      terms: touched.flatMap(clause => termsIn(contract, all, clause)),
      besides: contract === undefined ? [] : [contract.parties.owner, ...contract.parties.eligible].map(lower),
      unasked: false
    }
  }
}

const lower = (name: string): string => name.toLowerCase()

/** Reads everything about one pull request that adds an amendment. `changes` was read to tell that it does. */
export async function gatherAmendment(
  repository: Repository,
  pull: Pull,
  changes: AmendmentFacts['changes'],
  around: AmendmentSurroundings
): Promise<AmendmentFacts> {
  const facts = await gatherProposal(repository, pull, changes, around, amendments)
  const mergedAt = pull.merged ? await readMergedAt(repository, pull.number) : null
  // Under the strict binding nothing but the head can be approved, and `reviewed` is empty.
  const statements = await readStatements(repository, [pull.head.sha, ...Object.keys(facts.reviewed)])
  return { ...facts, controls: around.controls, mergedAt, statements }
}
