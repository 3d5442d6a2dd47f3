// Runs the examples of policies, as a test runner does, and says which rules they leave unproven (`addendum test`).
import type { Read } from '../../model/facts.ts'
import type { Policy, PolicyExample } from '../../model/policy.ts'
import type { Lines, Problem } from '../../model/problem.ts'
import { compilePolicy } from './compile.ts'
import type { CompiledPolicy } from './compile.ts'
import { evaluatePolicies } from './evaluate.ts'
import type { PolicyResult } from './evaluate.ts'
import { BadExample, exampleVariables, recentGrantsOf } from './example.ts'

/** One example and how it came out. `decided`: the rules that denied, else those that warned. */
export interface ExampleOutcome {
  name: string
  on: PolicyExample['on']
  line: number
  ok: boolean
  expected: PolicyExample['expect']
  /** Undefined where the example itself is wrong. */
  actual?: PolicyExample['expect']
  decided: { rule: string; because: string }[]
  /** Why it is not ok. */
  problem?: Problem
}

/** One rule or combination, and what no example has shown of it: that it can hold, that it can fail, or both. */
export interface RuleCoverage {
  rule: string
  line: number
  unproven: ('never true' | 'never false')[]
}

/** One policy. Its problems are those of its expressions; then no example runs. */
export interface PolicyReport {
  path: string
  policy: string | null
  problems: Problem[]
  examples: ExampleOutcome[]
  rules: RuleCoverage[]
}

/** All of them. `ok`: every policy can be read and every example comes out as it says. */
export interface ExampleReport {
  ok: boolean
  policies: PolicyReport[]
  counts: { examples: number; failed: number; rules: number; proven: number }
}

/** Runs every example of every policy, each against its own policy alone. Pure: examples bring their own time. */
export function runExamples(policies: readonly Read<Policy>[]): ExampleReport {
  const reports = policies.flatMap(read => (read.parsed === null ? [] : [reportOf(read.path, read.parsed)]))
  const examples = reports.flatMap(report => report.examples)
  const rules = reports.flatMap(report => report.rules)
  const failed = examples.filter(example => !example.ok).length
  const proven = rules.filter(rule => rule.unproven.length === 0).length
  return {
    ok: failed === 0 && reports.every(report => report.problems.length === 0),
    policies: reports,
    counts: { examples: examples.length, failed, rules: rules.length, proven }
  }
}

function reportOf(path: string, parsed: NonNullable<Read<Policy>['parsed']>): PolicyReport {
  const nothing = { path, policy: null, examples: [], rules: [] }
  if (!parsed.ok) return { ...nothing, problems: parsed.problems.length === 0 ? [unread(path)] : parsed.problems }
  const { value: policy, lines } = parsed
  const compiled = compilePolicy(path, policy, lines)
  if (Array.isArray(compiled)) return { ...nothing, policy: policy.id, problems: compiled }
  const truths = new Map<string, Set<boolean>>()
  const examples = policy.examples.map((example, index) =>
    runOne(example, { path, lines, pointer: `/examples/${index}`, compiled, truths })
  )
  return { path, policy: policy.id, problems: [], examples, rules: coverageOf(policy, lines, truths) }
}

interface Run {
  path: string
  lines: Lines
  pointer: string
  compiled: CompiledPolicy
  truths: Map<string, Set<boolean>>
}

function runOne(example: PolicyExample, run: Run): ExampleOutcome {
  const { name, on, expect: expected } = example
  const base = { name, on, line: run.lines(run.pointer).line, expected }
  let results: PolicyResult[]
  try {
    const variables = exampleVariables(example)
    const openRequests = { known: true as const, value: 1 }
    const judged = { on, variables, openRequests, recentGrants: recentGrantsOf(example, variables) }
    results = evaluatePolicies([run.compiled], judged)
  } catch (error) {
    if (!(error instanceof BadExample)) throw error
    const pointer = `${run.pointer}/given${error.step}`
    const problem = problemAt(run, pointer, error.message, error.suggestion)
    return { ...base, ok: false, decided: [], problem }
  }
  for (const { rule, truth } of results) {
    if (truth !== undefined) run.truths.set(rule, (run.truths.get(rule) ?? new Set()).add(truth))
  }
  const denied = results.filter(({ verdict }) => verdict === 'denies')
  const deciding = denied.length > 0 ? denied : results.filter(({ verdict }) => verdict === 'warns')
  const actual = denied.length > 0 ? 'deny' : deciding.length > 0 ? 'warn' : 'allow'
  const decided = deciding.map(({ rule, because, error }) => ({ rule, because: error ?? because }))
  const missing = example.by.filter(id => !decided.some(({ rule }) => rule === id))
  if (actual === expected && missing.length === 0) return { ...base, ok: true, actual, decided }
  const by = decided.length === 0 ? '' : ` by ${decided.map(({ rule, because }) => `${rule} (${because})`).join(', ')}`
  const why = actual === expected ? `, and not by ${missing.join(', ')}` : ''
  const message = `"${name}" should ${expected}; the policy says ${actual}${by}${why}.`
  return { ...base, ok: false, actual, decided, problem: problemAt(run, run.pointer, message) }
}

function problemAt({ path, lines }: Run, pointer: string, message: string, suggestion?: string): Problem {
  const { line, column, endLine, endColumn } = lines(pointer)
  const end = endLine === line ? { endLine, endColumn } : {}
  const words = { expected: 'an example that comes out as it says', found: '', example: 'expect: deny' }
  const near = suggestion === undefined ? {} : { suggestion }
  return { code: 'policy.example', file: path, line, column, ...end, pointer, ...words, message, ...near }
}

function unread(path: string): Problem {
  const words = { expected: 'policies/<id>.yml, a regular file', found: path, example: 'policies/baseline.yml' }
  return { code: 'path.name', file: path, line: 1, column: 1, pointer: '', ...words, message: 'This is no policy.' }
}

function coverageOf(policy: Policy, lines: Lines, truths: Run['truths']): RuleCoverage[] {
  const cover =
    (at: string) =>
    ({ id }: { id: string }, index: number): RuleCoverage => {
      const shown = truths.get(id)
      const unproven: RuleCoverage['unproven'] = []
      if (shown?.has(true) !== true) unproven.push('never true')
      if (shown?.has(false) !== true) unproven.push('never false')
      return { rule: id, line: lines(`/${at}/${index}`).line, unproven }
    }
  return [...policy.rules.map(cover('rules')), ...policy.never.map(cover('never'))]
}
