// Builders of policies: as people write them, read by the parser that reads theirs.
import { stringify } from 'yaml'
import type { Read } from '../../../src/model/facts.ts'
import { parsePolicy } from '../../../src/model/policy.ts'
import type { Policy } from '../../../src/model/policy.ts'

/** A policy as the facts hold it; `over` is YAML as data. */
export function policy(over: object = {}, path = 'policies/company.yml'): Read<Policy> {
  const text = stringify({ apiVersion: 'addendum/v1', kind: 'Policy', id: 'company', title: 'Of the company', ...over })
  const parsed = parsePolicy(path, text)
  if (!parsed.ok) throw new Error(parsed.problems.map(problem => problem.message).join('\n'))
  return { path, blob: '5'.repeat(40), parsed }
}

/** One rule on requests. */
export function rule(over: object): object {
  return { id: 'r-one', on: ['request'], because: 'Because of it.', ...over }
}

/** A policy by its text. */
export function written(text: string, path = 'policies/company.yml'): Read<Policy> {
  return { path, blob: '5'.repeat(40), parsed: parsePolicy(path, text) }
}
