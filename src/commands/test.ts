// `addendum test [DIR]`: the examples of the policies, run as tests are, and which rules they leave unproven.
import { resolve } from 'node:path'
import { runExamples } from '../decide/policy/examples.ts'
import type { ExampleReport, PolicyReport } from '../decide/policy/examples.ts'
import { formatProblem, visible } from '../model/problem.ts'
import { baseline } from '../read/baseline.ts'
import type { Output } from './output.ts'
import { UsageError, writeJson } from './output.ts'
import { ownPolicies } from './policies.ts'
import { rootOf } from './working-tree.ts'

/** `directory`: the root of the access repository, else git's. `baseline`: the shipped policy's examples as well. */
export interface TestOptions {
  directory?: string
  baseline?: boolean
  json?: boolean
}

/** 0 where every example comes out as it says, 1 where one does not or a policy cannot be read. */
export async function testCommand(options: TestOptions, out: Output): Promise<number> {
  const root = resolve(options.directory ?? rootOf('.') ?? '.')
  const policies = [...(options.baseline === true ? [baseline()] : []), ...ownPolicies(root)]
  if (policies.length === 0) throw new UsageError(`No policies/*.yml in ${root}; --baseline runs the shipped policy's.`)
  const report = runExamples(policies)
  if (options.json === true) writeJson(out, report)
  else out.write(asText(report))
  return report.ok ? 0 : 1
}

function asText({ policies, counts }: ExampleReport): string {
  const rows = policies.flatMap(ofPolicy)
  const { examples, failed, rules, proven } = counts
  rows.push(`${examples - failed} passed, ${failed} failed`, `${proven} of ${rules} rules are proven both ways`)
  return [...rows, ''].join('\n')
}

function ofPolicy({ path, problems, examples, rules }: PolicyReport): string[] {
  const rows = [visible(path), ...problems.map(formatProblem)]
  for (const { name, line, ok, problem, expected, actual, decided } of examples) {
    rows.push(`  ${ok ? 'ok    ' : 'not ok'}  ${visible(name)}`)
    if (ok) continue
    rows.push(`          at ${visible(path)}:${problem?.line ?? line}:${problem?.column ?? 1}`)
    if (actual === undefined) {
      const near = problem?.suggestion === undefined ? '' : ` Did you mean "${visible(problem.suggestion)}"?`
      rows.push(`          ${visible(problem?.message ?? '')}${near}`)
      continue
    }
    rows.push(`          expected  ${expected}`, `          actual    ${actual}`)
    for (const { rule, because } of decided) rows.push(`          ${visible(rule)}: ${visible(because)}`)
    if (actual === expected) rows.push(`          ${visible(problem?.message ?? '')}`)
  }
  for (const { rule, line, unproven } of rules) {
    if (unproven.length > 0) rows.push(`  unproven  ${visible(rule)} (line ${line}): ${unproven.join(', ')}`)
  }
  return [...rows, '']
}
