// What git's objects say of a line of commits: parents, times and changed files. Plumbing only; nothing here judges.
import type { GitRepository } from './git-repository.ts'

/** One commit, as its object says. */
export interface HistoryCommit {
  commit: string
  parents: string[]
  committedAt: Date
}

/** One file that a commit changed against its first parent. */
export interface HistoryChange {
  commit: string
  /** git's letter: A, M, D, T. Renames are an addition and a deletion. */
  status: string
  mode: string
  blob: string
  path: string
}

/** Thrown where history cannot be read because objects are missing or damaged. */
export class HistoryUnreadable extends Error {
  override readonly name = 'HistoryUnreadable'
}

/** The commits that a tip reaches, oldest first; with `firstParent`, only those that were the tip themselves. */
export async function commitsOf(
  repository: GitRepository,
  tip: string,
  options: { firstParent?: boolean } = {}
): Promise<HistoryCommit[]> {
  const flags = options.firstParent === true ? ['--first-parent'] : []
  const text = await read(repository, [
    'rev-list',
    '--reverse',
    '--topo-order',
    '--parents',
    '--timestamp',
    ...flags,
    tip
  ])
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [seconds, commit, ...parents] = line.split(' ')
      return { commit: commit as string, parents, committedAt: new Date(Number(seconds) * 1000) }
    })
}

/** What each commit changed against its first parent. */
export async function changesOf(
  repository: GitRepository,
  commits: readonly HistoryCommit[]
): Promise<HistoryChange[]> {
  const input = commits.map(({ commit, parents }) => `${[commit, ...parents.slice(0, 1)].join(' ')}\n`).join('')
  const args = ['diff-tree', '--stdin', '-r', '--root', '--no-renames', '--raw', '--no-abbrev', '-z']
  const tokens = (await read(repository, args, input)).split('\0')
  const changes: HistoryChange[] = []
  let commit = ''
  for (let at = 0; at < tokens.length - 1; at++) {
    const token = tokens[at] as string
    if (!token.startsWith(':')) {
      commit = token.slice(0, token.search(/[^0-9a-f]|$/))
      continue
    }
    const [, mode, , blob, status] = token.split(' ')
    changes.push({
      commit,
      mode: mode as string,
      blob: blob as string,
      status: status as string,
      path: tokens[++at] as string
    })
  }
  return changes
}

/**
 * Every value of one trailer in every commit that a tip reaches, wherever in the message it stands: merges move
 * trailers.
 */
export async function trailersOf(
  repository: GitRepository,
  tip: string,
  name: string
): Promise<{ commit: string; value: string }[]> {
  const tokens = (await read(repository, ['rev-list', '--format=%x00%H%x00%B%x00', tip])).split('\0')
  const pattern = new RegExp(`^${name}: (\\S+)\\s*$`, 'gm')
  const found: { commit: string; value: string }[] = []
  for (let at = 1; at + 1 < tokens.length; at += 3) {
    for (const match of (tokens[at + 1] as string).matchAll(pattern)) {
      found.push({ commit: tokens[at] as string, value: match[1] as string })
    }
  }
  return found
}

async function read(repository: GitRepository, args: readonly string[], input?: string): Promise<string> {
  const { status, stdout, stderr } = await repository.run(args, input)
  if (status !== 0) throw new HistoryUnreadable(stderr.trim().split('\n')[0] ?? `git ${args[0]} failed`)
  return stdout.toString('utf8')
}
