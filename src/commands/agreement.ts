// Beside `conform`, `impact`, `who`, `what` and `explain`: what an access repository agrees to, at any instant.
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { conform } from '../decide/agreement/conform.ts'
import { branchPattern } from '../ledger/format.ts'
import { commitsOf } from '../ledger/git-history.ts'
import type { HistoryCommit } from '../ledger/git-history.ts'
import { openGitRepository } from '../ledger/git-repository.ts'
import type { GitRepository } from '../ledger/git-repository.ts'
import { filesOf, gitStore, ledgerBranches } from '../ledger/git-store.ts'
import { emptySnapshot, readSnapshot } from '../ledger/snapshot.ts'
import type { LedgerState } from '../ledger/state.ts'
import { mainOf } from '../ledger/verify-main.ts'
import type { MergedAmendment } from '../model/agreement.ts'
import { parseAmendment } from '../model/amendment.ts'
import { parseContract } from '../model/contract.ts'
import type { Contract } from '../model/contract.ts'
import { gitBlobSha } from '../model/digest.ts'
import { parseDirectory } from '../model/directory.ts'
import type { Directory } from '../model/directory.ts'
import { formatInstant, parseInstantOrDate } from '../model/instant.ts'
import { pathOf, placeOf } from '../model/place.ts'
import type { Parsed, Source } from '../model/problem.ts'
import { formatProblem } from '../model/problem.ts'
import { suggest } from '../model/suggest.ts'
import { amendmentsAt, blobsOf } from '../report/history.ts'
import { UsageError } from './output.ts'
import { readTree, rootOf } from './working-tree.ts'

/** One contract with its amendments; `notes` say what was left out, and why. */
export interface Agreement {
  contract: Contract
  amendments: MergedAmendment[]
  notes: string[]
}

/** The agreements of one access repository. Close it when done. */
export interface Agreements {
  root: string
  /** When the command was called. */
  now: Date
  git: GitRepository | null
  /** What the ledger says; null where there is none in this clone. Read and checked at the first call, once. */
  ledger(): Promise<LedgerState | null>
  /** Ids of the contracts at an instant, sorted. */
  ids(at: Date): Promise<string[]>
  /** A contract and its amendments as they stand at an instant. A `UsageError` where they cannot be read. */
  of(id: string, at: Date): Promise<Agreement>
  /** The directory at an instant. A `UsageError` where it cannot be read. */
  directory(at: Date): Promise<Directory>
  close(): void
}

interface Files {
  /** The commit of main that these are the files of, or are compared with; undefined where there is none. */
  main: string | undefined
  paths: readonly string[]
  read(path: string): Promise<Uint8Array | undefined>
}

/**
 * Opens the access repository around `directory`. The past is read from main's history; now and the future from the
 * files as they lie here. Merge times come from the ledger where the clone has one, and only amendments that it decided
 * to hold count; else from the first-parent commit of main that added the file. Outside of git, an amendment is taken
 * as merged when it begins.
 */
export async function openAgreements(options: { directory?: string | undefined; now: Date }): Promise<Agreements> {
  const root = resolve(options.directory ?? rootOf('.') ?? '.')
  const git = rootOf(root) === root ? await openGitRepository(root) : null
  try {
    const main = git === null ? undefined : await mainOf(git, undefined)
    return new Reader({ root, now: options.now, git, main })
  } catch (error) {
    git?.close()
    throw error
  }
}

/** The effective contract of a working tree at an instant, by the files as they lie there. Throws as `of` does. */
export async function effectiveContract(root: string, id: string, at: Date): Promise<Contract> {
  const agreements = await openAgreements({ directory: root, now: at })
  try {
    const { contract, amendments } = await agreements.of(id, at)
    return conform(contract, amendments, at).contract
  } finally {
    agreements.close()
  }
}

/** An instant from the command line; `now` where none is given. */
export function instantOf(text: string | undefined, now: Date, flag = '--at'): Date {
  const at = text === undefined ? now : parseInstantOrDate(text)
  if (at === undefined) throw new UsageError(`${flag} takes an instant, as 2026-11-22T15:00:00Z, not "${text}".`)
  return at
}

/** The id of a contract that is named by its id or by its path. */
export function contractIdOf(named: string): string {
  const place = placeOf(named.replace(/^(\.?\/)+/, ''))
  return place?.kind === 'contract' ? place.id : named
}

async function ledgerIn(git: GitRepository): Promise<LedgerState | null> {
  const branches = await ledgerBranches(git)
  if (!branches.some(({ name }) => branchPattern.test(name))) return null
  return (await readSnapshot(gitStore(git), emptySnapshot)).snapshot.state
}

type Opened = Pick<Agreements, 'root' | 'now' | 'git'> & { main: string | undefined }

interface Candidate {
  path: string
  blob: string
  main: string | undefined
}

class Reader implements Agreements {
  readonly root: string
  readonly now: Date
  readonly git: GitRepository | null
  readonly #opened: Opened
  readonly #commits = new Map<string, Promise<Files>>()
  #ledger: Promise<LedgerState | null> | undefined
  #line: Promise<HistoryCommit[]> | undefined

  constructor(opened: Opened) {
    this.root = opened.root
    this.now = opened.now
    this.git = opened.git
    this.#opened = opened
  }

