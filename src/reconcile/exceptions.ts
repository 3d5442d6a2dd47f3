// What came to main past the rules, by the ledger: what of it is to be told, and what of it is still on main.
import { exceptionKey } from '../ledger/state.ts'
import type { LedgerState } from '../ledger/state.ts'
import { placeOf } from '../model/place.ts'
import { pullOf } from '../read/main.ts'
import { readPull } from '../read/pull.ts'
import { commitAt, treeAt } from '../read/repository.ts'
import type { ExceptionTold } from '../act/notice.ts'
import { explain, livingFiles, unqualified } from './main.ts'
import type { MainView } from './main.ts'
import type { AccessRepository } from './world.ts'

/** An exception before its paths are read. */
type Found = Pick<ExceptionTold, 'key' | 'pr' | 'commit' | 'failed'>

const ofPull = (pr: number): string => `exception pull-${pr}`
const ofCommit = (commit: string | null): string => `exception commit-${commit ?? 'unknown'}`

/** Whether a notice is about an exception. */
export function isException(notice: string): boolean {
  return notice.startsWith('exception ')
}

/** Whether anything ever came past the rules: without it no walk asks GitHub anything. */
export function isExceptional(state: LedgerState): boolean {
  return state.exceptions.size > 0 || refused(state).next().done === false
}

/** Merged, and refused: requests and amendments alike. */
function* refused({ requests, amendments }: LedgerState): Generator<Found> {
  for (const decided of [requests, amendments]) {
    for (const { pr, merge: commit, outcome, failed } of decided.values()) {
      if (outcome === 'refuse') yield { key: ofPull(pr), pr, commit, failed }
    }
  }
}

/** The exceptions that `isTold` does not know. A pull request that brought several is told once. */
export async function exceptionsToTell(
  access: AccessRepository,
  view: MainView,
  isTold: (key: string) => boolean
): Promise<Omit<ExceptionTold, 'owners'>[]> {
  const state = access.ledger.state()
  const found = new Map<string, Found>([...refused(state)].map(one => [one.key, one]))
  const commits: string[] = []
  for (const key of state.exceptions.keys()) {
    const [, , pr = '', commit = ''] = key.split('\0')
    if (pr === '') commits.push(commit)
    else found.set(ofPull(Number(pr)), { key: ofPull(Number(pr)), pr: Number(pr), commit: null, failed: [] })
  }
  for (const commit of commits) {
    const key = ofCommit(commit === '' ? null : commit)
    if (isTold(key)) continue
    const pr = commit === '' ? null : await pullBy(access, commit)
    if (pr === null || !found.has(ofPull(pr))) found.set(key, { key, pr: null, commit: commit || null, failed: [] })
  }
  const told: Omit<ExceptionTold, 'owners'>[] = []
  for (const one of found.values()) {
    if (isTold(one.key)) continue
    const commit = one.commit ?? (one.pr === null ? null : (await readPull(access.repository, one.pr)).mergeCommit)
    told.push({ ...one, commit, paths: commit === null ? [] : await broughtBy(access, view, commit) })
  }
  return told
}

/** The exceptions of which something is on main. */
export async function exceptionsPresent(access: AccessRepository, view: MainView): Promise<Set<string>> {
  const state = access.ledger.state()
  const files = livingFiles(state, view.tree)
  const present = new Set<string>()
  for (const { known } of files) if (known?.outcome === 'refuse') present.add(ofPull(known.pr))
  const unknown = files.filter(file => file.kind === 'unknown')
  const { strays, undecided } = await explain(access, state, view, unknown)
  for (const pr of undecided) present.add(ofPull(pr))
  for (const { commit } of strays) {
    const pr = commit === null ? null : await pullBy(access, commit)
    present.add(ofCommit(commit))
    if (pr !== null && state.exceptions.has(exceptionKey(unqualified(pr)))) present.add(ofPull(pr))
  }
  return present
}

async function pullBy(access: AccessRepository, commit: string): Promise<number | null> {
  const known = access.merges.get(commit) ?? (await pullOf(access.repository, commit))
  if (known !== null) access.merges.set(commit, known)
  return known
}

/** What a commit of main brought or changed against its first parent: requests and amendments, else everything. */
async function broughtBy({ repository }: AccessRepository, view: MainView, commit: string): Promise<string[]> {
  const node = commit === view.tip.sha ? view.tip : await commitAt(repository, commit)
  const parent = node.parents[0]
  const now = await treeAt(repository, node.tree)
  const before = parent === undefined ? new Map() : await treeAt(repository, (await commitAt(repository, parent)).tree)
  const changed = [...now.values()].filter(({ path, sha, mode }) => {
    const twin = before.get(path)
    return twin?.sha !== sha || twin.mode !== mode
  })
  const living = changed.filter(({ path }) => ['request', 'amendment'].includes(placeOf(path)?.kind ?? ''))
  return (living.length > 0 ? living : changed).map(({ path }) => path)
}
