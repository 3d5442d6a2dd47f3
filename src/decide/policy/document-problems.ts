// What is wrong with a document beyond its form: its expressions, its examples, and what the policies say of it.
import type { Amendment } from '../../model/amendment.ts'
import type { Clause, Contract } from '../../model/contract.ts'
import type { Document } from '../../model/document.ts'
import type { Read } from '../../model/facts.ts'
import type { Policy } from '../../model/policy.ts'
import type { Lines, Problem } from '../../model/problem.ts'
import { pointerStep } from '../../model/yaml-places.ts'
import { readyPolicies } from './compile.ts'
import { environments } from './environments.ts'
import { evaluatePolicies } from './evaluate.ts'
import { runExamples } from './examples.ts'
import { compileAt } from './expression.ts'
import { contractJudgedVariables } from './variables.ts'

/**
 * Expressions that do not compile, on their place; of a policy also examples that do not come out as they say. Empty
 * for what has neither.
 */
export function documentProblems(path: string, document: Document, lines: Lines): Problem[] {
  switch (document.kind) {
    case 'Policy':
      return policyProblems({ path, blob: null, parsed: { ok: true, value: document, lines } })
    case 'Contract':
      return Object.entries(document.clauses).flatMap(([id, clause]) =>
        clauseProblems(clause, { file: path, lines, pointer: `/clauses${pointerStep(id)}` })
      )
    case 'Amendment':
      return amendmentProblems(path, document, lines)
    default:
      return []
  }
}

/** What the policies deny of a contract as it is proposed; `zone` as the settings have it. */
export function contractDenials(
  policies: readonly Read<Policy>[],
  { path, contract, lines, now, zone }: { path: string; contract: Contract; lines: Lines; now: Date; zone: string }
): Problem[] {
  const variables = contractJudgedVariables(contract, now, zone)
  const results = evaluatePolicies(readyPolicies(policies), { on: 'contract', variables })
  return results.flatMap(({ verdict, policy, rule, because, error }): Problem[] => {
    if (verdict !== 'denies') return []
    const message = `${because}${error === undefined ? '' : ` ${error}`} ("${rule}" of "${policy}".)`
    const { line, column, endLine, endColumn } = lines('/id')
    const at = { file: path, line, column, endLine, endColumn, pointer: '/id', found: contract.id }
    const words = { expected: 'a contract that the policies allow', message, example: 'approvals: {count: 2}' }
    return [{ code: 'policy.denied', ...at, ...words }]
  })
}

function policyProblems(read: Read<Policy>): Problem[] {
  return runExamples([read]).policies.flatMap(({ problems, examples }) => [
    ...problems,
    ...examples.flatMap(({ problem }) => (problem === undefined ? [] : [problem]))
  ])
}

function amendmentProblems(file: string, { changes }: Amendment, lines: Lines): Problem[] {
  return changes.flatMap((change, index) => {
    if (change.kind === 'strike') return []
    const [terms, key] = change.kind === 'add' ? [change.with, 'with'] : [change.set, 'set']
    return clauseProblems(terms, { file, lines, pointer: `/changes/${index}/${key}` })
  })
}

function clauseProblems(clause: Partial<Clause>, at: { file: string; lines: Lines; pointer: string }): Problem[] {
  const problemsOf = (source: string | undefined, step: string): Problem[] => {
    if (source === undefined) return []
    const compiled = compileAt(source, environments.request, { ...at, pointer: `${at.pointer}${step}` })
    return Array.isArray(compiled) ? compiled : []
  }
  const { approvals, conditions } = clause
  const requirements = (conditions?.require ?? []).flatMap(({ when, rule }, index) => [
    ...problemsOf(when, `/conditions/require/${index}/when`),
    ...problemsOf(rule, `/conditions/require/${index}/rule`)
  ])
  const automatic = approvals?.kind === 'automatic' ? problemsOf(approvals.when, '/approvals/automatic') : []
  return [...automatic, ...requirements]
}