  ledger(): Promise<LedgerState | null> {
    this.#ledger ??= this.git === null ? Promise.resolve(null) : ledgerIn(this.git)
    return this.#ledger
  }

  async ids(at: Date): Promise<string[]> {
    const places = (await this.#files(at)).paths.map(placeOf)
    return places.flatMap(place => (place?.kind === 'contract' ? [place.id] : [])).sort()
  }

  async of(id: string, at: Date): Promise<Agreement> {
    const files = await this.#files(at)
    const path = pathOf({ kind: 'contract', id })
    const bytes = files.paths.includes(path) ? await files.read(path) : undefined
    if (bytes === undefined) {
      const nearest = suggest(id, await this.ids(at))
      throw new UsageError(`There is no contract "${id}"${nearest === undefined ? '' : `: did you mean "${nearest}"?`}`)
    }
    const contract = sound(path, bytes, parseContract)
    const ledger = at < this.now ? await this.ledger() : null
    if (ledger !== null && this.git !== null) {
      const amendments = await amendmentsAt(ledger, blobsOf(this.git), { contract: id, at })
      if (amendments === undefined) throw new UsageError(`An amendment of "${id}" of then is not in this clone.`)
      return { contract, amendments, notes: [] }
    }
    return { contract, ...(await this.#merged(id, files)) }
  }

  async directory(at: Date): Promise<Directory> {
    const bytes = await (await this.#files(at)).read('directory.yml')
    if (bytes === undefined) throw new UsageError('There is no directory.yml.')
    return sound('directory.yml', bytes, parseDirectory)
  }

  close(): void {
    this.git?.close()
  }

  async #merged(id: string, files: Files): Promise<Omit<Agreement, 'contract'>> {
    const amendments: MergedAmendment[] = []
    const notes: string[] = []
    for (const path of files.paths.toSorted()) {
      const place = placeOf(path)
      if (place?.kind !== 'amendment' || place.contract !== id) continue
      const bytes = (await files.read(path)) as Uint8Array
      const amendment = sound(path, bytes, parseAmendment)
      if (pathOf({ kind: 'amendment', contract: amendment.contract, id: amendment.id }) !== path) {
        throw new UsageError(`${path} is not the amendment that its name says: check it first.`)
      }
      const blob = gitBlobSha(bytes)
      const mergedAt = await this.#mergedAt({ path, blob, main: files.main }, amendment.effective.fromAt)
      if (typeof mergedAt === 'string') notes.push(`${path} ${mergedAt}`)
      else amendments.push({ amendment, mergedAt, blob })
    }
    return { amendments, notes }
  }

  /** When it was merged, or why it does not count. */
  async #mergedAt({ path, blob, main }: Candidate, fromAt: Date): Promise<Date | string> {
    const ledger = await this.ledger()
    if (ledger !== null) {
      const states = [...ledger.amendments.values()]
      const state = states.find(one => one.blob === blob && one.outcome === 'allow' && one.removedAt === undefined)
      return state?.mergedAt ?? 'is left out: the ledger does not say that it was decided to hold.'
    }
    const { git } = this
    if (git === null) return fromAt
    const unmerged = 'is left out: it is not on main yet.'
    if (main === undefined) return unmerged
    const entry = (await filesOf(git, main)).find(one => one.path === path)
    if (entry?.blob !== blob) return unmerged
    const added = ['log', '-1', '--first-parent', '-m', '--diff-filter=A', '--no-renames', '--format=%ct']
    const seconds = (await git.run([...added, main, '--', path])).stdout.toString('utf8').trim()
    return seconds === '' ? unmerged : new Date(Number(seconds) * 1_000)
  }

  async #files(at: Date): Promise<Files> {
    const { git, root, main } = this.#opened
    if (git === null || !(at < this.now)) return workingTree(root, main)
    this.#line ??= main === undefined ? Promise.resolve([]) : commitsOf(git, main, { firstParent: true })
    const commit = (await this.#line).findLast(({ committedAt }) => committedAt <= at)?.commit
    if (commit === undefined) throw new UsageError(`Main has no commit as old as ${formatInstant(at)}.`)
    const known = this.#commits.get(commit) ?? treeOf(git, commit)
    this.#commits.set(commit, known)
    return known
  }
}

async function treeOf(git: GitRepository, commit: string): Promise<Files> {
  const blobs = new Map((await filesOf(git, commit)).map(({ path, blob }) => [path, blob]))
  const read = (path: string): Promise<Uint8Array | undefined> => blobsOf(git).read(blobs.get(path) ?? '')
  return { main: commit, paths: [...blobs.keys()], read }
}

function workingTree(root: string, main: string | undefined): Files {
  const paths = ['contracts', 'amendments'].flatMap(folder => filesUnder(root, folder))
  return { main, paths, read: path => Promise.resolve(readTree(root, path)) }
}

function filesUnder(root: string, folder: string): string[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
      const path = `${folder}/${entry.name}`
      return entry.isDirectory() ? filesUnder(root, path) : [path]
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

// What does not parse is no agreement, and guessing one would tell people what is not so.
function sound<T>(path: string, bytes: Uint8Array, parse: (file: string, text: Source) => Parsed<T>): T {
  const parsed = parse(path, bytes)
  if (parsed.ok) return parsed.value
  throw new UsageError(`${path} cannot be read.\n${parsed.problems.slice(0, 1).map(formatProblem).join('\n')}`)
}
