// Any file of the access repository: which document it must be by its path, and whether it is that (DESIGN §3).
import { parseAmendment } from './amendment.ts'
import type { Amendment } from './amendment.ts'
import { parseContract } from './contract.ts'
import type { Contract } from './contract.ts'
import { parseDirectory } from './directory.ts'
import type { Directory } from './directory.ts'
import { noDocument, placeOf } from './place.ts'
import type { Place } from './place.ts'
import { parsePolicy } from './policy.ts'
import type { Policy } from './policy.ts'
import { byPlace } from './problem.ts'
import type { Lines, Parsed, Problem, Source } from './problem.ts'
import { parseRequest } from './request.ts'
import type { AccessRequest } from './request.ts'
import { parseSettings } from './settings.ts'
import type { Settings } from './settings.ts'

/** One document, told apart by `kind`. */
export type Document = AccessRequest | Contract | Amendment | Policy | Directory | Settings

/**
 * Parses `text` as what `path` says it must be: file name = id and directory = contract are part of it. A path where no
 * document lives, CODEOWNERS among them, is a problem and never an exception.
 */
export function parseDocument(path: string, text: Source): Parsed<Document> {
  const place = placeOf(path)
  if (place === undefined || place.kind === 'codeowners') return { ok: false, problems: [noDocument(path)] }
  const parsed: Parsed<Document> = parsers[place.kind](path, text)
  if (!parsed.ok) return parsed
  const problems = misplaced(path, place, parsed.value, parsed.lines)
  return problems.length === 0 ? parsed : { ok: false, problems: problems.sort(byPlace) }
}

const parsers = {
  request: parseRequest,
  contract: parseContract,
  amendment: parseAmendment,
  policy: parsePolicy,
  directory: parseDirectory,
  settings: parseSettings
}

function misplaced(path: string, place: Place, document: Document, lines: Lines): Problem[] {
  const problems: Problem[] = []
  const compare = (key: 'id' | 'contract', inPath: string, inFile: string, what: string) => {
    if (inPath === inFile) return
    const message = `"${key}" is not ${what}.`
    const at = { file: path, ...lines(`/${key}`), pointer: `/${key}`, expected: inPath, found: inFile, message }
    problems.push({ code: `path.${key}`, ...at, suggestion: inPath, example: `${key}: ${inPath}` })
  }
  if ('id' in place && 'id' in document) compare('id', place.id, document.id, 'the name of the file')
  if ('contract' in place && 'contract' in document) {
    compare('contract', place.contract, document.contract, 'the name of the directory')
  }
  return problems
}
