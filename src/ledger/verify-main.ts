// Verification of main against the ledger: every step recorded once, every decided file what it was, every anchor kept.
import { changesOf, commitsOf, HistoryUnreadable, trailersOf, type HistoryCommit } from './git-history.ts'
import type { GitRepository } from './git-repository.ts'
import { hashLine } from './format.ts'
import { readAnchor } from './keys.ts'
import type { LedgerState } from './state.ts'
import { printable, type Finding } from './verdict.ts'

/** One `main.advanced` as it stands in the ledger. */
export interface Step {
  seq: number
  from: string
  to: string
}

/** What the ledger says of the file of a decided request or amendment. */
export interface DecidedFile {
  seq: number
  /** As findings call it. */
  record: string
  merge: string
  blob: string
  sha256: string
}

/** main's tip: the given name, else the remote's default branch, else the repository's own. */
export async function mainOf(repository: GitRepository, name: string | undefined): Promise<string | undefined> {
  const bare = (await repository.run(['rev-parse', '--is-bare-repository'])).stdout.toString('utf8').trim() === 'true'
  const names =
    name === undefined
      ? ['refs/remotes/origin/HEAD', 'refs/remotes/origin/main', ...(bare ? ['HEAD'] : ['refs/heads/main', 'HEAD'])]
      : [`refs/remotes/origin/${name}`, `refs/heads/${name}`, name]
  for (const candidate of names) {
    const { status, stdout } = await repository.run([
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${candidate}^{commit}`
    ])
    if (status === 0) return stdout.toString('utf8').trim()
  }
  return undefined
}

/**
 * Rows 7, 19 and 20: each first-parent commit after the ledger's start is recorded exactly once, in order, and is still
 * there.
 */
export function checkSteps(commits: readonly HistoryCommit[], start: string, steps: readonly Step[]): Finding[] {
  const findings: Finding[] = []
  const position = new Map(commits.map(({ commit }, index) => [commit, index]))
  const begin = position.get(start)
  if (begin === undefined) {
    findings.push({
      code: 'E-MAIN',
      commit: start,
      message: 'main no longer holds the commit at which the ledger begins'
    })
  }
  const recorded = new Set<string>([start])
  let last = begin ?? -1
  for (const { seq, from, to } of steps) {
    const found = (message: string): void =>
      void findings.push({
        code: 'E-MAIN',
        seq,
        record: 'main.advanced',
        commit: to,
        message
      })
    if (recorded.has(to)) {
      found('this commit of main is recorded twice')
      continue
    }
    recorded.add(to)
    const at = position.get(to)
    if (at === undefined) {
      found('main no longer holds this recorded commit')
      continue
    }
    if (at <= last) found('main is recorded out of order')
    if (commits[at]?.parents[0] !== from) found('the commit does not follow the one that the record names')
    last = at
  }
  if (begin === undefined) return findings
  for (const { commit } of commits.slice(begin + 1)) {
    if (!recorded.has(commit)) {
      findings.push({
        code: 'E-MAIN',
        commit,
        message: 'this commit of main is not in the ledger (if it was merged a moment ago, fetch and verify again)'
      })
    }
  }
  return findings
}

/** Row 20: the file of every decision came with its merge, and is the very bytes that were decided on. */
export async function checkFiles(
  repository: GitRepository,
  commits: readonly HistoryCommit[],
  files: readonly DecidedFile[]
): Promise<Finding[]> {
  const findings: Finding[] = []
  const onMain = new Set(commits.map(({ commit }) => commit))
  const wanted = new Set(files.map(({ merge }) => merge))
  const brought = new Set(
    (
      await changesOf(
        repository,
        commits.filter(({ commit }) => wanted.has(commit))
      )
    ).map(({ commit, blob }) => `${commit} ${blob}`)
  )
  await inGroups(files, async ({ seq, record, merge, blob, sha256 }) => {
    const found = (message: string): void =>
      void findings.push({
        code: 'E-FILE',
        seq,
        record,
        commit: merge,
        message
      })
    if (!onMain.has(merge)) return found('main does not hold the merge that was decided on')
    if (!brought.has(`${merge} ${blob}`)) return found('the merge did not bring the file that was decided on')
    const object = await repository.object(blob)
    if (object === undefined) found('the file that was decided on is missing')
    else if (hashLine(object.content) !== sha256) found('the file is not the one that was decided on')
  })
  return findings
}

/** An anchor as a commit carries it, not yet believed. */
export interface AnchorClaim {
  commit: string
  value: string
  seq: number
}

/** Every `Ledger-Anchor` of the commits that main reaches; none when they cannot be read, which `mainLine` tells. */
export async function anchorsOf(repository: GitRepository, main: string): Promise<AnchorClaim[]> {
  try {
    return (await trailersOf(repository, main, 'Ledger-Anchor')).map(({ commit, value }) => ({
      commit,
      value,
      seq: Number(/^(\d{1,16}):/.exec(value)?.[1] ?? 0)
    }))
  } catch (error) {
    if (error instanceof HistoryUnreadable) return []
    throw error
  }
}

/**
 * Rows 7 and 24: what a signed anchor says of the ledger must still hold. An anchor that no key of the ledger signed
 * proves nothing, since anyone can write a trailer; it is told, because a ledger that was swapped whole leaves just
 * that.
 */
export function checkAnchors(
  claims: readonly AnchorClaim[],
  state: LedgerState,
  hashAt: ReadonlyMap<number, string>
): Finding[] {
  return claims.flatMap(({ commit, value, seq }): Finding[] => {
    const keys = [...state.keys.values()].filter(({ lastGoodSeq }) => lastGoodSeq === null || seq <= lastGoodSeq)
    const anchor = readAnchor(
      value,
      state.repository ?? 0,
      keys.map(({ publicKey }) => publicKey)
    )
    if (anchor === undefined) {
      return [{ code: 'W-ANCHOR', commit, message: 'an anchor on main that no key of this ledger signed' }]
    }
    const hash = hashAt.get(seq)
    if (hash === anchor.head) return []
    const message =
      hash === undefined
        ? 'main anchors this record; the ledger ends before it'
        : 'main anchors another record at this place'
    return [{ code: 'E-ANCHOR', seq, commit, message }]
  })
}

/** main's first-parent line, or the finding that says why it cannot be read. */
export async function mainLine(repository: GitRepository, main: string): Promise<HistoryCommit[] | Finding> {
  try {
    return await commitsOf(repository, main, { firstParent: true })
  } catch (error) {
    if (!(error instanceof HistoryUnreadable)) throw error
    return { code: 'E-OBJECT', message: `main cannot be read: ${printable(error.message)}` }
  }
}

async function inGroups<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += 256) await Promise.all(items.slice(at, at + 256).map(work))
}
