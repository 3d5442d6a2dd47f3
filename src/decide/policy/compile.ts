// A policy made ready to judge: every expression compiled for everything that its rule is on, or all that is wrong.
import type { Read } from '../../model/facts.ts'
import type { Policy, PolicyRule, PolicySubject } from '../../model/policy.ts'
import type { Lines, Problem } from '../../model/problem.ts'
import type { Compiled } from '../cel/compile.ts'
import { environments, readsClock } from './environments.ts'
import { compileAt } from './expression.ts'

/** One rule, for one thing that it is on. */
export interface CompiledRule {
  rule: PolicyRule
  /** Null: always. */
  when: Compiled | null
  test: Compiled
  /** Whether time alone may change what `when` says, and what `test` says. */
  clock: { when: boolean; test: boolean }
}

/** A policy that can judge. */
export interface CompiledPolicy {
  policy: Policy
  rules: Readonly<Record<PolicySubject, readonly CompiledRule[]>>
}

/** A policy that cannot: it denies everything that it is `on`; where even that cannot be read, everything (S6). */
export interface BrokenPolicy {
  path: string
  on: ReadonlySet<PolicySubject>
  problem: string
}

const subjects: readonly PolicySubject[] = ['request', 'amendment', 'contract']

/** Compiles a policy, or says everything that is wrong with its expressions, on the lines of its file. */
export function compilePolicy(file: string, policy: Policy, lines: Lines): CompiledPolicy | Problem[] {
  const problems: Problem[] = []
  const rules: Record<PolicySubject, CompiledRule[]> = { request: [], amendment: [], contract: [] }
  policy.rules.forEach((rule, index) => {
    const pointer = `/rules/${index}`
    for (const on of rule.on) {
      const [when, test] = [rule.when, rule.test].map((source, part) => {
        const place = { file, lines, pointer: `${pointer}/${part === 0 ? 'when' : rule.effect}` }
        return source === undefined ? null : compileAt(source, environments[on], place)
      }) as [Compiled | Problem[] | null, Compiled | Problem[]]
      if (Array.isArray(when)) problems.push(...when)
      if (Array.isArray(test)) problems.push(...test)
      if (Array.isArray(when) || Array.isArray(test)) continue
      const clock = { when: when !== null && readsClock(when.reads), test: readsClock(test.reads) }
      rules[on].push({ rule, when, test, clock })
    }
  })
  return problems.length === 0 ? { policy, rules } : once(problems)
}

const kept = new WeakMap<Policy, CompiledPolicy | BrokenPolicy>()

/** The policies as they judge, in their order. One that was compiled before is not compiled again. */
export function readyPolicies(reads: readonly Read<Policy>[]): (CompiledPolicy | BrokenPolicy)[] {
  return reads.map(({ path, parsed }) => {
    if (parsed?.ok !== true) {
      const problem = parsed?.problems[0]?.message ?? 'it is no policy.'
      return { path, on: new Set(subjects), problem }
    }
    const policy = parsed.value
    let ready = kept.get(policy)
    if (ready === undefined) {
      const compiled = compilePolicy(path, policy, parsed.lines)
      ready = Array.isArray(compiled) ? broken(path, policy, compiled) : compiled
      kept.set(policy, ready)
    }
    return ready
  })
}

function broken(path: string, { rules, never, limits }: Policy, problems: readonly Problem[]): BrokenPolicy {
  const on = new Set(rules.flatMap(rule => rule.on))
  if (never.length > 0 || Object.keys(limits).length > 0) on.add('request')
  return { path, on, problem: (problems[0] as Problem).message }
}

// An expression that is wrong for two things that its rule is on is told once.
function once(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>()
  return problems.filter(({ pointer, line, column, message }) => {
    const key = JSON.stringify([pointer, line, column, message])
    return !seen.has(key) && seen.add(key)
  })
}
