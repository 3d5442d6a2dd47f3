// The walk of a pull request that changes the rules: contracts, policies, the directory, settings, CODEOWNERS.
import { documentChecks } from '../../act/documents.ts'
import type { JudgeDocument } from '../../act/documents.ts'
import { perform } from '../../act/perform.ts'
import { boundariesOf, conform } from '../../decide/agreement/conform.ts'
import { decideDocuments } from '../../decide/documents.ts'
import { contractDenials, documentProblems } from '../../decide/policy/document-problems.ts'
import type { MergedAmendment } from '../../model/agreement.ts'
import { controlProblems } from '../../model/controls.ts'
import type { Contract } from '../../model/contract.ts'
import type { Change } from '../../model/facts.ts'
import { isGuarded, placeOf } from '../../model/place.ts'
import type { Lines, Problem } from '../../model/problem.ts'
import { pointerStep } from '../../model/yaml-places.ts'
import { settingsOrDefault } from '../../model/settings.ts'
import { readAmendments } from '../../read/amendments.ts'
import { gatherDocuments } from '../../read/documents-facts.ts'
import { readPolicies } from '../../read/policies.ts'
import { mergeTimes } from '../agreements.ts'
import type { Outcome } from '../world.ts'
import type { Judgement, Walk } from './walk.ts'

/**
 * Both checks. Terms: every document is valid and holds what the policies of the base branch say. Approvals: the owners
 * of each path. The merge is left to people: a change of the rules is never made by the one who lives by them.
 */
export async function reviewDocuments(walk: Walk): Promise<Outcome> {
  await perform(walk.access, (await judgeDocuments(walk)).checks, walk.pull.comments === 0)
  return {}
}

/** What is said of it, also as a member of a merge group: by the rules of the commit that its step begins with. */
export async function judgeDocuments(walk: Walk): Promise<Judgement> {
  const { world, access, pull, changes, view } = walk
  const touched = changes.known ? changes.value.flatMap(pathsOf).filter(isGuarded) : []
  const around = { now: world.clock.now(), tip: view.tip }
  const facts = await gatherDocuments(access.repository, pull, [...new Set(touched)], around)
  const judge = await documentJudge(walk)
  const checks = await documentChecks(access.repository, pull, { changes, judge, decision: decideDocuments(facts) })
  return { checks, grants: [] }
}

function pathsOf({ path, previousPath }: Change): string[] {
  return previousPath === null ? [path] : [path, previousPath]
}

/** Judges by the rules of the base branch: those that the pull request itself brings count once they are merged. */
async function documentJudge(walk: Walk): Promise<JudgeDocument> {
  const { world, access, changes, view } = walk
  const policies = await readPolicies(access.repository, view.tree)
  const { zone } = settingsOrDefault(walk.view.settings)
  const now = world.clock.now()
  const mergedAt = mergeTimes(access.ledger.state())
  const paths = changes.known ? changes.value.map(({ path }) => path) : []
  const contracts = paths.flatMap(path => {
    const place = placeOf(path)
    return place?.kind === 'contract' ? [place.id] : []
  })
  const amendments = new Map<string, MergedAmendment[]>()
  for (const id of contracts) {
    const read = await readAmendments(access.repository, view.tree, id, mergedAt)
    amendments.set(id, read.known ? read.value : [])
  }
  return (path, document, lines) => {
    const problems = documentProblems(path, document, lines)
    if (document.kind !== 'Contract' && document.kind !== 'Policy') return problems
    const cited = controlProblems(path, { ok: true, value: document, lines })
    if (document.kind === 'Policy') return [...problems, ...cited]
    const denied = contractDenials(policies, { path, contract: document, lines, now, zone })
    const unapplied = unappliedTo(document, amendments.get(document.id) ?? [], { path, lines, now })
    return [...problems, ...cited, ...denied, ...unapplied]
  }
}

/** Amendments in force or to come that would no longer apply under this version, each once, on its clause. */
function unappliedTo(
  contract: Contract,
  amendments: readonly MergedAmendment[],
  { path, lines, now }: { path: string; lines: Lines; now: Date }
): Problem[] {
  const instants = [now, ...boundariesOf(amendments).filter(at => at > now)]
  const all = instants.flatMap(at => conform(contract, amendments, at).unapplied)
  const found = all.filter(({ code }) => code !== 'superseded')
  const once = [...new Map(found.map(one => [`${one.id} ${one.clause ?? ''} ${one.code}`, one])).values()]
  return once.map(({ id, clause, because }) => {
    const has = clause !== undefined && Object.hasOwn(contract.clauses, clause)
    const pointer = has ? `/clauses${pointerStep(clause)}` : '/clauses'
    const message = `The amendment "${id}" would no longer apply: ${because}`
    const words = { expected: 'a version to which every amendment in force applies', found: id }
    const example = `supersedes: [${id}]`
    return { code: 'contract.amended' as const, file: path, pointer, ...lines(pointer), ...words, message, example }
  })
}
