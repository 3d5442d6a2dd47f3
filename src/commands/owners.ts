// `addendum owners PATH…`: who must approve a path, and which line of CODEOWNERS says so.
import { resolve } from 'node:path'
import type { Codeowners, Owner } from '../model/codeowners.ts'
import { codeownersPaths, ownersOf, parseCodeowners } from '../model/codeowners.ts'
import { visible } from '../model/problem.ts'
import type { Output } from './output.ts'
import { UsageError, writeJson } from './output.ts'
import { readTree, rootOf } from './working-tree.ts'

/** `paths` are from the root of the access repository, which is `directory`, else git's root around here. */
export interface OwnersOptions {
  paths: readonly string[]
  directory?: string
  json?: boolean
}

/** 0 where every path has an owner; 1 where one has none, or where GitHub would skip a line of the file. */
export async function ownersCommand(options: OwnersOptions, out: Output): Promise<number> {
  if (options.paths.length === 0) throw new UsageError('Name at least one path.')
  const root = resolve(options.directory ?? rootOf('.') ?? '.')
  const file = readOwners(root)
  if (file === undefined) throw new UsageError(`No CODEOWNERS in ${root}: looked for ${codeownersPaths.join(', ')}.`)
  const { path: source, codeowners } = file
  const found = options.paths.map(given => {
    const path = given.replace(/^(\.?\/)+/, '')
    const { rule, owners } = ownersOf(codeowners, path)
    return { path, owners: owners.map(ownerName), line: rule?.line ?? null, pattern: rule?.pattern ?? null }
  })
  const { problems } = codeowners
  const ok = problems.length === 0 && found.every(({ owners }) => owners.length > 0)
  if (options.json === true) {
    writeJson(out, { ok, source, paths: found, problems })
    return ok ? 0 : 1
  }
  for (const { path, owners, line, pattern } of found) {
    const by = line === null ? 'no line matches' : `${source}:${line}  ${pattern}`
    out.write(`${visible(`${path}  ${owners.length === 0 ? 'nobody' : owners.join(' ')}  (${by})`)}\n`)
  }
  for (const { line, column, because, mend } of problems) {
    out.write(`${visible(`${source}:${line}:${column}  ${because} ${mend}`)}\n`)
  }
  return ok ? 0 : 1
}

/** The one CODEOWNERS file that counts in a working tree (approvals.md §1, rule 1); undefined where there is none. */
export function readOwners(root: string): { path: string; text: string; codeowners: Codeowners } | undefined {
  for (const path of codeownersPaths) {
    const bytes = readTree(root, path)
    if (bytes === undefined) continue
    // As the app reads it: with a byte order mark, which GitHub would take for a part of the first pattern.
    const text = Buffer.from(bytes).toString('utf8')
    return { path, text, codeowners: parseCodeowners(text) }
  }
  return undefined
}

/** An owner as CODEOWNERS writes it. */
export function ownerName(owner: Owner): string {
  if (owner.kind === 'email') return owner.email
  return owner.kind === 'team' ? `@${owner.org}/${owner.slug}` : `@${owner.login}`
}
