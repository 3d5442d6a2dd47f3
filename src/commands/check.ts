// `addendum check FILE…`: every problem of a document on its line, offline, in the words of the pull request's check.
import { documentProblems } from '../decide/policy/document-problems.ts'
import type { Codeowners } from '../model/codeowners.ts'
import { parseCodeowners } from '../model/codeowners.ts'
import { controlProblems } from '../model/controls.ts'
import { parseDocument } from '../model/document.ts'
import { pathOf, placeOf } from '../model/place.ts'
import type { Parsed, Problem } from '../model/problem.ts'
import { byPlace, formatProblem, visible } from '../model/problem.ts'
import type { AccessRequest } from '../model/request.ts'
import { effectiveContract } from './agreement.ts'
import type { Output } from './output.ts'
import { UsageError, writeJson } from './output.ts'
import { relationProblems } from './relation.ts'
import { locate, readTree } from './working-tree.ts'

/** `directory`: the root of the access repository, where it is not where git's is. */
export interface CheckOptions {
  files: readonly string[]
  directory?: string
  json?: boolean
  /** When it is called; the wall clock where absent. */
  now?: Date
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
  const now = options.now ?? new Date()
  const files: Checked[] = []
  for (const file of options.files) files.push(await checkFile(file, now, options.directory))
  const ok = files.every(file => file.ok)
  if (options.json === true) writeJson(out, { ok, files })
  else for (const file of files) out.write(asText(file))
  return ok ? 0 : 1
}

/** Checks one file of a working tree: its form, its expressions, its controls; a request against its contract too. */
export async function checkFile(file: string, now: Date, directory?: string): Promise<Checked> {
  const { root, path } = locate(file, directory)
  const bytes = readTree(root, path)
  if (bytes === undefined) throw new UsageError(`${file} is not there.`)
  const place = placeOf(path)
  if (place?.kind === 'codeowners') {
    return verdict(path, ownersProblems(path, parseCodeowners(Buffer.from(bytes).toString('utf8'))))
  }
  const parsed = parseDocument(path, bytes)
  if (!parsed.ok) return verdict(path, parsed.problems)
  const { value, lines } = parsed
  const problems = documentProblems(path, value, lines)
  if (value.kind === 'Contract' || value.kind === 'Amendment' || value.kind === 'Policy') {
    problems.push(...controlProblems(path, { ok: true, value, lines }))
  }
  if (value.kind === 'AccessRequest') return checkRelation({ root, path, now }, { ok: true, value, lines })
  return verdict(path, problems.toSorted(byPlace))
}

// Held against the contract as it is amended now; the rest needs GitHub.
async function checkRelation(
  { root, path, now }: { root: string; path: string; now: Date },
  request: Extract<Parsed<AccessRequest>, { ok: true }>
): Promise<Checked> {
  const id = request.value.contract
  const where = pathOf({ kind: 'contract', id })
  const unchecked = 'the clause was not checked'
  if (readTree(root, where) === undefined) {
    return verdict(path, [], [`${where} is not in this working tree: ${unchecked}.`])
  }
  try {
    return verdict(path, relationProblems(path, request, await effectiveContract(root, id, now)))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return verdict(path, [], [`${where} or an amendment of it cannot be read (check it too): ${unchecked}.`])
  }
}

function ownersProblems(file: string, { problems }: Codeowners): Problem[] {
  return problems.map(({ line, column, kind, because, mend }) => ({
    code: kind === 'size' ? 'document.size' : kind === 'encoding' ? 'document.encoding' : 'value.pattern',
    file,
    line,
    column,
    pointer: '',
    expected: 'a line that GitHub can read, since it skips one that it cannot and a broader line may then win',
    found: '',
    message: `${because} ${mend}`,
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
