// Schema: from a strict YAML file to a typed document, or to problems on exact lines; every document goes through here.
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js'
import amendment from '../../policies/schemas/amendment.schema.json' with { type: 'json' }
import contract from '../../policies/schemas/contract.schema.json' with { type: 'json' }
import directory from '../../policies/schemas/directory.schema.json' with { type: 'json' }
import policy from '../../policies/schemas/policy.schema.json' with { type: 'json' }
import request from '../../policies/schemas/request.schema.json' with { type: 'json' }
import settings from '../../policies/schemas/settings.schema.json' with { type: 'json' }
import terms from '../../policies/schemas/terms.schema.json' with { type: 'json' }
import { formats } from './formats.ts'
import { parseInstantOrDate } from './instant.ts'
import { byPlace } from './problem.ts'
import type { Parsed, Problem, Source } from './problem.ts'
import type { Json } from './ports.ts'
import { explain, fragment } from './schema-words.ts'
import type { Finding } from './schema-words.ts'
import { secretProblems } from './secrets.ts'
import { suggest } from './suggest.ts'
import { maxProblems, readYaml } from './yaml.ts'
import type { YamlFile } from './yaml.ts'

/** How one kind of document is read. `check` says what a schema cannot; `build` only sees what passed both. */
export interface DocumentType<Raw, T> {
  kind: 'AccessRequest' | 'Contract' | 'Amendment' | 'Policy' | 'Directory' | 'Settings'
  /** File name under `policies/schemas`. */
  schema: string
  maxBytes: number
  check(raw: Raw): Finding[]
  build(raw: Raw): T
}

/** Requests and amendments are small by nature (attack #52). */
export const smallBytes = 16 * 1024
/** Contracts, policies, the directory and the settings. */
export const largeBytes = 256 * 1024

const ajv = new Ajv2020({
  strict: true,
  strictRequired: false,
  allErrors: true,
  allowUnionTypes: true,
  verbose: true
})
for (const [name, format] of Object.entries(formats)) ajv.addFormat(name, { type: 'string', validate: format.holds })
for (const schema of [terms, request, contract, amendment, policy, directory, settings]) ajv.addSchema(schema)

/** Parses `source` as one kind of document; all problems at once, in the order of lines, 50 at most. Never throws. */
export function parseAs<Raw, T>(type: DocumentType<Raw, T>, file: string, source: Source): Parsed<T> {
  // Before anything else, since every other problem may quote the text (attack #54).
  const secrets = secretProblems(file, source, type.maxBytes)
  if (secrets.length > 0) return { ok: false, problems: secrets }
  const yaml = readYaml(file, source, type.maxBytes)
  if (!yaml.ok) return yaml
  const findings = findingsIn(type, yaml.value)
  if (findings.length === 0) return { ok: true, value: type.build(yaml.value as Raw), lines: yaml.lines }
  const problems = findings.map(finding => placed(finding, file, yaml)).sort(byPlace)
  return { ok: false, problems: distinct(problems).slice(0, maxProblems) }
}

/** Everything that keeps plain data from being a document of this kind; `build` sees only what has nothing of it. */
export function findingsIn<Raw, T>(type: DocumentType<Raw, T>, value: Json): Finding[] {
  const other = otherKind(type.kind, value)
  if (other !== undefined) return [other]
  const validate = ajv.getSchema(type.schema) as ValidateFunction<Raw>
  if (validate(value)) return type.check(value)
  // A hostile file can have a problem on every byte; the first two hundred tell enough (attack #52).
  const findings = (validate.errors as ErrorObject[]).slice(0, 200).flatMap(error => explain(error))
  // A misspelt key is one mistake, not two: what it was meant to be is then not missing as well.
  const meant = new Set(findings.filter(f => f.on === 'key').map(f => `${parentOf(f.pointer)}/${f.suggestion}`))
  return findings.filter(f => f.missing === undefined || !meant.has(`${f.pointer}/${f.missing}`))
}

function parentOf(pointer: string): string {
  return pointer.slice(0, pointer.lastIndexOf('/'))
}

// A file of another kind would be wrong in every line; one sentence is kinder.
function otherKind(kind: string, value: Json): Finding | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
  const found = value['kind']
  if (typeof found !== 'string' || found === kind) return undefined
  const message = `At this path lives a document of kind ${kind}.`
  const suggestion = suggest(found, [kind])
  const example = fragment('kind', kind)
  return { code: 'document.kind', pointer: '/kind', on: 'value', message, expected: kind, suggestion, example }
}

function placed(finding: Finding, file: string, yaml: YamlFile): Problem {
  const { on, pointer, missing: _, ...words } = finding
  const { line, column, endLine, endColumn } = on === 'value' ? yaml.lines(pointer) : yaml.keyLines(pointer)
  const end = endLine === line ? { endLine, endColumn } : {}
  const found = on === 'missing' ? '' : on === 'key' ? lastStep(pointer) : yaml.sourceOf(pointer).slice(0, 200)
  return { ...words, file, line, column, ...end, pointer, found }
}

/** The finding that `/effective` ends before it begins; nothing where it does not, or where it has no end. */
export function backwards(from: string, until: string | undefined): Finding[] {
  if (until === undefined || (parseInstantOrDate(from) as Date) < (parseInstantOrDate(until) as Date)) return []
  const message = '"until" is not after "from".'
  const example = fragment('effective', { from: '2026-01-01', until: '2027-01-01' })
  const expected = `after ${from}`
  return [{ code: 'value.order', pointer: '/effective/until', on: 'value', message, expected, example }]
}

function lastStep(pointer: string): string {
  return pointer
    .slice(pointer.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~')
}

// One value, one problem: a text that breaks a length, a pattern and a format is told once.
function distinct(problems: Problem[]): Problem[] {
  const seen = new Set<string>()
  return problems.filter(p => {
    const key = p.code === 'schema.missing' ? `${p.pointer} ${p.message}` : p.pointer
    return !seen.has(key) && seen.add(key)
  })
}
