// Local GitHub, rules: GitHub's reading of CODEOWNERS, apart from the product's so that each can prove the other wrong.
import type { GitRepository } from './git/repository.ts'
import { entryAt } from './git/trees.ts'
import type { Account, Repository, Team } from './store.ts'
import { accountByEmail, accountByLogin, atLeast, roleOf, teamBySlug, teamRole } from './world.ts'
import type { World } from './world.ts'

/** One mistake, as `codeowners/errors` answers it. */
export interface CodeownersError {
  line: number
  column: number
  source: string
  kind: string
  suggestion: string | null
  message: string
  path: string
}

/** One valid line: files that match belong to its owners (perhaps none). */
export interface OwnerLine {
  pattern: string
  matches: (path: string) => boolean
  users: Account[]
  teams: Team[]
}

/** The file as GitHub applies it: valid lines in order, and what is wrong with the others. */
export interface Codeowners {
  lines: OwnerLine[]
  errors: CodeownersError[]
}

const PLACES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS']
const MAX_BYTES = 3_000_000

/** Reads the first CODEOWNERS file of a tree; one over 3 MB is not loaded. Undefined when there is none. */
export function readCodeowners(world: World, r: Repository, git: GitRepository, tree: string): Codeowners | undefined {
  for (const path of PLACES) {
    const entry = entryAt(git, tree, path)
    if (entry?.type !== 'blob') continue
    const bytes = git.blob(entry.sha)
    if (bytes === undefined || bytes.length > MAX_BYTES) return undefined
    return parse(world, r, path, bytes.toString('utf8'))
  }
  return undefined
}

/** The line that decides about a path: the last one that matches. */
export const ownersOf = (codeowners: Codeowners, path: string): OwnerLine | undefined =>
  codeowners.lines.findLast(line => line.matches(path))

function parse(world: World, r: Repository, path: string, text: string): Codeowners {
  const result: Codeowners = { lines: [], errors: [] }
  text.split(/\r?\n/).forEach((source, index) => {
    const words = source
      .replace(/(^|\s)#.*$/, '')
      .trim()
      .split(/\s+/)
      .filter(word => word !== '')
    const [pattern, ...owners] = words
    if (pattern === undefined) return
    const complain = (kind: string, word: string, message: string): void => {
      result.errors.push({
        line: index + 1,
        column: source.indexOf(word) + 1,
        source,
        kind,
        suggestion: null,
        message,
        path
      })
    }
    if (/^!|[[\]]|^\\#/.test(pattern))
      return complain('Invalid pattern', pattern, `Invalid pattern on line ${index + 1}: ${pattern}`)
    const line: OwnerLine = { pattern, matches: matcher(pattern), users: [], teams: [] }
    const before = result.errors.length
    for (const owner of owners) addOwner(world, r, line, owner, complain)
    if (result.errors.length === before) result.lines.push(line) // an invalid line is skipped as a whole
  })
  return result
}

function addOwner(
  world: World,
  r: Repository,
  line: OwnerLine,
  owner: string,
  complain: (kind: string, word: string, message: string) => void
): void {
  const [, organization, slug] = /^@([^/@]+)\/([^/@]+)$/.exec(owner) ?? []
  if (organization !== undefined && slug !== undefined) {
    const team = teamBySlug(world, organization, slug)
    if (team === undefined || team.privacy === 'secret' || !atLeast(teamRole(world, team, r), 'write')) {
      return complain(
        'Unknown owner',
        owner,
        `Unknown owner: make sure the team ${owner} exists, is publicly visible, and has write access to the repository`
      )
    }
    line.teams.push(team)
    return
  }
  const user = owner.startsWith('@') ? accountByLogin(world, owner.slice(1)) : accountByEmail(world, owner)
  if (!/^@[A-Za-z0-9-]+$|^[^@\s]+@[^@\s]+$/.test(owner))
    return complain('Invalid owner', owner, `Invalid owner: ${owner}`)
  if (user?.type !== 'User' || !atLeast(roleOf(world, r, user.id), 'write')) {
    return complain(
      'Unknown owner',
      owner,
      `Unknown owner: make sure ${owner} exists and has write access to the repository`
    )
  }
  line.users.push(user)
}

/**
 * The pattern as GitHub documents it: gitignore's syntax, case sensitive, `dir/*` for direct children only, `/` for
 * nothing.
 */
export function matcher(pattern: string): (path: string) => boolean {
  if (pattern === '/') return () => false
  const anchored = pattern.slice(0, -1).includes('/')
  const body = pattern.replace(/^\//, '').replace(/\/$/, '').split('/')
  const parts = body.map((part, i) => {
    if (part === '**') return i === body.length - 1 ? '.*' : '(?:.*/)?'
    const plain = part
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replace(/\*+/g, '[^/]*')
      .replaceAll('?', '[^/]')
    return i === body.length - 1 ? plain : `${plain}/`
  })
  const end = pattern.endsWith('/') ? '/.*' : pattern.endsWith('/*') ? '' : '(?:/.*)?'
  const expression = new RegExp(`^${anchored ? '' : '(?:.*/)?'}${parts.join('')}${end}$`)
  return path => expression.test(path)
}
