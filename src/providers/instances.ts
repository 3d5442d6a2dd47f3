// The operator's file: which systems there are, and what may be granted there; no pull request reaches it (DESIGN §6).
import { Ajv2020 } from 'ajv/dist/2020.js'
import schema from '../../policies/schemas/providers.schema.json' with { type: 'json' }
import type { Json } from '../model/ports.ts'
import { byPlace, type Parsed, type Problem, type Source } from '../model/problem.ts'
import { explain, type Finding } from '../model/schema-words.ts'
import { readYaml, type YamlFile } from '../model/yaml.ts'
import { resolveReferences, type Environment } from './environment.ts'
import type { GitHubSettings } from './github.ts'
import type { MemorySettings } from './memory.ts'
import type { PostgresSettings } from './postgres.ts'

/** The settings of one instance, told apart by `kind`. */
export type Settings = GitHubSettings | MemorySettings | PostgresSettings

/** One named system of the operator's file. Its settings hold secrets. */
export interface Instance {
  name: string
  settings: Settings
}

interface ProvidersFile {
  providers: Record<string, Settings>
}

const largestBytes = 256 * 1024
const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, allErrors: true, verbose: true })
const validate = ajv.compile<ProvidersFile>(schema)

/**
 * Reads the operator's file: strict YAML, judged by `providers.schema.json` as it is written, and only then are
 * `${NAME}` filled in from `environment`. So no value of the environment can change the file's shape, and no problem
 * can quote one. A problem's `found` never holds a value: an operator may have written a secret there.
 */
export function readInstances(file: string, source: Source, environment: Environment): Parsed<Instance[]> {
  const yaml = readYaml(file, source, largestBytes)
  if (!yaml.ok) return { ok: false, problems: yaml.problems.map(problem => ({ ...problem, found: '' })) }
  const findings = judge(yaml.value)
  const { value, unresolved } = resolveReferences(yaml.value, environment)
  findings.push(...unresolved)
  if (findings.length > 0) {
    return { ok: false, problems: findings.map(finding => placed(finding, file, yaml)).sort(byPlace) }
  }
  const { providers } = value as unknown as ProvidersFile
  const instances = Object.entries(providers).map(([name, settings]) => ({ name, settings }))
  return { ok: true, value: instances, lines: yaml.lines }
}

function judge(value: Json): Finding[] {
  if (validate(value)) return boundTwice(value)
  // A misspelt key is one mistake: what it was meant to be is not missing as well; one value is told of once.
  const found = (validate.errors ?? []).flatMap(error => explain(error))
  const parentOf = (pointer: string) => pointer.slice(0, pointer.lastIndexOf('/'))
  const meant = new Set(found.filter(f => f.on === 'key').map(f => `${parentOf(f.pointer)}/${f.suggestion}`))
  const seen = new Set<string>()
  return found.filter(f => {
    const key = `${f.pointer} ${f.missing ?? ''}`
    return !(f.missing !== undefined && meant.has(`${f.pointer}/${f.missing}`)) && !seen.has(key) && seen.add(key)
  })
}

/** A membership holds in the whole cluster: a role of two databases would be granted for one and held in both. */
function boundTwice(file: ProvidersFile): Finding[] {
  return Object.entries(file.providers).flatMap(([name, settings]): Finding[] => {
    if (settings.kind !== 'postgres') return []
    const owner = new Map<string, string>()
    const bindings = Object.entries(settings.databases).flatMap(([database, { roles }]) =>
      roles.map((role, index) => ({ database, role, index }))
    )
    return bindings.flatMap(({ database, role, index }): Finding[] => {
      const first = owner.get(role) ?? database
      owner.set(role, first)
      if (first === database) return []
      return [
        {
          code: 'value.duplicate',
          pointer: `/providers/${name}/databases/${database}/roles/${index}`,
          on: 'value',
          message: `"${role}" is listed for database "${first}" already, and a role belongs to one database.`,
          expected: 'a role of this database alone',
          example: `- ${database}_reader`
        }
      ]
    })
  })
}

function placed(finding: Finding, file: string, yaml: YamlFile): Problem {
  const { on, pointer, missing: _, ...words } = finding
  const { line, column, endLine, endColumn } = on === 'value' ? yaml.lines(pointer) : yaml.keyLines(pointer)
  const key = pointer
    .slice(pointer.lastIndexOf('/') + 1)
    .replaceAll('~1', '/')
    .replaceAll('~0', '~')
  const end = endLine === line ? { endLine, endColumn } : {}
  return { ...words, pointer, file, line, column, ...end, found: on === 'key' ? key : '' }
}
