// `addendum check FILE…`: every problem of a document on its line, offline, in the words of the pull request's check.
import type { Codeowners } from '../model/codeowners.ts'
import { parseCodeowners } from '../model/codeowners.ts'
import { parseContract } from '../model/contract.ts'
import { controlProblems } from '../model/controls.ts'
import { parseDocument } from '../model/document.ts'
import { pathOf, placeOf } from '../model/place.ts'
import type { Problem } from '../model/problem.ts'
import { formatProblem, visible } from '../model/problem.ts'
import { parseRequest } from '../model/request.ts'
import type { Output } from './output.ts'
import { UsageError, writeJson } from './output.ts'
import { relationProblems } from './relation.ts'
import { locate, readTree } from './working-tree.ts'

/** `directory`: the root of the access repository, where it is not where git's is. */
export interface CheckOptions {
  files: readonly string[]
  directory?: string
  json?: boolean
}

/** What was found in one file. `notes`: what could not be judged, and why; never an error by itself. */
export interface Checked {
  file: string
  ok: boolean
  problems: Problem[]
  notes: string[]
}

/** 0 where every file is sound, 1 where one is not. A file that is not there is a `UsageError`. */
export async function checkCommand(options: CheckOptions, out: Output): Promise<number> {
  if (options.files.length === 0) throw new UsageError('Name at least one file.')
  const files = options.files.map(file => checkFile(file, options.directory))
  const ok = files.every(file => file.ok)
  if (options.json === true) writeJson(out, { ok, files })
  else for (const file of files) out.write(asText(file))
  return ok ? 0 : 1
}

/** Checks one file of a working tree, and a request against its contract where that lies beside it. */
export function checkFile(file: string, directory?: string): Checked {
  const { root, path } = locate(file, directory)
  const bytes = readTree(root, path)
  if (bytes === undefined) throw new UsageError(`${file} is not there.`)
  const place = placeOf(path)
  if (place?.kind === 'codeowners') {
    return verdict(path, ownersProblems(path, parseCodeowners(new TextDecoder().decode(bytes))))
  }
  const parsed = parseDocument(path, bytes)
  if (!parsed.ok) return verdict(path, parsed.problems)
  const { value } = parsed
  if (value.kind === 'Contract' || value.kind === 'Amendment' || value.kind === 'Policy') {
    return verdict(path, controlProblems(path, { ...parsed, value }))
  }
  return place?.kind === 'request' ? checkRelation(root, path, place.contract, bytes) : verdict(path, [])
}

function checkRelation(root: string, path: string, id: string, bytes: Uint8Array): Checked {
  const request = parseRequest(path, bytes)
  if (!request.ok) return verdict(path, request.problems)
  const where = pathOf({ kind: 'contract', id })
  const text = readTree(root, where)
  const unchecked = 'the clause was not checked'
  if (text === undefined) return verdict(path, [], [`${where} is not in this working tree: ${unchecked}.`])
  const contract = parseContract(where, text)
  if (!contract.ok) return verdict(path, [], [`${where} cannot be read (check it too): ${unchecked}.`])
  return verdict(path, relationProblems(path, request, contract.value))
}

function ownersProblems(file: string, { problems }: Codeowners): Problem[] {
  return problems.map(({ line, column, kind, because }) => ({
    code: kind === 'size' ? 'document.size' : kind === 'encoding' ? 'document.encoding' : 'value.pattern',
    file,
    line,
    column,
    pointer: '',
    expected: 'a line that GitHub can read, since it skips one that it cannot and a broader line may then win',
    found: '',
    message: because,
    example: '/requests/payments-production/ @acme/payments-leads'
  }))
}

function verdict(file: string, problems: Problem[], notes: string[] = []): Checked {
  return { file, ok: problems.length === 0, problems, notes }
}

function asText({ file, problems, notes }: Checked): string {
  const rows = problems.map(formatProblem)
  if (problems.length === 0) rows.push(`${visible(file)}  sound`)
  return [...rows, ...notes.map(note => `  note      ${visible(note)}`), ''].join('\n')
}
