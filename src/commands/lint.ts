// `addendum lint [DIR]`: an access repository as it stands around its documents: who owns what, what GitHub would ignore.
import { resolve } from 'node:path'
import type { Codeowners } from '../model/codeowners.ts'
import { codeownersPaths, ownersOf, parseCodeowners } from '../model/codeowners.ts'
import { noDocument, placeOf } from '../model/place.ts'
import { visible } from '../model/problem.ts'
import { parseSettings } from '../model/settings.ts'
import { guardedPaths } from '../read/protection.ts'
import { decidedBy, lintOwners } from './lint-owners.ts'
import type { Finding, Owned } from './lint-owners.ts'
import type { Output } from './output.ts'
import { UsageError, writeJson } from './output.ts'
import { ownerName } from './owners.ts'
import { guardedFiles, readTree, rootOf } from './working-tree.ts'

/** `directory`: the root of the access repository; git's root around here where absent. */
export interface LintOptions {
  directory?: string
  json?: boolean
}

/**
 * 0: nothing found. 1: something is, an error or a warning. What the documents say is `check`'s; what only GitHub knows
 * (who may write, what protects the branches) is `doctor`'s.
 */
export async function lintCommand(options: LintOptions, out: Output): Promise<number> {
  const root = resolve(options.directory ?? rootOf('.') ?? '.')
  const { source, codeowners, owned, ...linted } = lint(root)
  const findings = linted.findings.toSorted(byPlace)
  const ok = findings.length === 0
  if (options.json === true) {
    const paths = owned.map(({ path, line }) => {
      return { path, owners: codeowners === null ? [] : ownersOf(codeowners, path).owners.map(ownerName), line }
    })
    writeJson(out, { ok, source, findings, paths })
    return ok ? 0 : 1
  }
  for (const { path, line, column, severity, code, message } of findings) {
    out.write(`${visible(`${path}:${line}:${column}  ${severity}  ${code}  ${message}`)}\n`)
  }
  const errors = findings.filter(finding => finding.severity === 'error').length
  const sum = `${counted(errors, 'error')}, ${counted(findings.length - errors, 'warning')}`
  out.write(ok ? `sound: ${owned.length} places, each with its owner by ${source}\n` : `\n${sum}\n`)
  return ok ? 0 : 1
}

interface Linted {
  findings: Finding[]
  /** Which of the three CODEOWNERS files counts; null for none. */
  source: string | null
  codeowners: Codeowners | null
  /** Every place that must have an owner, and every document that is there. */
  owned: Owned[]
}

function lint(root: string): Linted {
  const files = filesOf(root)
  const paths = files.map(file => file.path)
  const findings = [...lintSettings(root, files), ...files.flatMap(lintName)]
  const [source, ...ignored] = codeownersPaths.filter(path => paths.includes(path))
  const places = [...new Set([...guardedPaths(paths), ...paths.filter(path => placeOf(path) !== undefined)])]
  const unread = {
    findings,
    source: source ?? null,
    codeowners: null,
    owned: places.map(path => ({ path, line: null }))
  }
  if (source === undefined) {
    const message = 'There is no CODEOWNERS, so nobody can approve anything. Begin with the one of policies/starter.'
    findings.push(finding('.github/CODEOWNERS', 'error', 'owners.missing', message))
    return unread
  }
  for (const path of ignored) {
    const message = `GitHub reads ${source} alone and ignores this file. Move what counts there, and remove this one.`
    findings.push(finding(path, 'warning', 'owners.ignored', message))
  }
  // A link there is told already; what it leads to is not what GitHub reads.
  if (files.some(file => file.path === source && file.link)) return unread
  const codeowners = parseCodeowners(Buffer.from(readTree(root, source) ?? []).toString('utf8'))
  const owned = decidedBy(codeowners, places)
  findings.push(...lintOwners(source, codeowners, owned))
  return { findings, source, codeowners, owned }
}

interface File {
  path: string
  link: boolean
}

function filesOf(root: string): File[] {
  try {
    return guardedFiles(root)
  } catch (error) {
    throw new UsageError(`${root} cannot be read: ${error instanceof Error ? error.message : String(error)}.`)
  }
}

function lintSettings(root: string, files: readonly File[]): Finding[] {
  const path = '.github/addendum.yml'
  const file = files.find(one => one.path === path)
  if (file === undefined) {
    const message =
      'There are no settings, so Addendum leaves this repository alone. Begin with those of policies/starter.'
    return [finding(path, 'error', 'settings.missing', message)]
  }
  const bytes = file.link ? undefined : readTree(root, path)
  const parsed = bytes === undefined ? undefined : parseSettings(path, bytes)
  if (parsed === undefined || parsed.ok) return []
  return parsed.problems.map(({ line, column, code, message, expected }) => {
    return { path, line, column, severity: 'error', code, message: `${message} Expected: ${expected}.` }
  })
}

// What lies in our folders under a name that is no place: it is read by nobody.
function lintName({ path, link }: File): Finding[] {
  if (link) {
    const message =
      'A symbolic link is no document: what it leads to is not what is approved. Put the file itself here.'
    return [finding(path, 'error', 'path.link', message)]
  }
  if (placeOf(path) !== undefined) return []
  if (/codeowners$/i.test(path)) {
    const message = 'GitHub does not read this file: it is called CODEOWNERS, in capitals. Rename it.'
    return [finding(path, 'error', 'path.name', message)]
  }
  const { code, message, suggestion } = noDocument(path)
  const meant = suggestion === undefined ? '' : ` It would be ${suggestion}.`
  return [finding(path, 'warning', code, `${message}${meant}`)]
}

function finding(path: string, severity: Finding['severity'], code: string, message: string): Finding {
  return { path, line: 1, column: 1, severity, code, message }
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

function byPlace(a: Finding, b: Finding): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1
  return a.line - b.line || a.column - b.column
}
