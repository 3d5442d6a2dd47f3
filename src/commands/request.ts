// `addendum request`: writes the ten lines of a request, by flags or by asking, and says how to open the pull request.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { stringify } from 'yaml'
import type { InputRule } from '../model/clause.ts'
import type { Contract } from '../model/contract.ts'
import { parseContract } from '../model/contract.ts'
import { parseDocument } from '../model/document.ts'
import { pathOf, placeOf } from '../model/place.ts'
import { formatProblem } from '../model/problem.ts'
import { parseRequest } from '../model/request.ts'
import type { InputValue } from '../model/request.ts'
import { suggest } from '../model/suggest.ts'
import { effectiveContract } from './agreement.ts'
import type { Output } from './output.ts'
import { UsageError } from './output.ts'
import { relationProblems } from './relation.ts'
import { readTree, rootOf } from './working-tree.ts'

/** What a request says; absent: asked for where there is somebody to ask. */
export interface RequestAnswers {
  contract?: string
  clause?: string
  subject?: string
  duration?: string
  start?: string
  reason?: string
  ticket?: string
  /** `name=value`, each once. */
  input?: string[]
}

/** `today`: the date in the file's name. `ask`: completes the answers; absent where nobody can be asked. */
export interface RequestOptions extends RequestAnswers {
  directory?: string
  today?: Date
  ask?: (answers: RequestAnswers, contracts: readonly Contract[]) => Promise<RequestAnswers>
}

const required = ['contract', 'clause', 'subject', 'reason'] as const

/** 0 where the file was written, 1 where it would be refused (nothing is written then). Never overwrites a file. */
export async function requestCommand(options: RequestOptions, out: Output): Promise<number> {
  const root = resolve(options.directory ?? rootOf('.') ?? '.')
  const { ask, today = new Date(), directory: _, ...given } = options
  const contracts = await Promise.all(readContracts(root).map(({ id }) => effectiveContract(root, id, today)))
  if (contracts.length === 0) {
    throw new UsageError(`No contract in ${join(root, 'contracts')}: run this in the access repository.`)
  }
  const answers = ask === undefined ? given : await ask(given, contracts)
  const missing = required.filter(name => answers[name] === undefined)
  if (missing.length > 0) throw new UsageError(`Still to be said: ${missing.map(name => `--${name}`).join(', ')}.`)
  const contract = contractOf(contracts, answers.contract ?? '')
  const inputs = inputsOf(answers.input ?? [], contract.clauses[answers.clause ?? '']?.action?.inputs ?? {})
  const { path, text } = requestFile(root, { ...answers, inputs }, today)
  const problems = problemsOf(path, text, contract)
  if (problems.length > 0) {
    out.write(`${problems.join('\n')}\nNothing was written.\n`)
    return 1
  }
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text, { flag: 'wx' })
  out.write(`${path}\n\n${text}\n${nextSteps(path, answers)}`)
  return 0
}

/** The contracts of a working tree that can be read, by id. */
export function readContracts(root: string): Contract[] {
  const names = (() => {
    try {
      return readdirSync(join(root, 'contracts'))
    } catch {
      return []
    }
  })()
  return names.toSorted().flatMap(name => {
    const path = `contracts/${name}`
    const bytes = placeOf(path)?.kind === 'contract' ? readTree(root, path) : undefined
    const parsed = bytes === undefined ? undefined : parseContract(path, bytes)
    return parsed?.ok === true ? [parsed.value] : []
  })
}

function contractOf(contracts: readonly Contract[], id: string): Contract {
  const found = contracts.find(contract => contract.id === id)
  if (found !== undefined) return found
  const ids = contracts.map(contract => contract.id)
  const nearest = suggest(id, ids)
  const help = nearest === undefined ? `There is: ${ids.join(', ')}.` : `Did you mean ${nearest}?`
  throw new UsageError(`No contract "${id}" here. ${help}`)
}

// The id is `<date>-<subject>-<clause>`, as DESIGN §3 has it, with a number after it where that is taken in this tree.
function requestFile(
  root: string,
  answers: RequestAnswers & { inputs: Record<string, InputValue> },
  today: Date
): { path: string; text: string } {
  const { contract = '', clause = '', subject = '', duration, start, reason, ticket, inputs } = answers
  const date = today.toISOString().slice(0, 10)
  const words = `${date}-${subject}-${clause.replace(/^C-/, '')}`.toLowerCase()
  const stem = words
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 76)
    .replace(/-+$/, '')
  for (let count = 1; ; count++) {
    const id = count === 1 ? stem : `${stem}-${count}`
    const path = pathOf({ kind: 'request', contract, id })
    if (readTree(root, path) !== undefined) continue
    const head = { apiVersion: 'addendum/v1', kind: 'AccessRequest', id, contract, clause, subject }
    const given = Object.keys(inputs).length === 0 ? {} : { inputs }
    const document = { ...head, duration, start, reason, ticket, ...given }
    return { path, text: stringify(document, { lineWidth: 0, keepUndefined: false }) }
  }
}

// A number or true is meant where the clause takes one; all else is text, as it was typed.
function inputsOf(given: readonly string[], taken: Readonly<Record<string, InputRule>>): Record<string, InputValue> {
  const inputs = new Map<string, InputValue>()
  for (const one of given) {
    const at = one.indexOf('=')
    if (at < 1) throw new UsageError(`Write an input as name=value, and not "${one}".`)
    const [name, value] = [one.slice(0, at), one.slice(at + 1)]
    if (inputs.has(name)) throw new UsageError(`The input "${name}" is given twice.`)
    inputs.set(name, meant(value, Object.hasOwn(taken, name) ? taken[name] : undefined))
  }
  return Object.fromEntries(inputs)
}

function meant(value: string, rule: InputRule | undefined): InputValue {
  if (rule?.kind === 'number' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value)
  return (rule?.kind === 'enum' ? rule.values.find(allowed => String(allowed) === value) : undefined) ?? value
}

function problemsOf(path: string, text: string, contract: Contract): string[] {
  const document = parseDocument(path, text)
  if (!document.ok) return document.problems.map(formatProblem)
  const request = parseRequest(path, text)
  return (request.ok ? relationProblems(path, request, contract) : request.problems).map(formatProblem)
}

function nextSteps(path: string, { subject, clause }: RequestAnswers): string {
  const id = placeOf(path)
  const branch = `request/${id?.kind === 'request' ? id.id : ''}`
  return [
    'Open the pull request:',
    `  git switch -c ${branch}`,
    `  git add ${path}`,
    `  git commit -m 'Request ${clause} for ${subject}'`,
    `  git push -u origin ${branch}`,
    ''
  ].join('\n')
}
