// The first look of verification: is the clone whole, are its objects sound, and did each ledger commit only add?
import { attributes, branchPattern, segmentOf } from './format.ts'
import { changesOf, commitsOf, HistoryUnreadable } from './git-history.ts'
import type { GitRepository } from './git-repository.ts'
import type { LedgerBranch } from './store.ts'
import { printable, type Finding } from './verdict.ts'

/** What the clone itself says: shallow, partial, grafts, replaced objects, damage (tampering rows 16–18, 21). */
export async function checkClone(repository: GitRepository): Promise<Finding[]> {
  const findings: Finding[] = []
  const shallow = await repository.run(['rev-parse', '--is-shallow-repository'])
  if (shallow.stdout.toString('utf8').trim() !== 'false') {
    findings.push({ code: 'U-SHALLOW', message: 'the clone is shallow; fetch all of it (git fetch --unshallow)' })
  }
  const partial = await repository.run([
    'config',
    '--get-regexp',
    '^(remote\\..*\\.promisor|extensions\\.partialclone)$'
  ])
  if (partial.status === 0) {
    findings.push({ code: 'U-PARTIAL', message: 'the clone is partial; clone again without --filter' })
  }
  if (await repository.hasGrafts()) {
    findings.push({
      code: 'E-GRAFTS',
      path: 'info/grafts',
      message: 'grafts pretend other parents; they were ignored here'
    })
  }
  const replaced = await repository.run(['for-each-ref', '--count=1', '--format=%(refname)', 'refs/replace'])
  if (replaced.stdout.length > 0) {
    findings.push({
      code: 'W-REPLACE',
      message: 'refs/replace shows other objects to git’s users; they were ignored here'
    })
  }
  const fsck = await repository.run(['fsck', '--full', '--no-dangling', '--no-progress'])
  if (fsck.status !== 0) {
    const lines = `${fsck.stderr}${fsck.stdout.toString('utf8')}`
      .split('\n')
      .filter(line => /error|missing|corrupt|fatal/.test(line))
    for (const line of lines.slice(0, 10)) findings.push({ code: 'E-OBJECT', message: printable(line) })
    if (lines.length === 0) findings.push({ code: 'E-OBJECT', message: 'git fsck does not pass' })
  }
  return findings
}

/** The history of one ledger branch: linear, add-only, and nothing but segments (rows 1, 13–15). */
export async function checkBranch(
  repository: GitRepository,
  branch: LedgerBranch
): Promise<{ findings: Finding[]; committedAt: Map<number, Date> }> {
  const findings: Finding[] = []
  /** When the commit that brought a segment was made, by the committer's clock: GitHub's own. */
  const committedAt = new Map<number, Date>()
  try {
    const commits = await commitsOf(repository, branch.commit)
    const times = new Map(commits.map(({ commit, committedAt: at }) => [commit, at]))
    for (const { commit, parents } of commits) {
      if (parents.length > 1) {
        findings.push({ code: 'E-MERGE', commit, message: `${branch.name} has a merge; it must be a line` })
      }
    }
    for (const { commit, status, mode, path } of await changesOf(repository, commits)) {
      const place = segmentOf(path)
      if ((place === undefined && path !== attributes.path) || (mode !== '100644' && status !== 'D')) {
        findings.push({
          code: 'E-PATH',
          commit,
          path: printable(path),
          message: 'this file has no business in the ledger'
        })
      } else if (status === 'D')
        findings.push({
          code: 'E-DELETED',
          commit,
          path,
          message: 'a file of the ledger was deleted'
        })
      else if (status !== 'A')
        findings.push({
          code: 'E-EDITED',
          commit,
          path,
          message: 'a file of the ledger was edited'
        })
      else if (place?.part === 'records') committedAt.set(place.segment, times.get(commit) as Date)
    }
  } catch (error) {
    if (!(error instanceof HistoryUnreadable)) throw error
    findings.push({
      code: 'E-OBJECT',
      message: `the history of ${branch.name} cannot be read: ${printable(error.message)}`
    })
  }
  return { findings, committedAt }
}

/** Branches beside the yearly ones: anyone may push a name; nothing in them counts. */
export function strangeBranches(branches: readonly LedgerBranch[]): Finding[] {
  return branches
    .filter(({ name }) => !branchPattern.test(name))
    .map(({ name }) => ({
      code: 'W-BRANCH',
      path: printable(name),
      message: 'a branch under ledger/ that is no year’s'
    }))
}
