// Decides who must approve a change of contracts, the directory, policies, settings or CODEOWNERS (attack #32).
import type { DocumentsDecision, Reason } from '../model/decision.ts'
import type { DocumentsFacts, ProposalFacts } from '../model/facts.ts'
import { branchCurrent } from './branch-current.ts'
import { stagesFilled } from './rules/approved.ts'
import { contentBound } from './rules/content-bound.ts'
import { outcomeOf } from './decide.ts'
import { dutiesSeparated } from './rules/duties-separated.ts'
import { notBlocked } from './rules/not-blocked.ts'
import { ownersReadable } from './rules/owners-readable.ts'
import { peopleKnown } from './rules/people-known.ts'
import { proposalOf } from './proposal.ts'
import type { Named, Proposal } from './proposal.ts'
import { readyForReview } from './rules/ready-for-review.ts'
import { sameRepository } from './rules/same-repository.ts'

/**
 * Whether the owners of every path that is changed approved exactly this content: by the same count as a request's,
 * with the CODEOWNERS of the base branch, which has the same file still. One approval may count for several paths. Pure
 * and total; anything unknown refuses. Where no path is ours there is nothing to approve.
 */
export function decideDocuments(facts: DocumentsFacts): DocumentsDecision {
  if (facts.paths.length === 0) return { outcome: 'allow', reasons: [], stages: [] }
  const each = [...facts.paths].sort().map(path => proposalFor(facts, path))
  const own = each.flatMap(proposal => [
    ownersReadable(proposal),
    ...[peopleKnown(proposal)].flat(),
    dutiesSeparated({ ...proposal, subject: null }),
    contentBound(proposal),
    notBlocked(proposal)
  ])
  const reasons = [
    sameRepository({ facts }),
    readyForReview({ facts: { pull: facts.pull, merge: null } }),
    branchCurrent(facts),
    ...own,
    ...each.map(({ ballot }) => stagesFilled(ballot))
  ]
  const once = [...new Map(reasons.map(reason => [`${reason.rule} ${reason.because}`, reason])).values()]
  const all = each.flatMap(({ ballot }) => ballot.stages)
  const stages = new Map(all.map(stage => [stage.from.join(' '), stage] as const))
  return { outcome: outcomeOf(once, false), reasons: once satisfies Reason[], stages: [...stages.values()] }
}

// Each path by itself, as if it were the one document: its owners are the one gate.
function proposalFor(facts: DocumentsFacts, path: string): Proposal {
  const nothing = { path: '', blob: null, parsed: null }
  const one: ProposalFacts<Named> = {
    ...facts,
    changes: { known: true, value: [{ path, previousPath: null, status: 'modified' }] },
    file: { path, mode: '100644', sha: '', text: '', parsed: { ok: false, problems: [] } },
    reviewed: {},
    statements: {},
    rules: { ...facts.rules, contract: nothing },
    amendments: { known: true, value: [] },
    idUsed: false,
    policies: [],
    merge: null
  }
  return proposalOf('amendment', one, { gates: [[{ count: 1, from: ['codeowners'] }]], subject: null })
}
